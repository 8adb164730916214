// What the API server is told of a pod: its status whenever it changes, and in the end that it is gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiClient } from '../api-client.ts';
import type { Pod } from './pod.ts';

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
      const { namespace, name, uid } = pod().metadata;
      const body = { metadata: { uid }, status: status() };
      const text = JSON.stringify(body);
      if (text === told) continue;
      try {
        const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
        await client.patch(path, body, 'strategic-merge-patch');
        told = text;
      } catch (error) {
        // The pod is gone, or another of its name is there.
        if (error instanceof ApiError && [404, 409, 422].includes(error.code)) return;
        isDirty = true;
        await sleep(100);
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

/** Tells the API server that nothing of the pod runs any more. */
export async function deletePod(client: ApiClient, pod: Pod, signal: AbortSignal): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  while (!signal.aborted) {
    try {
      await client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, {
        gracePeriodSeconds: 0,
        preconditions: { uid },
      });
      return;
    } catch (error) {
      if (error instanceof ApiError && error.code === 409) return;
      await sleep(100);
    }
  }
}
