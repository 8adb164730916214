// What was asked of a control plane in a test, read from the API server's audit log.
import { readFile } from 'node:fs/promises';
import { readinessUser } from './credentials.ts';

/** One request, as the API server wrote it down when it had answered. */
export interface AuditedRequest {
  readonly user: string;
  readonly userAgent: string;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`. */
  readonly verb: string;
  /** `deployments.apps`, `pods`, or `deployments.apps/status`; empty for other paths. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uri: string;
  /** HTTP status of the answer. */
  readonly code: number;
  readonly at: Date;
}

/** Every request but those of the API server and of the controller manager to read. */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: ['system:apiserver', readinessUser.name] },
    {
      level: 'None',
      users: ['system:kube-controller-manager'],
      verbs: ['get', 'list', 'watch'],
    },
    { level: 'Metadata' },
  ],
};

export const writingVerbs: readonly string[] = [
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
];

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly apiGroup?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

/** Requests in the order in which they were answered; a watch is there once it has begun. */
export async function readAuditLog(file: string): Promise<AuditedRequest[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  // What comes after the last newline is being written.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line) => {
    if (line === '') return [];
    const event = JSON.parse(line) as AuditEvent;
    const stage = event.verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete';
    // A watch that is refused never starts.
    const isRefusal = event.verb === 'watch' && (event.responseStatus?.code ?? 0) >= 400;
    return event.stage === stage || isRefusal ? [requestOf(event)] : [];
  });
}

function requestOf(event: AuditEvent): AuditedRequest {
  const { resource = '', apiGroup, subresource, namespace = '', name = '' } = event.objectRef ?? {};
  const group = apiGroup === undefined ? '' : `.${apiGroup}`;
  return {
    user: event.user.username,
    userAgent: event.userAgent ?? '',
    verb: event.verb,
    resource: `${resource}${group}${subresource === undefined ? '' : `/${subresource}`}`,
    namespace,
    name,
    uri: event.requestURI,
    code: event.responseStatus?.code ?? 0,
    at: new Date(event.requestReceivedTimestamp),
  };
}
