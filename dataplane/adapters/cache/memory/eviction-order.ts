// Which entry makes room for a new one. Every operation takes the same time, however many there are.

export type EvictionPolicy = 'fifo' | 'lru' | 'lfu';

export interface EvictionOrder<Entry> {
  add(entry: Entry): void;
  /** The entry was used. */
  touch(entry: Entry): void;
  remove(entry: Entry): void;
  /** The entry that goes next; undefined when there is none. */
  next(): Entry | undefined;
  /** All entries, the next to go first. */
  entries(): Iterable<Entry>;
}

export function createEvictionOrder<Entry>(policy: EvictionPolicy): EvictionOrder<Entry> {
  switch (policy) {
    case 'fifo':
      return new Oldest(false);
    case 'lru':
      return new Oldest(true);
    case 'lfu':
      return new LeastUsed();
  }
}

/** The oldest first, where a use makes an entry young again or not. A Set keeps what came first first. */
class Oldest<Entry> implements EvictionOrder<Entry> {
  readonly #entries = new Set<Entry>();
  readonly #useCounts: boolean;

  constructor(useCounts: boolean) {
    this.#useCounts = useCounts;
  }

  add(entry: Entry): void {
    this.#entries.add(entry);
  }

  touch(entry: Entry): void {
    if (!this.#useCounts || !this.#entries.delete(entry)) return;
    this.#entries.add(entry);
  }

  remove(entry: Entry): void {
    this.#entries.delete(entry);
  }

  next(): Entry | undefined {
    return this.#entries.values().next().value;
  }

  entries(): Iterable<Entry> {
    return this.#entries;
  }
}

/** The least used first; of those that were used as often, the one whose last use is longest ago. */
class LeastUsed<Entry> implements EvictionOrder<Entry> {
  readonly #uses = new Map<Entry, number>();
  readonly #byUses = new Map<number, Set<Entry>>();
  #least = 0;

  add(entry: Entry): void {
    this.#put(entry, 0);
    this.#least = 0;
  }

  touch(entry: Entry): void {
    const uses = this.#uses.get(entry);
    if (uses === undefined) return;
    this.#take(entry, uses);
    this.#put(entry, uses + 1);
    if (this.#least === uses && !this.#byUses.has(uses)) this.#least = uses + 1;
  }

  remove(entry: Entry): void {
    const uses = this.#uses.get(entry);
    if (uses === undefined) return;
    this.#take(entry, uses);
    this.#uses.delete(entry);
  }

  next(): Entry | undefined {
    if (this.#uses.size === 0) return undefined;
    // After a removal the least used may be further up.
    if (!this.#byUses.has(this.#least)) this.#least = Math.min(...this.#byUses.keys());
    return this.#byUses.get(this.#least)?.values().next().value;
  }

  *entries(): Iterable<Entry> {
    for (const uses of [...this.#byUses.keys()].sort((a, b) => a - b)) {
      yield* this.#byUses.get(uses) ?? [];
    }
  }

  #put(entry: Entry, uses: number): void {
    this.#uses.set(entry, uses);
    const alike = this.#byUses.get(uses);
    if (alike === undefined) this.#byUses.set(uses, new Set([entry]));
    else alike.add(entry);
  }

  #take(entry: Entry, uses: number): void {
    const alike = this.#byUses.get(uses);
    alike?.delete(entry);
    if (alike?.size === 0) this.#byUses.delete(uses);
  }
}
