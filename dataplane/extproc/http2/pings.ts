// Asks a client whether it is there, which also tells that it has heard of all that was said before.
import { ping } from './frames.ts';
import type { Outbox } from './outbox.ts';

const payload = Buffer.alloc(8);

export class Pings {
  readonly #outbox: Outbox;
  readonly #waiting = new Set<() => void>();

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Whether the client answers within the time. */
  ask(limitMs: number): Promise<boolean> {
    this.#outbox.push(ping(payload, false));
    return new Promise((resolve) => {
      const settle = (isAnswered: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(answered);
        resolve(isAnswered);
      };
      const answered = (): void => {
        settle(true);
      };
      const timer = setTimeout(settle, limitMs, false).unref();
      this.#waiting.add(answered);
    });
  }

  /** An answer came; whichever ping it is for, the client is there. */
  answered(): void {
    for (const answered of [...this.#waiting]) answered();
  }
}
