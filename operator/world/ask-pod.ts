// Asks a router which configuration it runs. The answer comes from inside a pod and is not believed
// further than its shape.
import { z } from 'zod';
import { ports } from '../../config/names.ts';
import type { KubeObject } from '../kube/port.ts';
import type { PodReport } from '../observed.ts';

const answerSchema = z.object({
  hash: z.string().max(64),
  rejected: z
    .object({ hash: z.string().max(64), problems: z.array(z.string()).max(1000) })
    .nullish(),
  models: z
    .array(
      z.object({
        name: z.string().max(64),
        state: z.enum(['ready', 'loading', 'absent', 'failed']),
        needed: z.boolean(),
        detail: z.string().max(1000).default(''),
      }),
    )
    .max(16)
    .optional(),
});

/** A pod that takes longer is reported as silent. */
const timeoutMs = 2_000;

interface PodParts {
  readonly status?: {
    readonly podIP?: string;
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
}

/** Never rejects, unless `signal` ends it. */
export async function askPod(pod: KubeObject, signal: AbortSignal): Promise<PodReport> {
  const { name } = pod.metadata;
  const { status = {} } = pod as PodParts;
  const { podIP } = status;
  if (podIP === undefined || status.phase !== 'Running') {
    return { name, answer: { kind: 'starting', message: whyNotRunning(status) } };
  }
  const host = podIP.includes(':') ? `[${podIP}]` : podIP;
  try {
    const reply = await fetch(`http://${host}:${ports.admin}/config`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const { hash, models, rejected } = answerSchema.parse(await reply.json());
    const refused =
      rejected === null || rejected === undefined
        ? undefined
        : { hash: rejected.hash, problem: rejected.problems.slice(0, 3).join('; ') };
    return { name, answer: { kind: 'runs', hash, refused, models } };
  } catch (error) {
    signal.throwIfAborted();
    const message = why(error);
    // A router that is still starting refuses connections; that is no reason for concern.
    const kind = isRouterRunning(status) ? 'silent' : 'starting';
    return { name, answer: { kind, message } };
  }
}

function isRouterRunning({ containerStatuses = [] }: NonNullable<PodParts['status']>): boolean {
  return containerStatuses.some(({ name, ready }) => name === 'router' && ready === true);
}

function whyNotRunning(status: NonNullable<PodParts['status']>): string {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const { name, state } of all) {
    const { reason, message } = state?.waiting ?? {};
    if (reason !== undefined)
      return `${name}: ${reason}${message === undefined ? '' : ` (${message})`}`;
  }
  return `it is ${(status.phase ?? 'not scheduled').toLowerCase()}`;
}

function why(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'it gave no valid answer';
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `it gave no answer within ${timeoutMs / 1000} s`;
  }
  const code = (error as { readonly cause?: { readonly code?: string } }).cause?.code;
  return `it cannot be reached on port ${ports.admin} (${code ?? String(error)})`;
}
