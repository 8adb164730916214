// Identical requests that are on their way at the same time: the first goes upstream, the others wait
// for what it brings, but not for ever.

export interface Flight<Answer> {
  /** Tells those who wait; undefined: there is nothing to give. The first call counts. */
  land(answer: Answer | undefined): void;
}

export type Boarding<Answer> =
  | { readonly kind: 'leads'; readonly flight: Flight<Answer> }
  /** Resolves with the answer of the one that leads; undefined where it brings none in time. */
  | { readonly kind: 'waits'; readonly answer: Promise<Answer | undefined> };

/** Calls back once after so many milliseconds, unless the returned function is called before. */
export type Timer = (milliseconds: number, call: () => void) => () => void;

/** A flight of which nobody hears any more is given up after so long. */
const longestFlightMs = 600_000;

export class Flights<Answer> {
  readonly #timer: Timer;
  readonly #waiting = new Map<string, Set<(answer: Answer | undefined) => void>>();

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  /** Requests on their way now. */
  get size(): number {
    return this.#waiting.size;
  }

  board(key: string, waitMs: number): Boarding<Answer> {
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return { kind: 'waits', answer: this.#wait(waiting, waitMs) };
    const passengers = new Set<(answer: Answer | undefined) => void>();
    this.#waiting.set(key, passengers);
    const land = (answer: Answer | undefined): void => {
      cancel();
      this.#land(key, passengers, answer);
    };
    const cancel = this.#timer(longestFlightMs, () => {
      land(undefined);
    });
    return { kind: 'leads', flight: { land } };
  }

  #land(
    key: string,
    passengers: Set<(answer: Answer | undefined) => void>,
    answer: Answer | undefined,
  ): void {
    if (this.#waiting.get(key) === passengers) this.#waiting.delete(key);
    for (const resolve of passengers) resolve(answer);
    passengers.clear();
  }

  #wait(
    passengers: Set<(answer: Answer | undefined) => void>,
    waitMs: number,
  ): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const done = (answer: Answer | undefined): void => {
        cancel();
        passengers.delete(done);
        resolve(answer);
      };
      const cancel = this.#timer(waitMs, () => {
        done(undefined);
      });
      passengers.add(done);
    });
  }
}
