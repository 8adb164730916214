// Requests to one API server over one pool of connections: credentials put on, failures told apart,
// what may be tried again tried again. It knows HTTP and nothing of objects.
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionPool } from './connection-pool.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import type { Credentials, Endpoint } from './endpoint.ts';
import { errorOfAnswer, errorOfConnection, wasNotProcessed } from './http-error.ts';
import { Limit } from './limit.ts';
import { isKubeError, KubeError } from './port.ts';

/** One request. `asked` says in messages what it is about: `get configmaps team-a/router`. */
export interface TransportRequest {
  readonly asked: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Doing it twice is doing it once, so that it is repeated when its answer was lost. */
  readonly idempotent: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface TransportAnswer {
  /** 2xx, or 304 where the request asked for it. */
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: string;
}

export interface TransportOptions {
  readonly credentials: Credentials;
  readonly userAgent: string;
  /** Most calls at once; more wait their turn. */
  readonly concurrency: number;
}

interface RawAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly stream: AsyncIterable<Uint8Array> & { destroy(): unknown; text(): Promise<string> };
}

const attempts = 4;
const firstDelayMs = 100;
// A pool that is asked for a longer wait gives the error back: the caller's queue waits better.
const longestDelayMs = 10_000;

export class Transport {
  readonly #options: TransportOptions;
  readonly #pool = new ConnectionPool();
  readonly #limit: Limit;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#limit = new Limit(options.concurrency);
  }

  /** The whole answer. Rejects with a KubeError, or the signal's reason. */
  async send(request: TransportRequest): Promise<TransportAnswer> {
    const deadline = startDeadline(request.timeoutMs, request.signal);
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.#limit.run(() => this.#exchange(request, deadline), deadline.signal);
        } catch (error) {
          const failure = translated(request, deadline, error);
          const waitMs = retryDelayMs(failure, request, attempt);
          if (waitMs === undefined || waitMs >= deadline.leftMs()) throw failure;
          await sleep(waitMs, undefined, { signal: deadline.signal }).catch(() => undefined);
          if (deadline.signal.aborted)
            throw request.signal?.aborted ? abortReason(request.signal) : failure;
        }
      }
    } finally {
      deadline.clear();
    }
  }

  /**
   * An answer that is read as it comes. Its head must come within the request's time; its body may
   * take for ever. Not repeated, except with new credentials after a 401.
   */
  async *stream(request: TransportRequest): AsyncGenerator<Uint8Array, void, undefined> {
    const deadline = startDeadline(request.timeoutMs, request.signal);
    let answer: RawAnswer | undefined;
    try {
      answer = await this.#answer(request, deadline.signal);
      if (answer.status !== 200) throw await failureOf(request, answer);
      deadline.clearTime();
      yield* answer.stream;
    } catch (error) {
      throw translated(request, deadline, error);
    } finally {
      answer?.stream.destroy();
      deadline.clear();
    }
  }

  /** Cuts everything that is still open. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #exchange(request: TransportRequest, deadline: Deadline): Promise<TransportAnswer> {
    const answer = await this.#answer(request, deadline.signal);
    const succeeded = (answer.status >= 200 && answer.status < 300) || answer.status === 304;
    if (!succeeded) throw await failureOf(request, answer);
    const body = await answer.stream.text();
    return { status: answer.status, etag: answer.header('etag'), body };
  }

  /** An answer of any status but 401, unless new credentials were refused as well. */
  async #answer(request: TransportRequest, signal: AbortSignal): Promise<RawAnswer> {
    const endpoint = await this.#endpoint(request);
    const answer = await this.#dispatch(request, endpoint, signal);
    if (answer.status !== 401) return answer;
    const refusal = await failureOf(request, answer);
    this.#options.credentials.renew(endpoint);
    const renewed = await this.#endpoint(request);
    if (renewed === endpoint) throw refusal;
    return await this.#dispatch(request, renewed, signal);
  }

  async #endpoint(request: TransportRequest): Promise<Endpoint> {
    try {
      return await this.#options.credentials.current();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message.trim() : String(cause);
      throw new KubeError('unauthorized', `${request.asked}: no credentials: ${message}`, {
        cause,
      });
    }
  }

  async #dispatch(
    request: TransportRequest,
    endpoint: Endpoint,
    signal: AbortSignal,
  ): Promise<RawAnswer> {
    const { dispatcher, origin, basePath } = this.#pool.connect(endpoint);
    const answer = await dispatcher.request({
      origin,
      path: `${basePath}${request.path}`,
      method: request.method,
      headers: {
        accept: 'application/json',
        'user-agent': this.#options.userAgent,
        ...request.headers,
        ...endpoint.headers,
      },
      body: request.body ?? null,
      signal,
    });
    return {
      status: answer.statusCode,
      header: (name) => {
        const value = answer.headers[name];
        return Array.isArray(value) ? value[0] : value;
      },
      stream: answer.body,
    };
  }
}

async function failureOf(request: TransportRequest, answer: RawAnswer): Promise<KubeError> {
  const body = await answer.stream.text();
  const retryAfter = answer.header('retry-after');
  return errorOfAnswer(request.asked, { status: answer.status, retryAfter, body });
}

/** What a caller is told: the caller's own reason, a time-out, or what the connection said. */
function translated(request: TransportRequest, deadline: Deadline, error: unknown): Error {
  if (request.signal?.aborted === true) return abortReason(request.signal);
  if (deadline.expired()) {
    const message = `${request.asked}: no answer within ${request.timeoutMs} ms`;
    return new KubeError('timeout', message, { cause: error });
  }
  return isKubeError(error) ? error : errorOfConnection(request.asked, error);
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}

function retryDelayMs(
  failure: Error,
  request: TransportRequest,
  attempt: number,
): number | undefined {
  if (attempt >= attempts || !isKubeError(failure) || !mayRepeat(failure, request))
    return undefined;
  const asked = failure.retryAfterSeconds;
  if (asked !== undefined && asked * 1_000 > longestDelayMs) return undefined;
  const own = firstDelayMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  return Math.max(own, (asked ?? 0) * 1_000);
}

function mayRepeat(failure: KubeError, request: TransportRequest): boolean {
  if (wasNotProcessed(failure)) return true;
  if (!request.idempotent) return false;
  if (failure.code === 'unreachable' || failure.code === 'unavailable') return true;
  // The server's own time-out and errors that it says are passing; ours has used up the time.
  const passing = failure.code === 'timeout' || failure.code === 'internal';
  return passing && (failure.status === 504 || failure.retryAfterSeconds !== undefined);
}
