// One kind of object, kept in a store by as many reflectors as there are namespaces to watch.
import type { Kube, ResourceType, Selection } from '../kube/port.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';
import { Store, type IndexFunction, type ReadStore, type Trim } from './store.ts';
import type { Clock, Log } from './surroundings.ts';

/**
 * Whether the kind is there: `served` once it is served and was listed, `absent` when the server
 * has no such kind, `forbidden` when it has but we may not list it, `unknown` until one is sure.
 * Only optional sources ever say anything but `served`.
 */
export type Availability = 'unknown' | 'absent' | 'forbidden' | 'served';

/** What controllers need of a source. */
export interface Source {
  readonly type: ResourceType;
  readonly store: ReadStore;
  readonly availability: Availability;
  /** Everything that can be in the store is: it was listed, or cannot be. */
  readonly isSynced: boolean;
  /** Seconds since the server last told us anything; 0 where there is nothing to tell. */
  stalenessSeconds(): number;
  /** Why nothing comes, while nothing comes. */
  readonly lastError: unknown;
  start(): void;
  /** Resolves once `isSynced` is true for the first time; false when it was stopped before. */
  synced(): Promise<boolean>;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** Calls `listener` when the availability changes; the answer ends that. */
  onAvailability(listener: (now: Availability) => void): () => void;
}

export interface SourceOptions {
  readonly kube: Kube;
  readonly type: ResourceType;
  readonly clock: Clock;
  readonly log: Log;
  /** Only these; all of them when left out. Ignored for cluster-scoped kinds. */
  readonly namespaces?: readonly string[];
  readonly selection?: Omit<Selection, 'namespace'>;
  readonly indexes?: Readonly<Record<string, IndexFunction>>;
  /** What the cache keeps of each object; by default all but what nobody asks it for. */
  readonly trim?: Trim;
}

/** A source of a kind that every API server has, or that must be installed before us. */
export function createSource(options: SourceOptions): Source {
  const store = new Store(options.indexes, options.trim);
  const following = new Following(options, store);
  return {
    type: options.type,
    store,
    availability: 'served',
    get isSynced() {
      return following.isSynced;
    },
    get lastError() {
      return following.lastError;
    },
    stalenessSeconds: () => following.stalenessSeconds(),
    start: () => {
      following.start();
    },
    synced: () => following.synced(),
    stop: () => following.stop(),
    onAvailability: () => () => undefined,
  };
}

/** The reflectors of one source, from one start to one stop. */
export class Following {
  readonly #reflectors: readonly Reflector[];

  constructor(
    options: SourceOptions,
    store: Store,
    hooks: Pick<ReflectorOptions, 'onFailure' | 'onListed'> = {},
  ) {
    const { kube, type, clock, log, namespaces, selection = {} } = options;
    const places =
      type.namespaced && namespaces !== undefined ? [...new Set(namespaces)] : [undefined];
    this.#reflectors = places.map((namespace) => {
      const chosen = namespace === undefined ? selection : { ...selection, namespace };
      return new Reflector({ kube, type, store, clock, log, selection: chosen, ...hooks });
    });
  }

  get isSynced(): boolean {
    return this.#reflectors.every((reflector) => reflector.isSynced);
  }

  get lastError(): unknown {
    return this.#reflectors.find((reflector) => reflector.lastError !== undefined)?.lastError;
  }

  stalenessSeconds(): number {
    return Math.max(0, ...this.#reflectors.map((reflector) => reflector.stalenessSeconds()));
  }

  start(): void {
    for (const reflector of this.#reflectors) reflector.start();
  }

  async synced(): Promise<boolean> {
    const all = await Promise.all(this.#reflectors.map((reflector) => reflector.synced));
    return all.every(Boolean);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
  }
}
