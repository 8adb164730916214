// Events of Kubernetes (events.k8s.io/v1): one for each thing that changed, never two for the same.
import type { Kube, KubeObject, ResourceType } from './kube/port.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import type { Condition } from './resource/status.ts';

const eventType: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};

/** The API server takes 1,024 characters of a note. */
const maxNote = 1_000;

export interface Recorder {
  /** A condition is another than before. */
  transition(resource: SemanticRouterMaas, condition: Condition): void;
  /** Something that a person should know, told once as long as it is the same. */
  warning(resource: SemanticRouterMaas, reason: string, note: string): void;
  /** Forgets what was told of a resource that is gone. */
  forget(uid: string): void;
}

/** What only waits, or sums up what another condition tells, is no news. */
const quietTypes = new Set<Condition['type']>(['Reconciling', 'Stalled', 'GatewayReady']);
const quietReasons = new Set<Condition['reason']>([
  'Progressing',
  'Pending',
  'NotRequested',
  'ApiNotServed',
  'NoPrometheus',
  'NoPods',
]);

function isWorthTelling({ type, status, reason }: Condition): boolean {
  if (quietTypes.has(type) || quietReasons.has(reason)) return false;
  return type !== 'Ready' || status === 'True';
}

export interface RecorderDeps {
  readonly kube: Pick<Kube, 'create'>;
  /** Name of this operator's process. */
  readonly instance: string;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

export function createRecorder({ kube, instance, now, onError }: RecorderDeps): Recorder {
  const told = new Map<string, Set<string>>();
  let count = 0;
  const record = (
    resource: SemanticRouterMaas,
    { type, reason, note }: { type: 'Normal' | 'Warning'; reason: string; note: string },
  ): void => {
    const { apiVersion, kind } = resource;
    const { name, namespace, uid } = resource.metadata;
    count += 1;
    const event: KubeObject = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${name}.${now().toString(36)}${count.toString(36)}`, namespace },
      eventTime: `${new Date(now()).toISOString().slice(0, -1)}000Z`,
      reportingController: 'semantic-router.io/operator',
      reportingInstance: instance.slice(0, 128),
      action: 'Reconcile',
      type,
      reason,
      note: note.length <= maxNote ? note : `${note.slice(0, maxNote - 1)}…`,
      regarding: { apiVersion, kind, name, namespace, uid },
    };
    // An Event that is lost is no reason to do the work again.
    kube.create(eventType, event).catch(onError);
  };
  return {
    transition: (resource, condition) => {
      const { type, reason, message } = condition;
      if (!isWorthTelling(condition)) return;
      const isBad = condition.status === 'False';
      record(resource, { type: isBad ? 'Warning' : 'Normal', reason, note: `${type}: ${message}` });
    },
    warning: (resource, reason, note) => {
      const { uid } = resource.metadata;
      const before = told.get(uid) ?? new Set();
      if (before.has(note)) return;
      told.set(uid, before.add(note));
      record(resource, { type: 'Warning', reason, note });
    },
    forget: (uid) => {
      told.delete(uid);
    },
  };
}
