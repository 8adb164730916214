// The side of a model that the router sees: calls in, answers or the reason why there is none out.
// It bounds how many wait and how long, and starts the worker again when it dies. It never rejects.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Unavailable, UnavailableReason } from '../../../domain/unavailable.ts';
import type { ModelCallOptions } from '../../../ports.ts';
import type { ModelCounts } from '../answering.ts';
import type { ModelOverrides } from '../directory/model-directory.ts';
import type { Answer } from '../worker/job.ts';
import type { ModelInfo } from '../worker/load-model.ts';
import type { HostMessage, WorkerMessage, WorkerOrder } from '../worker/protocol.ts';
import { sentenceOf } from '../sentence-of.ts';
import { CallsInHand } from './calls-in-hand.ts';
import { startModelWorker } from './start-model-worker.ts';

export interface ModelHostOptions {
  readonly directory: string;
  readonly overrides?: ModelOverrides;
  /**
   * Most calls that the worker may have at a time, those included that nobody waits for any more;
   * further ones are `overloaded`. 64.
   */
  readonly maxWaiting?: number;
  /** For calls that name no deadline, in milliseconds. 2000. */
  readonly deadlineMs?: number;
  /** Waits before the worker is started again after its first, second … death. */
  readonly restartDelaysMs?: readonly number[];
  /** How long somebody who closes the model waits for its worker to end. 5000. */
  readonly endWithinMs?: number;
  /** A worker that has calls and says nothing for so long hangs, and another takes its place. 60000. */
  readonly hangsAfterMs?: number;
  /** Told when the worker died, with what it died of. */
  readonly onCrash?: (reason: string) => void;
  /** Told when the model failed at a text, with what it says of it. */
  readonly onFailure?: (detail: string) => void;
  /** Starts the thread; tests bring their own. */
  readonly startWorker?: (order: WorkerOrder) => Worker;
}

export type ModelState = 'loading' | 'ready' | 'failed' | 'closed';

export interface ModelHost {
  /** Texts of more than a million characters are `unsupported`. */
  call(text: string, options?: ModelCallOptions): Promise<Answer | Unavailable>;
  /** Resolves when the model is loaded, or with the sentence why it cannot be. */
  readonly loaded: Promise<ModelInfo | string>;
  state(): ModelState;
  /** Why the state is `failed`. */
  problem(): string | undefined;
  counts(): ModelCounts;
  /** Answers what waits with `failed` and ends the worker. */
  close(): Promise<void>;
  /** Lets what waits be answered, each call within its deadline, then closes. */
  retire(): Promise<void>;
}

interface Waiting {
  readonly settled: Promise<unknown>;
  readonly settle: (answer: Answer | Unavailable) => void;
  readonly timer: NodeJS.Timeout;
}

// Copying a text to the worker takes the router's thread: what a model could never read in time is
// not sent there.
const mostCharacters = 1_000_000;
/** Timers of more milliseconds fire at once. */
const longestTimerMs = 2 ** 31 - 1;
const defaultDelaysMs = [100, 500, 2000, 10_000, 30_000];
/** A worker that dies more often than this before it was ready once is given up. */
const mostFirstDeaths = 2;
/** A worker that lived this long starts with the first delay again. */
const steadyMs = 60_000;
/** Each of these keeps a core and the memory of its model. */
const mostHanging = 1;

export function startModelHost(options: ModelHostOptions): ModelHost {
  return new WorkerHost(options);
}

class WorkerHost implements ModelHost {
  readonly loaded: Promise<ModelInfo | string>;
  readonly #options: ModelHostOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unavailable: Record<UnavailableReason, number> = {
    absent: 0,
    overloaded: 0,
    deadline: 0,
    failed: 0,
    unsupported: 0,
  };
  readonly #closing = new AbortController();
  readonly #inHand: CallsInHand;
  /** Workers that were given up; each ends once what it computes has come to an end. */
  readonly #hanging = new Set<Worker>();
  #worker: Worker | undefined;
  #state: ModelState = 'loading';
  #problem: string | undefined;
  /** Of the model that was loaded first. */
  #id: string | undefined;
  #calls = 0;
  #restarts = 0;
  #deaths = 0;

  constructor(options: ModelHostOptions) {
    this.#options = options;
    const { hangsAfterMs = 60_000 } = options;
    this.#inHand = new CallsInHand(hangsAfterMs, () => {
      this.#replace(`it said nothing for ${hangsAfterMs / 1000} seconds`);
    });
    const { promise, resolve } = Promise.withResolvers<ModelInfo | string>();
    this.loaded = promise;
    this.#start(resolve);
  }

  state(): ModelState {
    return this.#state;
  }

  problem(): string | undefined {
    return this.#problem;
  }

  counts(): ModelCounts {
    return {
      calls: this.#calls,
      unavailable: { ...this.#unavailable },
      restarts: this.#restarts,
      waiting: this.#waiting.size,
    };
  }

  call(text: string, { deadlineMs }: ModelCallOptions = {}): Promise<Answer | Unavailable> {
    const id = this.#calls++;
    const worker = this.#worker;
    if (this.#state !== 'ready' || worker === undefined) return this.#refuse('failed');
    if (text.length > mostCharacters) return this.#refuse('unsupported');
    if (this.#inHand.size >= (this.#options.maxWaiting ?? 64)) return this.#refuse('overloaded');
    const patience = Math.min(deadlineMs ?? this.#options.deadlineMs ?? 2000, longestTimerMs);
    const { promise, resolve } = Promise.withResolvers<Answer | Unavailable>();
    const timer = setTimeout(() => {
      this.#settle(id, { unavailable: 'deadline' });
    }, patience);
    this.#waiting.set(id, { settled: promise, settle: resolve, timer });
    worker.postMessage({ id, text, expiresAt: Date.now() + patience } satisfies HostMessage);
    this.#inHand.add(id);
    return promise;
  }

  async retire(): Promise<void> {
    while (this.#waiting.size > 0) {
      await Promise.all([...this.#waiting.values()].map(({ settled }) => settled));
    }
    await this.close();
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#closing.abort();
    this.#inHand.clear();
    this.#failAll();
    await this.#end();
  }

  /**
   * Lets the worker end itself. One that is stopped while the runtime computes or loads throws where
   * nobody can catch, and that aborts the process: one that takes too long is left to itself.
   */
  async #end(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      worker.unref();
      resolve(undefined);
    }, this.#options.endWithinMs ?? 5000);
    worker.once('exit', () => {
      resolve(undefined);
    });
    worker.postMessage('end' satisfies HostMessage);
    await promise;
    clearTimeout(timer);
  }

  /** Gives up a worker that hangs: it ends if it ever comes back, for it cannot be stopped. */
  #replace(reason: string): void {
    const worker = this.#worker;
    if (worker === undefined || this.#state !== 'ready') return;
    this.#hanging.add(worker);
    worker.once('exit', () => {
      this.#hanging.delete(worker);
      if (this.#state !== 'failed' || this.#hanging.size !== mostHanging) return;
      this.#problem = undefined;
      void this.#restart('those before it hung', ignore);
    });
    worker.unref();
    worker.postMessage('end' satisfies HostMessage);
    this.#lose();
    if (this.#hanging.size <= mostHanging) void this.#restart(reason, ignore);
    else {
      this.#options.onCrash?.(reason);
      this.#fail(`${this.#options.directory}: one worker after the other hangs: ${reason}.`);
    }
  }

  /** The worker has gone, with all that it was asked. */
  #lose(): void {
    this.#worker = undefined;
    this.#inHand.clear();
    this.#failAll();
  }

  #start(onLoaded: (outcome: ModelInfo | string) => void): void {
    const { directory, overrides = {} } = this.#options;
    const start = this.#options.startWorker ?? startModelWorker;
    const worker = start({ directory, overrides });
    const begun = performance.now();
    let death = 'it ended by itself';
    this.#worker = worker;
    worker.on('message', (message: WorkerMessage) => {
      if (worker !== this.#worker) return;
      this.#hear(message, onLoaded);
    });
    worker.on('error', (error: unknown) => {
      death = sentenceOf(error);
    });
    worker.on('exit', () => {
      if (worker !== this.#worker) return;
      this.#lose();
      if (this.#state === 'closed') onLoaded('it was closed');
      else if (this.#problem === undefined) {
        if (performance.now() - begun > steadyMs) this.#deaths = 0;
        void this.#restart(death, onLoaded);
      }
    });
  }

  #hear(message: WorkerMessage, onLoaded: (outcome: ModelInfo | string) => void): void {
    switch (message.kind) {
      case 'ready':
        if (this.#state === 'closed') return;
        if (this.#id !== undefined && this.#id !== message.info.id) {
          // Somebody compares vectors by the id that was told first.
          this.#fail(`${this.#options.directory}: its files were replaced while it was in use.`);
          void this.#end();
          return;
        }
        this.#id = message.info.id;
        this.#state = 'ready';
        onLoaded(message.info);
        return;
      case 'refused':
        this.#fail(message.sentence);
        onLoaded(message.sentence);
        return;
      case 'answer':
        this.#inHand.done(message.id);
        this.#settle(message.id, message.answer);
        return;
      case 'unavailable':
        this.#inHand.done(message.id);
        if (message.detail !== undefined) this.#options.onFailure?.(message.detail);
        this.#settle(message.id, { unavailable: message.reason });
    }
  }

  #fail(sentence: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'failed';
    this.#problem = sentence;
  }

  async #restart(death: string, onLoaded: (outcome: ModelInfo | string) => void): Promise<void> {
    this.#options.onCrash?.(death);
    const delays = this.#options.restartDelaysMs ?? defaultDelaysMs;
    if (this.#id === undefined && this.#deaths >= mostFirstDeaths) {
      const sentence = `${this.#options.directory}: its worker dies before it is ready: ${death}.`;
      this.#fail(sentence);
      onLoaded(sentence);
      return;
    }
    this.#state = 'loading';
    const delay = delays[Math.min(this.#deaths++, delays.length - 1)] ?? 0;
    try {
      await sleep(delay, undefined, { signal: this.#closing.signal });
    } catch {
      onLoaded('it was closed');
      return;
    }
    this.#restarts++;
    this.#start(onLoaded);
  }

  #refuse(reason: UnavailableReason): Promise<Unavailable> {
    this.#unavailable[reason]++;
    return Promise.resolve({ unavailable: reason });
  }

  #settle(id: number, answer: Answer | Unavailable): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return; // its deadline has passed
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if ('unavailable' in answer) this.#unavailable[answer.unavailable]++;
    waiting.settle(answer);
  }

  #failAll(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { unavailable: 'failed' });
  }
}

function ignore(): void {
  // Whoever waited for the model to be loaded was told when it was for the first time.
}
