// One stream of a connection, as a server sees it: bytes in, no more of them than its reader takes; bytes
// out, no more of them than the client's windows allow; and its end.
import {
  encodeFrame,
  errorCodes,
  flags,
  frameHeaderBytes,
  frameTypes,
  maxFrameBytes,
  rstStream,
  windowUpdate,
  writeFrameHeader,
  type ErrorCode,
} from './frames.ts';
import { keepPiece } from './kept-pieces.ts';
import { largestWindow, maxWaitingBytes, streamWindow } from './limits.ts';
import type { SharedSending } from './shared-sending.ts';

/** What serves a stream. */
export interface StreamHandler {
  /** A view of memory that nobody else writes to. */
  data(piece: Buffer): void;
  /** The client has said all. */
  ended(): void;
  /** After `write` returned false: more is welcome. */
  drained(): void;
  /** The stream is over, for whatever reason; comes once, and last. */
  closed(): void;
}

/** Whoever keeps the streams of a connection. */
export interface StreamOwner {
  /** A stream was broken off from this side. */
  wasReset(): void;
  /** A stream is over; comes once. */
  closed(stream: Http2Stream): void;
}

/** Where a stream belongs. */
export interface StreamPlace {
  readonly sending: SharedSending;
  readonly owner: StreamOwner;
}

/** Up to this length a copy behind its frame header costs less than a piece of its own. */
const copiedBytes = 4_096;

export class Http2Stream {
  readonly id: number;
  readonly #sending: SharedSending;
  readonly #owner: StreamOwner;
  #handler: StreamHandler | undefined;
  /** What the client takes on this stream, in bytes; below 0 after it has made its windows smaller. */
  #sendWindow: number;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isWaiting = false;
  #isFull = false;
  /** The header block that ends the stream, once it is known. */
  #trailers: Buffer | undefined;
  #resetAfterwards: ErrorCode | undefined;
  #receiveWindow = streamWindow;
  /** Bytes that were read, and not yet given back to the client's window. */
  #readBytes = 0;
  #held: Buffer[] = [];
  #isPaused = false;
  #hasClientEnded = false;
  #toldEnd = false;
  #hasEnded = false;
  #isClosed = false;

  constructor(id: number, sendWindow: number, place: StreamPlace) {
    this.id = id;
    this.#sendWindow = sendWindow;
    this.#sending = place.sending;
    this.#owner = place.owner;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Begins to read. */
  serve(handler: StreamHandler): void {
    this.#handler = handler;
  }

  /** Sends the headers that come before all bytes. */
  respond(block: Buffer): void {
    if (!this.#isClosed && !this.#hasEnded) this.#pushHeaders(block, false);
  }

  /** Sends bytes, as soon as the client takes them; false: no more until `drained`. */
  write(pieces: readonly Buffer[]): boolean {
    if (this.#isClosed || this.#hasEnded || this.#trailers !== undefined) return true;
    let length = 0;
    for (const piece of pieces) length += piece.length;
    if (length <= copiedBytes && this.#queuedBytes === 0 && this.#room() >= length) {
      this.#pushCopy(pieces, length);
      return true;
    }
    this.#queue.push(...pieces);
    this.#queuedBytes += length;
    this.flush();
    this.#isFull = this.#queuedBytes >= maxWaitingBytes;
    return !this.#isFull;
  }

  /**
   * Says no more but these headers, behind all that was written. With `thenReset` a client that has
   * not said all by then is asked to stop.
   */
  end(block: Buffer, thenReset?: ErrorCode): void {
    if (this.#isClosed || this.#hasEnded || this.#trailers !== undefined) return;
    this.#trailers = block;
    this.#resetAfterwards = thenReset;
    this.flush();
    this.resume();
  }

  /** Breaks the stream off. */
  reset(code: ErrorCode): void {
    if (this.#isClosed) return;
    this.#sending.outbox.push(rstStream(this.id, code));
    this.close();
    this.#owner.wasReset();
  }

  /** Reads no more for now; the client is stopped by its window. Who has said all reads on, to no end. */
  pause(): void {
    this.#isPaused = this.#trailers === undefined && !this.#hasEnded;
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return;
    this.#isPaused = false;
    // Whoever reads may have had enough again, or the stream is over.
    while (this.#mayRead()) {
      const piece = this.#held.shift();
      if (piece === undefined) break;
      this.#deliver(piece);
    }
    this.#tellEnd();
  }

  /** The next bytes came, and so much padding with them; `ends`: they are the last. */
  received(piece: Buffer, ends: boolean, padding = 0): void {
    if (this.#isClosed) return;
    this.#receiveWindow -= piece.length + padding;
    if (this.#receiveWindow < 0 || this.#hasClientEnded) {
      this.reset(this.#hasClientEnded ? errorCodes.streamClosed : errorCodes.flowControlError);
      return;
    }
    this.#hasClientEnded = ends;
    if (padding > 0) this.#giveBack(padding);
    if (piece.length > 0) {
      if (this.#mayRead()) this.#deliver(piece);
      else keepPiece(this.#held, piece);
    }
    this.#tellEnd();
  }

  /** The client takes so many bytes more, or fewer. Returns false when no window may be that large. */
  widen(bytes: number): boolean {
    this.#sendWindow += bytes;
    if (this.#sendWindow > largestWindow) return false;
    this.flush();
    return true;
  }

  /** Sends of what waits as much as may go now. */
  flush(): void {
    while (this.#queuedBytes > 0) {
      const length = Math.min(this.#room(), maxFrameBytes, this.#queuedBytes);
      if (length <= 0) {
        // What waits for its own window is called when that grows.
        this.#waits(this.#sendWindow > 0);
        return;
      }
      this.#pushQueued(length);
    }
    this.#waits(false);
    if (this.#trailers !== undefined) this.#pushEnd(this.#trailers);
    else if (this.#isFull) {
      this.#isFull = false;
      this.#handler?.drained();
    }
  }

  /** The stream is over; nothing is said of it any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#held = [];
    this.#waits(false);
    this.#owner.closed(this);
    this.#handler?.closed();
  }

  #waits(doesWait: boolean): void {
    if (this.#isWaiting === doesWait) return;
    this.#isWaiting = doesWait;
    this.#sending.waits(this, doesWait);
  }

  #mayRead(): boolean {
    return !this.#isPaused && !this.#isClosed && this.#handler !== undefined;
  }

  #deliver(piece: Buffer): void {
    this.#handler?.data(piece);
    this.#giveBack(piece.length);
  }

  #giveBack(bytes: number): void {
    this.#readBytes += bytes;
    if (this.#readBytes < streamWindow / 2 || this.#hasClientEnded || this.#isClosed) return;
    this.#sending.outbox.push(windowUpdate(this.id, this.#readBytes));
    this.#receiveWindow += this.#readBytes;
    this.#readBytes = 0;
  }

  /** Once the client has said all, and all of it was read. */
  #tellEnd(): void {
    if (!this.#hasClientEnded || this.#toldEnd || this.#held.length > 0 || !this.#mayRead()) return;
    this.#toldEnd = true;
    if (this.#hasEnded) this.close();
    else this.#handler?.ended();
  }

  /** How many bytes may go now; below 0 for none. */
  #room(): number {
    return Math.min(this.#sendWindow, this.#sending.room);
  }

  #pushHeaders(block: Buffer, endStream: boolean): void {
    const bits = flags.endHeaders | (endStream ? flags.endStream : 0);
    const type = frameTypes.headers;
    this.#sending.outbox.push(
      encodeFrame({ type, flags: bits, streamId: this.id, payload: block }),
    );
    if (!endStream) return;
    this.#hasEnded = true;
    if (this.#resetAfterwards !== undefined && !this.#hasClientEnded) {
      this.reset(this.#resetAfterwards);
    } else if (this.#hasClientEnded) this.close();
  }

  #pushEnd(trailers: Buffer): void {
    this.#trailers = undefined;
    this.#pushHeaders(trailers, true);
  }

  #pushCopy(pieces: readonly Buffer[], length: number): void {
    const frame = Buffer.allocUnsafe(frameHeaderBytes + length);
    writeFrameHeader(frame, { type: frameTypes.data, flags: 0, streamId: this.id, length });
    let at = frameHeaderBytes;
    for (const piece of pieces) {
      frame.set(piece, at);
      at += piece.length;
    }
    this.#spend(length);
    this.#sending.outbox.push(frame);
  }

  #pushQueued(length: number): void {
    const header = Buffer.allocUnsafe(frameHeaderBytes);
    writeFrameHeader(header, { type: frameTypes.data, flags: 0, streamId: this.id, length });
    this.#sending.outbox.push(header);
    this.#spend(length);
    this.#queuedBytes -= length;
    for (let left = length; left > 0;) {
      const piece = this.#queue[0];
      if (piece === undefined) break;
      const part = piece.length <= left ? piece : piece.subarray(0, left);
      if (part === piece) this.#queue.shift();
      else this.#queue[0] = piece.subarray(left);
      this.#sending.outbox.push(part);
      left -= part.length;
    }
  }

  #spend(bytes: number): void {
    this.#sendWindow -= bytes;
    this.#sending.spend(bytes);
  }
}
