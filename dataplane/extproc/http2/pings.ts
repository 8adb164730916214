// Asks a client whether it is there, which also tells that it has heard of all that was said before.
import { ping } from './frames.ts';
import type { Outbox } from './outbox.ts';

export class Pings {
  readonly #outbox: Outbox;
  /** Whoever waits for an answer, by the number that went out. */
  readonly #waiting = new Map<number, (isAnswered: boolean) => void>();
  #last = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** False: the client did not answer within the time, though the connection stands. */
  ask(limitMs: number): Promise<boolean> {
    this.#last = (this.#last + 1) >>> 0;
    const number = this.#last;
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(number, 4);
    this.#outbox.push(ping(payload, false));
    return new Promise((resolve) => {
      const settle = (isAnswered: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(number);
        resolve(isAnswered);
      };
      const timer = setTimeout(settle, limitMs, false).unref();
      this.#waiting.set(number, settle);
    });
  }

  /** An answer came. To an earlier question it says nothing of what was said since. */
  answered(payload: Buffer): void {
    this.#waiting.get(payload.readUInt32BE(4))?.(true);
  }

  /** The connection is over, which says more than any answer. */
  end(): void {
    for (const settle of [...this.#waiting.values()]) settle(true);
  }
}
