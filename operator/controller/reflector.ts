// Keeps a store equal to what the server has: lists everything once, then follows the watch, and
// starts over when it must. It never gives up, and once stopped it leaves nothing running.
import {
  isKubeError,
  KubeError,
  type Kube,
  type KubeObject,
  type ResourceType,
  type Selection,
} from '../kube/port.ts';
import { backoffMs } from './backoff.ts';
import type { Store } from './store.ts';
import { messageOf, pause, type Clock, type Log } from './surroundings.ts';

export interface ReflectorOptions {
  readonly kube: Kube;
  readonly type: ResourceType;
  readonly selection?: Selection;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each failure, before the wait that follows it. */
  readonly onFailure?: (error: unknown) => void;
  /** Told whenever a whole list is in the store. */
  readonly onListed?: () => void;
}

const pageSize = 500;
const backoff = { firstMs: 800, longestMs: 30_000 };
// Spread, so that watches that began together do not all end together.
const shortestWatchSeconds = 300;
const longestWatchSeconds = 600;
// A watch that outlives what the server promised by this much hangs.
const watchdogGraceMs = 30_000;
// A watch that lived this long, or brought anything, shows that all is well again.
const healthyWatchMs = 5_000;
// One that ends sooner and brought nothing counts as a failure: a server may do that for ever.
const shortestUsefulWatchMs = 1_000;
// After so many failures in a row the version that we hold is suspected, and everything listed again.
const failuresBeforeList = 3;

export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #stopping = new AbortController();
  readonly #synced = Promise.withResolvers<boolean>();
  #running: Promise<void> | undefined;
  #isSynced = false;
  #lastContactMs: number;
  #lastError: unknown;
  #failures = 0;
  /** The history was gone, and no watch has worked since: a server that always says so gets a rest. */
  #wasGone = false;
  /** Where the next watch starts; undefined when everything must be listed first. */
  #version: string | undefined;
  /** A list from the server's cache is good enough until we have seen something newer. */
  #mayListFromCache = true;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#lastContactMs = options.clock.monotonicMs();
  }

  /** True once the first whole list is in the store; false if it was stopped before that. */
  get synced(): Promise<boolean> {
    return this.#synced.promise;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Seconds since the server last told us anything. */
  stalenessSeconds(): number {
    return (this.#options.clock.monotonicMs() - this.#lastContactMs) / 1_000;
  }

  /** Why the last attempt failed; undefined while all is well. */
  get lastError(): unknown {
    return this.#lastError;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when nothing runs any more. The store keeps what it has. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    this.#synced.resolve(false);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log, type } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#listAll();
        else await this.#watchOnce(this.#version);
      } catch (caught) {
        const error = this.#explain(caught);
        // The signal may have changed while we waited, which the compiler cannot know.
        if (this.#stopping.signal.aborted) break;
        const isKnown =
          isKubeError(error, 'forbidden') && isKubeError(this.#lastError, 'forbidden');
        this.#noteFailure(error);
        if (isKubeError(error, 'gone') && !this.#wasGone) {
          this.#wasGone = true;
          continue;
        }
        const waitMs = backoffMs(backoff, this.#failures, () => clock.random());
        const fields = { kind: type.kind, error: messageOf(error), failures: this.#failures };
        // A right that is not given stays away for long: it is told of once.
        if (isKnown) log.debug('still cannot list or watch', fields);
        else if (this.#failures === 1) log.info('watch interrupted', fields);
        else log.warn('cannot list or watch', { ...fields, retryMs: Math.round(waitMs) });
        await pause(clock, waitMs, signal);
      }
    }
  }

  /** A server says no more than 404 of a kind that it does not serve. */
  #explain(error: unknown): unknown {
    const { group, version, kind } = this.#options.type;
    if (!isKubeError(error, 'not-found')) return error;
    const message = `${group}/${version} ${kind} is not served: is its CRD installed?`;
    return new KubeError('not-found', message, { cause: error });
  }

  async #listAll(): Promise<void> {
    const { kube, type, selection = {}, store } = this.#options;
    const { signal } = this.#stopping;
    const items: KubeObject[] = [];
    const from = this.#mayListFromCache ? { resourceVersion: '0' } : {};
    let page = await kube.list(type, { ...selection, ...from, limit: pageSize, signal });
    this.#noteContact();
    items.push(...page.items);
    while (page.continue !== undefined) {
      const next = { ...selection, limit: pageSize, continue: page.continue, signal };
      page = await kube.list(type, next);
      this.#noteContact();
      items.push(...page.items);
    }
    if (signal.aborted) return;
    store.replaceAll(items, selection.namespace);
    this.#version = page.resourceVersion;
    this.#mayListFromCache = false;
    this.#isSynced = true;
    this.#synced.resolve(true);
    this.#options.onListed?.();
  }

  async #watchOnce(from: string): Promise<void> {
    const { kube, type, selection = {}, clock } = this.#options;
    const spread = longestWatchSeconds - shortestWatchSeconds;
    const timeoutSeconds = Math.round(shortestWatchSeconds + spread * clock.random());
    const watch = new AbortController();
    const stop = (): void => {
      watch.abort();
    };
    this.#stopping.signal.addEventListener('abort', stop);
    const watchdog = { fired: false };
    const cancelWatchdog = clock.after(timeoutSeconds * 1_000 + watchdogGraceMs, () => {
      watchdog.fired = true;
      watch.abort();
    });
    const begun = clock.monotonicMs();
    let events = 0;
    try {
      const options = { ...selection, timeoutSeconds, signal: watch.signal };
      for await (const event of kube.watch(type, {
        ...options,
        resourceVersion: from,
        allowWatchBookmarks: true,
      })) {
        if (this.#stopping.signal.aborted) return;
        if (event.type === 'ERROR') throw event.error;
        events += 1;
        this.#take(event.type, event.object);
      }
    } finally {
      cancelWatchdog();
      this.#stopping.signal.removeEventListener('abort', stop);
      const isHealthy = events > 0 || clock.monotonicMs() - begun >= healthyWatchMs;
      if (isHealthy) {
        this.#failures = 0;
        this.#wasGone = false;
      }
    }
    if (watchdog.fired)
      throw new KubeError('timeout', `watch ${type.plural}: it did not end in time`);
    const livedMs = clock.monotonicMs() - begun;
    if (events === 0 && livedMs < shortestUsefulWatchMs && !this.#stopping.signal.aborted) {
      throw new KubeError('unavailable', `watch ${type.plural}: it ended at once`);
    }
    this.#noteContact();
  }

  #take(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: KubeObject): void {
    const { store } = this.#options;
    if (type === 'DELETED') store.remove(object);
    else if (type !== 'BOOKMARK') store.put(object);
    this.#version = object.metadata.resourceVersion ?? this.#version;
    this.#noteContact();
  }

  #noteContact(): void {
    this.#lastContactMs = this.#options.clock.monotonicMs();
    this.#lastError = undefined;
  }

  #noteFailure(error: unknown): void {
    this.#failures += 1;
    this.#lastError = error;
    this.#options.onFailure?.(error);
    // A watch that is allowed again says nothing until something changes; a list does.
    const mustList = isKubeError(error, 'gone', 'forbidden');
    if (mustList || this.#failures % failuresBeforeList === 0) this.#version = undefined;
  }
}
