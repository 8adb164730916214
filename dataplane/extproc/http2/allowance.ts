// How often something may happen, in the long run and at once.

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export class Allowance {
  readonly #rate: Rate;
  readonly #now: () => number;
  #left: number;
  #filledAtMs: number;

  /** `now` gives milliseconds that never go back. */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#left = rate.burst;
    this.#filledAtMs = now();
  }

  /** Takes one; false: that was too often. */
  take(): boolean {
    this.#left -= 1;
    if (this.#left >= 0) return true;
    // The clock is looked at only when nothing is left.
    const { burst, perSecond } = this.#rate;
    const nowMs = this.#now();
    const earned = Math.floor(((nowMs - this.#filledAtMs) * perSecond) / 1000);
    this.#left = Math.min(burst, earned) - 1;
    this.#filledAtMs = nowMs;
    return this.#left >= 0;
  }
}
