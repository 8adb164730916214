// ConfigMaps, Secrets and tokens for the pods of the kubelet stand-in. It remembers what it has
// read, so that a container can be restarted while the API server is away.
import { ApiError, type ApiClient } from '../api-client.ts';
import type { Pod } from './pod.ts';

export type Kind = 'configmaps' | 'secrets';

export interface Objects {
  /** The object's data as bytes by key; undefined: there is none. */
  data(
    kind: Kind,
    namespace: string,
    name: string,
  ): Promise<ReadonlyMap<string, Buffer> | undefined>;
  /** A ServiceAccount token bound to the pod; the same one until it is old. */
  token(pod: Pod, request: TokenRequest): Promise<Buffer>;
}

export interface TokenRequest {
  readonly audience?: string;
  readonly expirationSeconds?: number;
}

interface Stored {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

export function createObjects(client: ApiClient): Objects {
  const known = new Map<string, ReadonlyMap<string, Buffer> | undefined>();
  const tokens = new Map<string, { readonly value: Buffer; readonly renewAt: number }>();
  return {
    data: async (kind, namespace, name) => {
      const path = `/api/v1/namespaces/${namespace}/${kind}/${name}`;
      try {
        const stored = await client.find<Stored>(path);
        known.set(path, stored === undefined ? undefined : bytesOf(kind, stored));
      } catch (error) {
        if (error instanceof ApiError || !known.has(path)) throw error;
      }
      return known.get(path);
    },
    token: async (pod, { audience, expirationSeconds = 3600 }) => {
      const { namespace, name, uid } = pod.metadata;
      const key = `${uid} ${audience ?? ''} ${expirationSeconds}`;
      const had = tokens.get(key);
      if (had !== undefined && had.renewAt > Date.now()) return had.value;
      const account = pod.spec.serviceAccountName ?? 'default';
      const { status } = await client.create<{ readonly status: { readonly token: string } }>(
        `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
        {
          spec: {
            expirationSeconds,
            ...(audience === undefined ? {} : { audiences: [audience] }),
            boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
          },
        },
      );
      const value = Buffer.from(status.token);
      tokens.set(key, { value, renewAt: Date.now() + expirationSeconds * 800 });
      return value;
    },
  };
}

function bytesOf(kind: Kind, { data = {}, binaryData = {} }: Stored): Map<string, Buffer> {
  const encoding = kind === 'secrets' ? 'base64' : 'utf8';
  return new Map([
    ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text, encoding)] as const),
    ...Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ]);
}
