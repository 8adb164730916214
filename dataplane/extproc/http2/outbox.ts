// What goes out on a connection. All that is said while one piece of input is worked off goes out in one
// write: with sixteen streams under way that is a tenth of the calls to the system.
import type { Duplex } from 'node:stream';
import { maxUnreadBytes, maxWaitingBytes } from './limits.ts';

/** Up to this size a copy of all pieces costs less than a write of each; and where pieces are this short. */
const copiedBytes = 65_536;
const shortBytes = 1_024;

export class Outbox {
  readonly #socket: Duplex;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isCollecting = false;
  #isScheduled = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Bytes that the system has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  /** Whether whoever can wait should. */
  get isFull(): boolean {
    return this.waitingBytes >= maxWaitingBytes;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#isCollecting || this.#isScheduled) return;
    this.#isScheduled = true;
    // Behind all promises that are settled by now: what they lead to goes out together.
    process.nextTick(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  /** Does something, and sends what was said meanwhile at its end. */
  collect(work: () => void): void {
    this.#isCollecting = true;
    try {
      work();
    } finally {
      this.#isCollecting = false;
      this.flush();
    }
  }

  flush(): void {
    const pieces = this.#pieces;
    const bytes = this.#bytes;
    const [only] = pieces;
    if (only === undefined) return;
    this.#pieces = [];
    this.#bytes = 0;
    const socket = this.#socket;
    if (socket.destroyed || !socket.writable) return;
    if (pieces.length === 1) socket.write(only);
    else if (bytes <= copiedBytes || bytes < pieces.length * shortBytes) {
      socket.write(Buffer.concat(pieces, bytes));
    } else {
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    }
    // Whoever sends DATA waits when it is full; answers to a client that reads none of them cannot.
    if (socket.writableLength > maxUnreadBytes) socket.destroy();
  }
}
