// What the API server is told of a pod: where it runs, its status whenever it changes, and in the end
// that it is gone. An API server that is away is told later.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiClient } from '../api-client.ts';
import type { Pod } from './pod.ts';

const retryMs = 100;

export interface Reporter {
  readonly changed: () => void;
  /** Resolves when nothing is left to tell. */
  idle(): Promise<void>;
  stop(): void;
}

/** Tells the API server the newest status, one request at a time, and only what is new. */
export function createReporter(client: ApiClient, pod: () => Pod, status: () => object): Reporter {
  let isStopped = false;
  let isDirty = false;
  let told = '';
  let telling: Promise<void> | undefined;
  const tell = async (): Promise<void> => {
    while (isDirty && !isStopped) {
      isDirty = false;
      const body = { metadata: { uid: pod().metadata.uid }, status: status() };
      const text = JSON.stringify(body);
      if (text === told) continue;
      try {
        await client.patch(`${pathOf(pod())}/status`, body, 'strategic-merge-patch');
        told = text;
      } catch (error) {
        // A conflict is either another writer, or a new pod of the name, whose arrival ends this.
        if (isPointless(error) && !isConflict(error)) return;
        isDirty = true;
        await sleep(retryMs);
      }
    }
  };
  return {
    changed: () => {
      isDirty = true;
      telling ??= Promise.resolve()
        .then(tell)
        .finally(() => {
          telling = undefined;
        });
    },
    idle: async () => {
      await telling;
    },
    stop: () => {
      isStopped = true;
    },
  };
}

/** Gives the pod to the node, as a scheduler would. */
export function bindPod(
  client: ApiClient,
  pod: Pod,
  { nodeName, signal }: { readonly nodeName: string; readonly signal: AbortSignal },
): Promise<void> {
  const { name, uid } = pod.metadata;
  return untilTold(signal, async () => {
    await client.create(`${pathOf(pod)}/binding`, {
      metadata: { name, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    });
  });
}

/** Tells the API server that nothing of the pod runs any more. */
export function deletePod(client: ApiClient, pod: Pod, signal: AbortSignal): Promise<void> {
  const { uid } = pod.metadata;
  return untilTold(signal, () =>
    client.delete(pathOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } }),
  );
}

function pathOf({ metadata: { namespace, name } }: Pod): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

async function untilTold(signal: AbortSignal, tell: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await tell();
      return;
    } catch (error) {
      if (isPointless(error)) return;
      await sleep(retryMs);
    }
  }
}

/** The pod is gone, or another of its name is there, or it has been told already. */
function isPointless(error: unknown): boolean {
  return error instanceof ApiError && [404, 409, 422].includes(error.code);
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === 409;
}
