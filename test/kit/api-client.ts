// A client of the Kubernetes API for tests: paths in, JSON out, one pool of connections. Knows
// nothing of the operator, which has a client of its own that the tests are to judge.
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, fetch } from 'undici';

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

export interface ApiClient {
  /** Rejects with ApiError. `T` is what the caller knows to be there. */
  get<T = KubeObject>(path: string): Promise<T>;
  /** Undefined where there is no such object. */
  find<T = KubeObject>(path: string): Promise<T | undefined>;
  /** The items of a list. */
  list<T = KubeObject>(path: string): Promise<T[]>;
  create<T = KubeObject>(path: string, body: object): Promise<T>;
  replace<T = KubeObject>(path: string, body: object): Promise<T>;
  /** A JSON merge patch by default. */
  patch<T = KubeObject>(path: string, body: object, type?: PatchType): Promise<T>;
  /** Server-side apply, forced. */
  apply<T = KubeObject>(path: string, body: object, fieldManager?: string): Promise<T>;
  /** Does not mind if it is gone. Options are those of the API: `propagationPolicy` and so on. */
  delete(path: string, options?: object): Promise<void>;
  /** Events until the server ends it; the resource version comes from a list. */
  watch<T = KubeObject>(path: string, signal?: AbortSignal): AsyncGenerator<WatchEvent<T>>;
  close(): Promise<void>;
}

export type PatchType = 'merge-patch' | 'strategic-merge-patch' | 'json-patch';

export class ApiError extends Error {
  readonly code: number;
  /** `NotFound`, `Conflict`, `Invalid`, ... */
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

export function createApiClient(options: {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  readonly userAgent?: string;
}): ApiClient {
  // Watches are quiet for long.
  const agent = new Agent({ connect: { ca: options.ca }, bodyTimeout: 0, headersTimeout: 60_000 });
  const send = async (
    method: string,
    path: string,
    more: { body?: object; type?: string; signal?: AbortSignal } = {},
  ): Promise<Awaited<ReturnType<typeof fetch>>> => {
    const ask = (): ReturnType<typeof fetch> =>
      fetch(options.url + path, {
        method,
        dispatcher: agent,
        headers: {
          authorization: `Bearer ${options.token}`,
          'user-agent': options.userAgent ?? 'test',
          ...(more.body === undefined ? {} : { 'content-type': more.type ?? 'application/json' }),
        },
        ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
        ...(more.signal === undefined ? {} : { signal: more.signal }),
      });
    let reply = await ask();
    // So is every request for a kind that has only just come to be served.
    for (let attempt = 0; reply.status === 429 && attempt < 50; attempt++) {
      await reply.text();
      await sleep(200);
      reply = await ask();
    }
    if (!reply.ok) throw errorOf(method, path, { code: reply.status, text: await reply.text() });
    return reply;
  };
  const ask = async <T>(...args: Parameters<typeof send>): Promise<T> =>
    (await (await send(...args)).json()) as T;
  const find = <T>(path: string): Promise<T | undefined> =>
    ask<T>('GET', path).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  return {
    get: (path) => ask('GET', path),
    find,
    list: async <T>(path: string) => (await ask<{ readonly items: T[] }>('GET', path)).items,
    create: (path, body) => ask('POST', path, { body }),
    replace: (path, body) => ask('PUT', path, { body }),
    patch: (path, body, type = 'merge-patch') =>
      ask('PATCH', path, { body, type: `application/${type}+json` }),
    apply: (path, body, fieldManager = 'test') =>
      ask('PATCH', `${path}?fieldManager=${fieldManager}&force=true`, {
        body,
        type: 'application/apply-patch+yaml',
      }),
    delete: async (path, body) => {
      try {
        await ask('DELETE', path, body === undefined ? {} : { body });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    watch: async function* <T>(path: string, signal?: AbortSignal) {
      const reply = await send('GET', path, signal === undefined ? {} : { signal });
      if (reply.body !== null) yield* jsonLines<WatchEvent<T>>(reply.body);
    },
    close: () => agent.destroy(),
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === 404;
}

function errorOf(
  method: string,
  path: string,
  { code, text }: { readonly code: number; readonly text: string },
): ApiError {
  let status: { readonly reason?: string; readonly message?: string } = {};
  try {
    status = JSON.parse(text) as typeof status;
  } catch {
    // not every answer is a Status
  }
  const message = `${method} ${path}: ${code} ${status.message ?? text}`;
  return new ApiError(code, status.reason ?? '', message);
}

async function* jsonLines<T>(body: AsyncIterable<unknown>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield JSON.parse(line) as T;
  }
}
