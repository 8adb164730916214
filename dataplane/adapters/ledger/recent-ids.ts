// Remembers the ids of the latest records, so that one that is delivered twice is taken once.
// Record ids are given by this process and redelivery is prompt, so a window is enough; readers
// of the files drop what a crash may have doubled by the same id.

export class RecentIds {
  readonly #window: number;
  #newer = new Set<string>();
  #older = new Set<string>();

  /** Remembers at least the last `window` ids, and at most twice as many. */
  constructor(window: number) {
    this.#window = window;
  }

  /** Whether the id is new; it is remembered from now on. */
  add(id: string): boolean {
    if (this.#newer.has(id) || this.#older.has(id)) return false;
    // Two generations: to drop single ids from the front of a Set would cost more the larger it is.
    if (this.#newer.size >= this.#window) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(id);
    return true;
  }
}
