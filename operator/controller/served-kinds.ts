// Which kinds the API server serves, kept current while we run: it looks again when a
// CustomResourceDefinition changes, or from time to time where those may not be watched.
import type { Discovery, Kube, ResourceType } from '../kube/port.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';
import { messageOf, pause, type Clock, type Log } from './surroundings.ts';

const crds: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

// A server serves a new kind a moment after its definition is there, and discovery shows it later
// still: it is asked this long after each change.
const looksAfterChangeMs = [200, 1_000, 2_000, 5_000, 10_000];
// Between looks where nothing tells us of changes, and, as a safety net, where something does.
const pollMs = 30_000;
const firstPollMs = 1_000;
const watchedPollMs = 300_000;
const jitter = 0.2;

export interface ServedKindsOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
}

export class ServedKinds {
  readonly #options: ServedKindsOptions;
  readonly #stopping = new AbortController();
  readonly #definitions = new Store();
  readonly #listeners = new Set<() => void>();
  #reflector: Reflector | undefined;
  #discovery: Discovery | undefined;
  #running: Promise<void> | undefined;
  /** How far into `looksAfterChangeMs` we are; its length when no look is due. */
  #look = looksAfterChangeMs.length;
  #wake = new AbortController();

  constructor(options: ServedKindsOptions) {
    this.#options = options;
  }

  /** `unknown` until the first answer, and while an aggregated API's own server is silent. */
  availabilityOf(type: ResourceType): 'unknown' | 'absent' | 'served' {
    if (this.#discovery === undefined) return 'unknown';
    const { group, version, plural } = type;
    const isServed = this.#discovery.resources.some(
      (each) => each.group === group && each.version === version && each.plural === plural,
    );
    if (isServed) return 'served';
    return this.#discovery.unknown.includes(`${group}/${version}`) ? 'unknown' : 'absent';
  }

  /** Calls `listener` after each look; the answer ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#reflector = new Reflector({
      ...this.#options,
      type: crds,
      selection: { metadataOnly: true },
      store: this.#definitions,
    });
    this.#definitions.subscribe(() => {
      this.#look = 0;
      this.#wake.abort();
    });
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    this.#wake.abort();
    await Promise.all([this.#running, this.#reflector?.stop()]);
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    await this.#lookNow();
    this.#reflector?.start();
    while (!this.#stopping.signal.aborted) {
      if (this.#wake.signal.aborted) this.#wake = new AbortController();
      const waitMs = this.#nextWaitMs();
      await pause(clock, waitMs, this.#wake.signal);
      // Woken by a change: many come together, so that the first look waits for them.
      if (this.#wake.signal.aborted) continue;
      this.#look += 1;
      await this.#lookNow();
    }
  }

  #nextWaitMs(): number {
    const { clock } = this.#options;
    const due = looksAfterChangeMs[this.#look];
    if (due !== undefined) return due;
    const { isSynced = false, lastError } = this.#reflector ?? {};
    const isTold = isSynced && lastError === undefined;
    const every = this.#discovery === undefined ? firstPollMs : isTold ? watchedPollMs : pollMs;
    return every * (1 - jitter * clock.random());
  }

  async #lookNow(): Promise<void> {
    const { kube, log } = this.#options;
    try {
      this.#discovery = await kube.discover({ signal: this.#stopping.signal });
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        log.warn('cannot discover what is served', { error: messageOf(error) });
      }
      return;
    }
    for (const listener of this.#listeners) listener();
  }
}
