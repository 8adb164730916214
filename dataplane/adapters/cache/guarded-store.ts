// A store behind a network, made harmless: it never rejects, answers within its deadline, and is left
// alone for a while when it fails.
import type { Partition } from '../../domain/cache/key.ts';
import type { Unavailable } from '../../domain/unavailable.ts';
import type {
  AnswerStore,
  Clock,
  FoundAnswer,
  Log,
  Neighbour,
  NearestQuery,
  StoredAnswer,
  StoreProblem,
  StoreStats,
} from '../../ports.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

/** What an adapter of a remote store does; it may reject and take as long as it likes. */
export interface RemoteStore {
  readonly backend: Exclude<StoreStats['backend'], 'memory'>;
  find(
    partition: Partition,
    names: Pick<StoredAnswer, 'exact' | 'canonical'>,
  ): Promise<FoundAnswer | undefined>;
  nearest(partition: Partition, query: NearestQuery): Promise<readonly Neighbour[]>;
  put(partition: Partition, stored: StoredAnswer): Promise<void>;
  /** What is known of its size. */
  size(): { readonly entries: number | undefined; readonly bytes: number | undefined };
  close(): Promise<void>;
}

export interface GuardOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Longest time that an operation may take, in milliseconds. */
  readonly deadlineMs: number;
}

/** A put is waited for by nobody, and takes more steps than a search. */
const putDeadlineFactor = 20;

export function guardStore(store: RemoteStore, options: GuardOptions): AnswerStore {
  return new GuardedStore(store, options);
}

class GuardedStore implements AnswerStore {
  readonly isLocal = false;
  readonly #store: RemoteStore;
  readonly #options: GuardOptions;
  readonly #breaker: CircuitBreaker;
  #problem: string | undefined;
  #isClosed = false;

  constructor(store: RemoteStore, options: GuardOptions) {
    this.#store = store;
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.clock);
  }

  find(
    partition: Partition,
    names: Pick<StoredAnswer, 'exact' | 'canonical'>,
  ): Promise<FoundAnswer | undefined | Unavailable> {
    return this.#guard(() => this.#store.find(partition, names));
  }

  nearest(partition: Partition, query: NearestQuery): Promise<readonly Neighbour[] | Unavailable> {
    return this.#guard(() => this.#store.nearest(partition, query));
  }

  put(partition: Partition, stored: StoredAnswer): Promise<Unavailable | undefined> {
    return this.#guard(async () => {
      await this.#store.put(partition, stored);
      return undefined;
    }, putDeadlineFactor);
  }

  stats(): StoreStats {
    return {
      backend: this.#store.backend,
      state: this.#problem === undefined ? 'ok' : 'degraded',
      problem: this.#problem,
      ...this.#store.size(),
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#store.close().catch(() => undefined);
  }

  async #guard<Result>(
    operation: () => Promise<Result>,
    factor = 1,
  ): Promise<Result | Unavailable> {
    if (this.#isClosed) return { unavailable: 'failed' };
    if (!this.#breaker.mayTry()) return { unavailable: 'overloaded' };
    const deadline = deadlineAfter(this.#options.deadlineMs * factor);
    try {
      const result = await Promise.race([operation(), deadline.reached]);
      this.#recovered();
      return result;
    } catch (error) {
      return this.#failed(error);
    } finally {
      deadline.cancel();
    }
  }

  #recovered(): void {
    this.#breaker.succeeded();
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#options.log.info('the semantic cache is back', { backend: this.#store.backend });
  }

  #failed(error: unknown): { readonly unavailable: StoreProblem } {
    this.#breaker.failed();
    const isLate = error instanceof DeadlineReached;
    const problem = isLate ? 'it takes longer than its deadline' : messageOf(error);
    // Once for each outage, not for each request.
    if (this.#problem === undefined && !this.#isClosed) {
      this.#options.log.warn('the semantic cache does not answer, requests go on without it', {
        backend: this.#store.backend,
        problem,
      });
    }
    this.#problem = problem;
    return { unavailable: isLate ? 'deadline' : 'failed' };
  }
}

class DeadlineReached extends Error {}

function deadlineAfter(milliseconds: number): {
  readonly reached: Promise<never>;
  readonly cancel: () => void;
} {
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineReached());
    }, milliseconds);
  });
  return {
    reached,
    cancel: () => {
      clearTimeout(timer);
    },
  };
}

/** Some errors of connections have no message but their code. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.name;
}
