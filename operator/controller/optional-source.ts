// A source of a kind that may not be there: it is followed while it is served and let go of when it
// is not, as often as that changes.
import { isKubeError } from '../kube/port.ts';
import type { ServedKinds } from './served-kinds.ts';
import { Following, type Availability, type Source, type SourceOptions } from './source.ts';
import { Store } from './store.ts';

export interface OptionalSourceOptions extends SourceOptions {
  readonly servedKinds: ServedKinds;
}

/** So often in a row a kind is refused that was not before, until it counts as forbidden. */
const refusalsToBelieve = 3;

/** The source; `servedKinds` must be started beside it. */
export function createOptionalSource(options: OptionalSourceOptions): Source {
  return new OptionalSource(options);
}

class OptionalSource implements Source {
  readonly store: Store;
  readonly #options: OptionalSourceOptions;
  readonly #listeners = new Set<(now: Availability) => void>();
  readonly #synced = Promise.withResolvers<boolean>();
  #availability: Availability = 'unknown';
  #following: Following | undefined;
  /** Stops that have not ended. */
  readonly #stopping = new Set<Promise<void>>();
  #unsubscribe: (() => void) | undefined;
  #isStopped = false;

  constructor(options: OptionalSourceOptions) {
    this.#options = options;
    this.store = new Store(options.indexes, options.trim);
  }

  get type(): SourceOptions['type'] {
    return this.#options.type;
  }

  get availability(): Availability {
    return this.#availability;
  }

  get isSynced(): boolean {
    return this.#availability !== 'unknown';
  }

  get lastError(): unknown {
    return this.#following?.lastError;
  }

  stalenessSeconds(): number {
    return this.#following?.stalenessSeconds() ?? 0;
  }

  start(): void {
    this.#unsubscribe ??= this.#options.servedKinds.subscribe(() => {
      this.#look();
    });
    this.#look();
  }

  synced(): Promise<boolean> {
    return this.#synced.promise;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe?.();
    this.#synced.resolve(false);
    const following = this.#following;
    this.#following = undefined;
    await Promise.all([...this.#stopping, following?.stop()]);
  }

  onAvailability(listener: (now: Availability) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #look(): void {
    if (this.#isStopped) return;
    const served = this.#options.servedKinds.availabilityOf(this.type);
    // Unknown is no reason to let go of what we follow.
    if (served === 'served' && this.#following === undefined) this.#follow();
    else if (served === 'absent' && this.#availability !== 'absent') this.#letGo();
  }

  #follow(): void {
    let refusals = 0;
    const following = new Following(this.#options, this.store, {
      onFailure: (error) => {
        if (this.#following !== following || !isKubeError(error, 'forbidden')) return;
        refusals += 1;
        // A server that has just started refuses everybody for a moment.
        if (this.#availability === 'served' && refusals < refusalsToBelieve) return;
        this.#change('forbidden');
      },
      onListed: () => {
        refusals = 0;
        const isAll = following.isSynced && !isKubeError(following.lastError, 'forbidden');
        if (this.#following === following && isAll) this.#change('served');
      },
    });
    this.#following = following;
    following.start();
  }

  #letGo(): void {
    const following = this.#following;
    this.#following = undefined;
    this.#change('absent');
    if (following === undefined) return;
    const stopped = following.stop().then(() => {
      this.#stopping.delete(stopped);
      // Its objects went with the kind, though nobody may have told us of each; unless the kind is
      // back already and followed anew, when the new list says which are there.
      if (this.#following === undefined) this.store.replaceAll([]);
    });
    this.#stopping.add(stopped);
  }

  #change(now: Availability): void {
    this.#synced.resolve(true);
    if (this.#availability === now) return;
    this.#availability = now;
    const { kind, group, version } = this.type;
    this.#options.log.info('availability of a kind', { kind, api: `${group}/${version}`, now });
    for (const listener of this.#listeners) listener(now);
  }
}
