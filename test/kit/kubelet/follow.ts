// Follows a collection of the API: the present objects, then every change, for as long as it is
// wanted, over restarts of the API server.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';

interface Named {
  readonly metadata: { readonly uid: string; readonly resourceVersion?: string };
}

export interface Following<T> {
  readonly client: ApiClient;
  /** Of the collection, without a query. */
  readonly path: string;
  readonly onChange: (object: T) => void;
  readonly onDelete: (object: T) => void;
  readonly signal: AbortSignal;
}

export async function follow<T extends Named>(options: Following<T>): Promise<void> {
  const { client, path, onChange, onDelete, signal } = options;
  const known = new Map<string, T>();
  const changed = (object: T): void => {
    const had = known.get(object.metadata.uid);
    if (had?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    known.set(object.metadata.uid, object);
    onChange(object);
  };
  const deleted = (object: T): void => {
    if (known.delete(object.metadata.uid)) onDelete(object);
  };
  while (!signal.aborted) {
    try {
      const list = await client.get<{
        readonly metadata: { readonly resourceVersion: string };
        readonly items: readonly T[];
      }>(path);
      const present = new Set(list.items.map(({ metadata }) => metadata.uid));
      for (const [uid, object] of known) if (!present.has(uid)) deleted(object);
      list.items.forEach(changed);
      const query = `?watch=1&resourceVersion=${list.metadata.resourceVersion}`;
      for await (const { type, object } of client.watch<T>(path + query, signal)) {
        if (type === 'ERROR') break;
        if (type === 'DELETED') deleted(object);
        else changed(object);
      }
    } catch {
      // The server is away, or has forgotten what we know: begin again.
    }
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
}
