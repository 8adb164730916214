// Lets some calls run at a time and some wait. It knows nothing of what they do.

export class Limiter {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor({ running, waiting }: { readonly running: number; readonly waiting: number }) {
    this.#most = running;
    this.#mostWaiting = waiting;
  }

  /** Calls that run or wait. */
  get size(): number {
    return this.#running + this.#waiting.length;
  }

  /** Runs a call when it is its turn; undefined, at once, where too many wait already. */
  run<Result>(call: () => Promise<Result>): Promise<Result> | undefined {
    if (this.#running >= this.#most && this.#waiting.length >= this.#mostWaiting) return undefined;
    return this.#take()
      .then(call)
      .finally(() => {
        this.#running--;
        this.#waiting.shift()?.();
      });
  }

  #take(): Promise<void> {
    if (this.#running < this.#most) {
      this.#running++;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        this.#running++;
        resolve();
      });
    });
  }
}
