// Spares a store that fails, and requests the wait for it: after some failures in a row nothing is
// asked for a while, then one operation tries.
import type { Clock } from '../../ports.ts';

/** Failures in a row after which nothing is asked. */
const failuresToOpen = 5;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class CircuitBreaker {
  readonly #clock: Clock;
  #failures = 0;
  #pauseMs = firstPauseMs;
  #closedAgainAt = 0;
  #isTrying = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#failures >= failuresToOpen;
  }

  /** Whether an operation may be tried now. */
  mayTry(): boolean {
    if (!this.isOpen) return true;
    if (this.#isTrying || this.#clock.monotonic() < this.#closedAgainAt) return false;
    this.#isTrying = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#pauseMs = firstPauseMs;
    this.#isTrying = false;
  }

  failed(): void {
    const wasOpen = this.isOpen;
    this.#failures += 1;
    this.#isTrying = false;
    if (!this.isOpen) return;
    if (wasOpen) this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    this.#closedAgainAt = this.#clock.monotonic() + this.#pauseMs;
  }
}
