// Which objects wait to be reconciled. A key waits at most once however often it is added, is never
// worked on twice at a time, and returns if it was added while it was worked on.
import { backoffMs, type Backoff } from './backoff.ts';
import type { ObjectKey } from './object-key.ts';
import type { Cancel, Clock } from './surroundings.ts';

/**
 * Who goes first: `user` for what somebody edited, `event` for what happened to owned objects,
 * `background` for resyncs and the first list.
 */
export type Priority = 'user' | 'event' | 'background';

/** Told as things happen, for metrics. */
export interface QueueObserver {
  added(priority: Priority): void;
  /** A key left the queue for a worker after waiting this long. */
  started(waitedSeconds: number): void;
  /** A worker is done with a key. */
  finished(workedSeconds: number): void;
  /** A key was put back because its work failed. */
  retried(): void;
}

export interface QueueOptions {
  readonly clock: Clock;
  /** After failures of the same key; 5 ms to 5 minutes by default. */
  readonly backoff?: Backoff;
  readonly observer?: QueueObserver;
}

interface Waiting {
  readonly priority: Priority;
  readonly sinceMs: number;
}

interface Delayed {
  readonly dueMs: number;
  readonly priority: Priority;
  readonly cancel: Cancel;
}

const order: readonly Priority[] = ['user', 'event', 'background'];
const defaultBackoff: Backoff = { firstMs: 5, longestMs: 300_000 };

export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #observer: QueueObserver | undefined;
  /** In order of arrival, for each priority. */
  readonly #waiting: Readonly<Record<Priority, Map<ObjectKey, Waiting>>>;
  /** Since when each key is worked on. */
  readonly #working = new Map<ObjectKey, number>();
  /** Added while they were worked on. */
  readonly #again = new Map<ObjectKey, Waiting>();
  readonly #delayed = new Map<ObjectKey, Delayed>();
  readonly #failures = new Map<ObjectKey, number>();
  readonly #takers: ((key: ObjectKey | undefined) => void)[] = [];
  readonly #idle: (() => void)[] = [];
  #isClosed = false;

  constructor({ clock, backoff = defaultBackoff, observer }: QueueOptions) {
    this.#clock = clock;
    this.#backoff = backoff;
    this.#observer = observer;
    this.#waiting = { user: new Map(), event: new Map(), background: new Map() };
  }

  /** How many keys wait, of one priority or of all. Those that wait for a time are not counted. */
  depth(priority?: Priority): number {
    const asked = priority === undefined ? order : [priority];
    return asked.reduce((sum, each) => sum + this.#waiting[each].size, 0);
  }

  /** For how long each key that is worked on has been, in seconds. */
  workingSeconds(): number[] {
    const now = this.#clock.monotonicMs();
    return [...this.#working.values()].map((since) => (now - since) / 1_000);
  }

  /** How often in a row the key's work has failed. */
  failures(key: ObjectKey): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Wants the key worked on as soon as its turn comes. Adding again can only move it forward. */
  add(key: ObjectKey, priority: Priority = 'event'): void {
    if (this.#isClosed) return;
    const entry = { priority, sinceMs: this.#clock.monotonicMs() };
    if (this.#working.has(key)) {
      const before = this.#again.get(key);
      if (before === undefined) this.#observer?.added(priority);
      if (before === undefined || isBefore(priority, before.priority)) this.#again.set(key, entry);
      return;
    }
    const before = this.#waitingEntry(key);
    if (before === undefined) {
      this.#observer?.added(priority);
      this.#waiting[priority].set(key, entry);
      this.#handOver();
    } else if (isBefore(priority, before.priority)) {
      this.#waiting[before.priority].delete(key);
      this.#waiting[priority].set(key, { priority, sinceMs: before.sinceMs });
    }
  }

  /**
   * Wants the key worked on after a while. The earliest wish counts; and work that begins sooner
   * fulfils it, for it looks at the whole state and can wish again.
   */
  addAfter(key: ObjectKey, delayMs: number, priority: Priority = 'background'): void {
    if (this.#isClosed) return;
    if (delayMs <= 0) {
      this.add(key, priority);
      return;
    }
    const dueMs = this.#clock.monotonicMs() + delayMs;
    const before = this.#delayed.get(key);
    if (before !== undefined && before.dueMs <= dueMs) return;
    before?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key, priority);
    });
    this.#delayed.set(key, { dueMs, priority, cancel });
  }

  /** Wants the key worked on again because it failed; the wait grows with each failure in a row. */
  addFailed(key: ObjectKey, atLeastMs = 0): void {
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    this.#observer?.retried();
    const waitMs = backoffMs(this.#backoff, failures, () => this.#clock.random());
    this.addAfter(key, Math.max(waitMs, atLeastMs), 'event');
  }

  /** The key's work succeeded, or will never: its failures are forgotten. */
  forget(key: ObjectKey): void {
    this.#failures.delete(key);
  }

  /** The next key, when there is one; undefined when the queue was closed. */
  take(): Promise<ObjectKey | undefined> {
    const key = this.#isClosed ? undefined : this.#next();
    if (key !== undefined || this.#isClosed) return Promise.resolve(key);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
    });
  }

  /** The key's work has ended; whoever takes a key must say so, whatever came of it. */
  done(key: ObjectKey): void {
    const since = this.#working.get(key);
    if (since === undefined) return;
    this.#working.delete(key);
    this.#observer?.finished((this.#clock.monotonicMs() - since) / 1_000);
    const again = this.#again.get(key);
    this.#again.delete(key);
    if (again !== undefined && !this.#isClosed) {
      this.#waiting[again.priority].set(key, again);
      this.#handOver();
    }
    if (this.#working.size === 0) this.#tellIdle();
  }

  /** Hands out nothing more and forgets what waits. Resolves when all work has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#again.clear();
    for (const priority of order) this.#waiting[priority].clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
    if (this.#working.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle.push(resolve);
    });
  }

  #waitingEntry(key: ObjectKey): Waiting | undefined {
    for (const priority of order) {
      const entry = this.#waiting[priority].get(key);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #handOver(): void {
    if (this.#takers.length === 0) return;
    const key = this.#next();
    if (key !== undefined) this.#takers.shift()?.(key);
  }

  #next(): ObjectKey | undefined {
    for (const priority of order) {
      const [first] = this.#waiting[priority];
      if (first === undefined) continue;
      const [key, { sinceMs }] = first;
      this.#waiting[priority].delete(key);
      this.#delayed.get(key)?.cancel();
      this.#delayed.delete(key);
      const now = this.#clock.monotonicMs();
      this.#working.set(key, now);
      this.#observer?.started((now - sinceMs) / 1_000);
      return key;
    }
    return undefined;
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function isBefore(one: Priority, other: Priority): boolean {
  return order.indexOf(one) < order.indexOf(other);
}
