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

/** Told of the first failure, and of the first after a success; never with anything of the text. */
export type OnFailure = (detail: string) => void;

export class HttpModel {
  readonly #options: HttpModelOptions;
  readonly #limiter: Limiter;
  readonly #onFailure: OnFailure;
  readonly #unavailable: Record<UnavailableReason, number> = {
    absent: 0,
    overloaded: 0,
    deadline: 0,
    failed: 0,
    unsupported: 0,
  };
  #calls = 0;
  #isFailing = false;

  constructor(options: HttpModelOptions, onFailure: OnFailure) {
    const running = options.maxConcurrent ?? 8;
    this.#options = options;
    this.#onFailure = onFailure;
    this.#limiter = new Limiter({ running, waiting: running * 8 });
  }

  /** What `read` makes of the answer to a request; `failed` where it throws. Never rejects. */
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
      const outcome = await Promise.race([answer, rejectedWhen(signal)]);
      if ('unavailable' in outcome) return this.#refuse(outcome.unavailable, outcome.detail);
      const result = readOr(outcome.json, read);
      if (result === undefined) return this.#refuse('failed', 'its answer is not as expected');
      this.#isFailing = false;
      return result;
    } catch (error) {
      return signal.aborted
        ? this.#refuse('deadline')
        : this.#refuse('failed', `it cannot be asked (${codeOf(error)})`);
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

  async #fetch(body: object, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    const { apiKey, url } = this.#options;
    const key = await readKey(apiKey);
    if (key === null) return { unavailable: 'failed', detail: 'its key cannot be read' };
    const response = await fetch(url, {
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
    if (response.ok) return { json: await response.json().catch(() => undefined) };
    await response.body?.cancel();
    const { status } = response;
    const isBusy = status === 429 || status === 503;
    return {
      unavailable: isBusy ? 'overloaded' : 'failed',
      detail: `it answers with status ${status}`,
    };
  }

  #refuse(reason: UnavailableReason, detail?: string): Unavailable {
    this.#unavailable[reason]++;
    if (detail !== undefined && !this.#isFailing) {
      this.#isFailing = true;
      this.#onFailure(detail);
    }
    return { unavailable: reason };
  }
}

type Outcome =
  { readonly json: unknown } | { readonly unavailable: UnavailableReason; readonly detail: string };

/** Errors of reading quote what was read, which may quote the text: none of it goes further. */
function readOr<Result>(json: unknown, read: (json: unknown) => Result): Result | undefined {
  try {
    return read(json);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: { code?: unknown } };
  const found = cause?.code ?? code;
  return typeof found === 'string' ? found : 'no connection';
}

function rejectedWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      reject(new Error('the deadline has passed'));
    };
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Undefined: none is wanted. Null: it is not where it should be. */
async function readKey({ env, file }: KeyReference = {}): Promise<string | undefined | null> {
  if (file === undefined && env === undefined) return undefined;
  const text =
    file === undefined
      ? process.env[env ?? '']
      : await readFile(file, 'utf8').catch(() => undefined);
  const key = text?.trim() ?? '';
  return key === '' ? null : key;
}
