// Asks a model behind a URL: JSON in, JSON out, some calls at a time, each within its deadline. It
// knows no contract of any such server.
import { readFile } from 'node:fs/promises';
import type { UnavailableReason, Unavailable } from '../../../domain/unavailable.ts';
import type { ModelCallOptions } from '../../../ports.ts';
import type { Answering, ModelCounts } from '../answering.ts';
import { Limiter } from './limiter.ts';

/** Where a key is found; read for each call, so that a new one counts at once. */
export interface KeyReference {
  /** Name of an environment variable. */
  readonly env?: string;
  /** A file with nothing but the key in it. */
  readonly file?: string;
}

export interface HttpModelOptions {
  readonly url: string;
  readonly apiKey?: KeyReference;
  /** For calls that name no deadline, in milliseconds. 2000. */
  readonly timeoutMs?: number;
  /** Most calls at a time, 8 where nothing is said; eight times as many may wait. */
  readonly maxConcurrent?: number;
}

export class HttpModel {
  readonly #options: HttpModelOptions;
  readonly #limiter: Limiter;
  readonly #unavailable: Record<UnavailableReason, number> = {
    absent: 0,
    overloaded: 0,
    deadline: 0,
    failed: 0,
    unsupported: 0,
  };
  #calls = 0;

  constructor(options: HttpModelOptions) {
    const running = options.maxConcurrent ?? 8;
    this.#options = options;
    this.#limiter = new Limiter({ running, waiting: running * 8 });
  }

  /**
   * What `read` makes of the answer to a request; `failed` where it throws. Never rejects, and says
   * nothing of what went wrong: an error may quote the text.
   */
  async ask<Result>(
    body: object,
    read: (json: unknown) => Result,
    { deadlineMs }: ModelCallOptions = {},
  ): Promise<Result | Unavailable> {
    this.#calls++;
    const signal = AbortSignal.timeout(deadlineMs ?? this.#options.timeoutMs ?? 2000);
    const answer = this.#limiter.run(() => this.#fetch(body, signal));
    if (answer === undefined) return this.#refuse('overloaded');
    try {
      // The deadline also ends waiting for others.
      const response = await Promise.race([answer, rejectedWhen(signal)]);
      return typeof response === 'string' ? this.#refuse(response) : read(response.json);
    } catch {
      return this.#refuse(signal.aborted ? 'deadline' : 'failed');
    }
  }

  /** A model of it; there is nothing to open or to close, and calls end by their deadlines. */
  answering<Port>(port: Port, id: string): Answering<Port> {
    return {
      port,
      id,
      source: this.#options.url,
      counts: () => this.#counts(),
      isReady: () => true,
      problem: () => undefined,
      retire: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  #counts(): ModelCounts {
    return {
      calls: this.#calls,
      unavailable: { ...this.#unavailable },
      restarts: 0,
      waiting: this.#limiter.size,
    };
  }

  async #fetch(
    body: object,
    signal: AbortSignal,
  ): Promise<{ readonly json: unknown } | UnavailableReason> {
    signal.throwIfAborted();
    const key = await readKey(this.#options.apiKey);
    const response = await fetch(this.#options.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      // The key and the text are for this address alone.
      redirect: 'error',
      signal,
    });
    if (response.ok) return { json: await response.json() };
    await response.body?.cancel();
    return response.status === 429 || response.status === 503 ? 'overloaded' : 'failed';
  }

  #refuse(reason: UnavailableReason): Unavailable {
    this.#unavailable[reason]++;
    return { unavailable: reason };
  }
}

function rejectedWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      reject(new Error('the deadline has passed'));
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

async function readKey({ env, file }: KeyReference = {}): Promise<string | undefined> {
  if (file !== undefined) return (await readFile(file, 'utf8')).trim();
  if (env === undefined) return undefined;
  const value = process.env[env];
  if (value === undefined || value === '') throw new Error('the variable of the key is not set');
  return value;
}
