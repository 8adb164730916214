// What the streams of a connection share when they send: one way out, and one window. It knows no frame.
import { initialWindow, largestWindow } from './limits.ts';
import type { Outbox } from './outbox.ts';

/** Has bytes that could go but for the others. */
export interface Waiting {
  flush(): void;
}

export class SharedSending {
  readonly outbox: Outbox;
  /** What the client takes on the whole connection, in bytes. */
  #window = initialWindow;
  readonly #waiting = new Set<Waiting>();

  constructor(outbox: Outbox) {
    this.outbox = outbox;
  }

  /** How many bytes may go now. */
  get room(): number {
    return this.outbox.isFull ? 0 : this.#window;
  }

  spend(bytes: number): void {
    this.#window -= bytes;
  }

  /** The client takes so many bytes more. Returns false when no window may be that large. */
  widen(bytes: number): boolean {
    this.#window += bytes;
    if (this.#window > largestWindow) return false;
    this.flushWaiting();
    return true;
  }

  waits(stream: Waiting, doesWait: boolean): void {
    if (doesWait) this.#waiting.add(stream);
    else this.#waiting.delete(stream);
  }

  /** Each in turn, as long as there is room. */
  flushWaiting(): void {
    let turns = this.#waiting.size;
    for (const stream of this.#waiting) {
      if (turns <= 0 || this.room <= 0) return;
      turns -= 1;
      // Next time it is the last in turn.
      this.#waiting.delete(stream);
      this.#waiting.add(stream);
      stream.flush();
    }
  }
}
