// Brings sources, queue and workers together: what happens to objects becomes keys in a queue, and
// a bounded number of workers calls `reconcile` with them. The face of this folder is here and in
// manager.ts; neither knows what is reconciled.
import { isKubeError, type KubeObject, type ObjectName } from '../kube/port.ts';
import type { Backoff } from './backoff.ts';
import { keyOf, keyOfObject, nameOfKey, type ObjectKey } from './object-key.ts';
import { WorkQueue, type Priority, type QueueObserver } from './queue.ts';
import { TerminalError, type Reconcile } from './reconcile.ts';
import type { Source } from './source.ts';
import { subjectOf, type StoreEvent } from './store.ts';
import { messageOf, type Cancel, type Clock, type Log } from './surroundings.ts';

/** Which primary objects a change of another object concerns. */
export type Mapper = (object: KubeObject) => readonly ObjectName[];

/** A source whose changes concern primary objects. */
export interface Watched {
  readonly source: Source;
  /** Called with the object before and after a change; both may point at different primaries. */
  readonly map: Mapper;
  /** Which changes count; all of them by default. */
  readonly when?: (event: StoreEvent) => boolean;
}

/** How a call of `reconcile` ended. */
export type ReconcileOutcome = 'success' | 'requeue_after' | 'error' | 'terminal';

/** Told as things happen, for metrics. */
export interface ReconcileObserver {
  began(): void;
  ended(outcome: ReconcileOutcome, seconds: number): void;
}

export interface ControllerOptions {
  /** In metrics and logs, such as `semanticroutermaas`. */
  readonly name: string;
  /** The kind that is reconciled. */
  readonly primary: Source;
  /** Which of its changes count; by default all but those of status alone. */
  readonly when?: (event: StoreEvent) => boolean;
  readonly watches?: readonly Watched[];
  readonly reconcile: Reconcile;
  readonly clock: Clock;
  readonly log: Log;
  /** A new id for each call of `reconcile`. */
  readonly newId: () => string;
  /** Most objects at once; 4 by default. */
  readonly concurrency?: number;
  /** Longest call of `reconcile`, after which its signal is aborted; 2 minutes by default. */
  readonly timeoutMs?: number;
  /** Every object is looked at again this often; 10 hours by default. */
  readonly resyncMs?: number;
  /** After failures; 5 ms to 5 minutes by default. */
  readonly backoff?: Backoff;
  readonly observe?: { readonly queue: QueueObserver; readonly reconcile: ReconcileObserver };
}

const defaults = { concurrency: 4, timeoutMs: 120_000, resyncMs: 36_000_000 };
// What was told to end gets this long to do so.
const abortedGraceMs = 5_000;
// Resyncs are spread over this share of the period.
const resyncSpread = 0.1;

export class Controller {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly #options: ControllerOptions;
  readonly #unsubscribes: (() => void)[] = [];
  readonly #stopping = new AbortController();
  #workers: Promise<void> | undefined;
  #cancelResync: Cancel | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.name = options.name;
    const { clock, backoff, observe } = options;
    this.queue = new WorkQueue({
      clock,
      ...(backoff === undefined ? {} : { backoff }),
      ...(observe === undefined ? {} : { observer: observe.queue }),
    });
  }

  get concurrency(): number {
    return this.#options.concurrency ?? defaults.concurrency;
  }

  /** All sources that it listens to, the primary one first. */
  get sources(): readonly Source[] {
    const { primary, watches = [] } = this.#options;
    return [...new Set([primary, ...watches.map(({ source }) => source)])];
  }

  /** Begins to fill the queue from what happens. To be called before the sources start. */
  listen(): void {
    const { primary, when = isMoreThanStatus, watches = [] } = this.#options;
    const take = primary.store.subscribe((event) => {
      this.#guarded(() => {
        if (when(event)) this.queue.add(keyOfObject(subjectOf(event)), priorityOf(event, 'user'));
      });
    });
    this.#unsubscribes.push(take);
    for (const watched of watches) this.#listenTo(watched);
  }

  /** Begins to work. */
  start(): void {
    if (this.#workers !== undefined) return;
    const workers = Array.from({ length: this.concurrency }, () => this.#work());
    this.#workers = Promise.all(workers).then(() => undefined);
    this.#scheduleResync();
  }

  /** Puts every primary object into the queue. */
  enqueueAll(priority: Priority): void {
    for (const object of this.#options.primary.store.list()) {
      this.queue.add(keyOfObject(object), priority);
    }
  }

  /**
   * Takes no more work and waits up to `graceMs` for what runs, which is then told to end. What
   * does not even end then is left behind.
   */
  async stop(graceMs: number): Promise<void> {
    const { clock, log } = this.#options;
    for (const unsubscribe of this.#unsubscribes.splice(0)) unsubscribe();
    this.#cancelResync?.();
    const cancels: Cancel[] = [];
    const ended = this.queue.close().then(() => this.#workers);
    const gaveUp = new Promise<void>((resolve) => {
      cancels.push(
        clock.after(graceMs, () => {
          this.abort(new Error('stopping'));
        }),
        clock.after(graceMs + abortedGraceMs, () => {
          log.error('a reconcile does not end', { controller: this.name });
          resolve();
        }),
      );
    });
    await Promise.race([ended, gaveUp]);
    for (const cancel of cancels) cancel();
  }

  /** Tells everything that runs to end now, and begins nothing more. */
  abort(reason: Error): void {
    this.#stopping.abort(reason);
    void this.queue.close();
  }

  #listenTo({ source, map, when }: Watched): void {
    const take = source.store.subscribe((event) => {
      this.#guarded(() => {
        if (when !== undefined && !when(event)) return;
        const sides = [event.before, event.after].filter((side) => side !== undefined);
        const keys = new Set(sides.flatMap((side) => map(side)).map(keyOf));
        for (const key of keys) this.queue.add(key, priorityOf(event, 'event'));
      });
    });
    // A kind that comes or goes changes what can be done for every object.
    const look = source.onAvailability(() => {
      this.enqueueAll('event');
    });
    this.#unsubscribes.push(take, look);
  }

  /** A mapper that throws loses its event, not the watch that brought it. */
  #guarded(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.#options.log.error('cannot map an event', {
        controller: this.name,
        error: messageOf(error),
      });
    }
  }

  async #work(): Promise<void> {
    for (;;) {
      const key = await this.queue.take();
      if (key === undefined) return;
      try {
        await this.#reconcileKey(key);
      } finally {
        this.queue.done(key);
      }
    }
  }

  async #reconcileKey(key: ObjectKey): Promise<void> {
    const { clock, observe, newId } = this.#options;
    const reconcileId = newId();
    const log = withFields(this.#options.log, { controller: this.name, object: key, reconcileId });
    const begun = clock.monotonicMs();
    observe?.reconcile.began();
    let outcome: ReconcileOutcome = 'error';
    try {
      const result = await this.#call(key, reconcileId, log);
      this.queue.forget(key);
      const { requeueAfterMs } = result;
      outcome = requeueAfterMs === undefined ? 'success' : 'requeue_after';
      if (requeueAfterMs !== undefined) this.queue.addAfter(key, requeueAfterMs);
    } catch (error) {
      outcome = this.#noteError(key, error, log);
    } finally {
      observe?.reconcile.ended(outcome, (clock.monotonicMs() - begun) / 1_000);
    }
  }

  async #call(key: ObjectKey, reconcileId: string, log: Log): ReturnType<Reconcile> {
    const { clock, reconcile, timeoutMs = defaults.timeoutMs } = this.#options;
    const controller = new AbortController();
    const stop = (): void => {
      controller.abort(this.#stopping.signal.reason);
    };
    this.#stopping.signal.addEventListener('abort', stop);
    if (this.#stopping.signal.aborted) stop();
    const cancel = clock.after(timeoutMs, () => {
      controller.abort(new Error(`the reconcile took longer than ${timeoutMs} ms`));
    });
    try {
      return await reconcile(nameOfKey(key), { signal: controller.signal, reconcileId, log });
    } finally {
      cancel();
      this.#stopping.signal.removeEventListener('abort', stop);
    }
  }

  #noteError(key: ObjectKey, error: unknown, log: Log): ReconcileOutcome {
    const fields = { error: messageOf(error), failures: this.queue.failures(key) + 1 };
    if (error instanceof TerminalError) {
      this.queue.forget(key);
      log.error('reconcile failed for good', fields);
      return 'terminal';
    }
    const retryAfterSeconds = isKubeError(error) ? (error.retryAfterSeconds ?? 0) : 0;
    this.queue.addFailed(key, retryAfterSeconds * 1_000);
    // A conflict is the cache lagging behind the server: the next attempt sees the newer object.
    if (isKubeError(error, 'conflict')) log.info('reconcile met a newer object', fields);
    else if (!this.#stopping.signal.aborted) log.error('reconcile failed', fields);
    return 'error';
  }

  #scheduleResync(): void {
    const { clock, resyncMs = defaults.resyncMs } = this.#options;
    const waitMs = resyncMs * (1 - resyncSpread * clock.random());
    this.#cancelResync = clock.after(waitMs, () => {
      this.enqueueAll('background');
      this.#scheduleResync();
    });
  }
}

/** Whether more than the status changed, so that our own reports do not call us again. */
function isMoreThanStatus({ before, after }: StoreEvent): boolean {
  if (before === undefined || after === undefined) return true;
  return JSON.stringify(intentOf(before)) !== JSON.stringify(intentOf(after));
}

/**
 * The mapper for owned objects: the controlling owner, if it is of this group and kind. The version
 * does not count, for an object may be older than ours.
 */
export function controllerOwner(group: string, kind: string): Mapper {
  return (object) => {
    const { namespace, ownerReferences = [] } = object.metadata;
    const owners = ownerReferences.filter(
      (owner) =>
        owner.controller === true && owner.kind === kind && groupOf(owner.apiVersion) === group,
    );
    return owners.map(({ name }) => (namespace === undefined ? { name } : { name, namespace }));
  };
}

function intentOf({ metadata, status, spec, ...rest }: KubeObject): unknown {
  const { generation, resourceVersion, ...others } = metadata;
  // With a generation the server says whether spec changed, which spares comparing it.
  return [generation ?? spec, others, generation === undefined ? rest : undefined];
}

function priorityOf(event: StoreEvent, news: Priority): Priority {
  return event.isInitial ? 'background' : news;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

function withFields(log: Log, own: Readonly<Record<string, unknown>>): Log {
  return {
    error: (message, fields) => {
      log.error(message, { ...own, ...fields });
    },
    warn: (message, fields) => {
      log.warn(message, { ...own, ...fields });
    },
    info: (message, fields) => {
      log.info(message, { ...own, ...fields });
    },
    debug: (message, fields) => {
      log.debug(message, { ...own, ...fields });
    },
  };
}
