// One gRPC call on a stream of Node's HTTP/2: messages in, messages out, a status at the end. It
// knows no message's meaning.
import type { ServerHttp2Stream } from 'node:http2';
import { FrameReader, frameHeaderBytes } from './frame-reader.ts';
import { codes, trailersOf, type GrpcStatus } from './status.ts';

/** What serves a call. */
export interface CallHandler {
  /** A whole message; a view of memory that nobody else writes to. */
  message(bytes: Buffer): void;
  /** The client has said all. The call goes on until `end`. */
  halfClosed(): void;
  /** After `write` returned false: more is welcome. */
  drained(): void;
  /** The call is over, for whatever reason; comes once, and last. */
  closed(): void;
}

const responseHeaders = { ':status': 200, 'content-type': 'application/grpc' };
const withTrailers = { waitForTrailers: true, sendDate: false };
const alone = { endStream: true, sendDate: false };

/** Up to this length a copy behind what was written before costs less than a write of its own. */
const smallPieceBytes = 4096;

/** Replies that wait for the connection, beyond which the client is read no further. */
const maxWaitingBytes = 1_048_576;

export class GrpcCall {
  readonly #stream: ServerHttp2Stream;
  #hasResponded = false;
  #isEnding = false;
  #waitsForDrain = false;
  #handler: CallHandler | undefined;
  #reader: FrameReader | undefined;

  /** `onClosed` is called once, after the handler was told. */
  constructor(stream: ServerHttp2Stream, onClosed: () => void) {
    this.#stream = stream;
    expectResets(stream);
    // A reset of the client comes as an error; that the call is over is told by `close`.
    stream.on('error', ignore);
    stream.on('close', () => {
      const handler = this.#handler;
      // Node's table of streams keeps dead ones alive until the next full collection of garbage:
      // what served them must not be kept with them.
      this.#handler = undefined;
      this.#reader = undefined;
      handler?.closed();
      onClosed();
    });
  }

  /** Begins to read. */
  serve(handler: CallHandler, maxMessageBytes: number): void {
    const stream = this.#stream;
    this.#handler = handler;
    this.#reader = new FrameReader(maxMessageBytes, (message) => {
      if (!this.#isEnding) this.#handler?.message(message);
    });
    stream.on('data', (chunk: Buffer) => {
      if (this.#isEnding) return;
      const problem = this.#reader?.read(chunk);
      if (problem !== undefined) this.end(problem);
    });
    stream.on('end', () => {
      if (!this.#isEnding) this.#handler?.halfClosed();
    });
  }

  /**
   * Sends a message, whose end may be given in pieces; false: no more until `drained`. Into a call
   * that is over it goes nowhere.
   */
  write(start: Buffer, rest: readonly Buffer[] = []): boolean {
    const stream = this.#stream;
    if (this.#isEnding || stream.destroyed || stream.closed) return true;
    if (!this.#hasResponded) {
      this.#hasResponded = true;
      stream.respond(responseHeaders, withTrailers);
    }
    let length = start.length;
    for (const piece of rest) length += piece.length;
    if (length <= smallPieceBytes) stream.write(framed(length, start, rest));
    else {
      stream.cork();
      for (const chunk of chunksOf(length, start, rest)) stream.write(chunk);
      stream.uncork();
    }
    if (stream.writableLength < maxWaitingBytes) return true;
    this.#waitForDrain();
    return false;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Says no more but the status. What the client still sends is not looked at. */
  end(status: GrpcStatus): void {
    const stream = this.#stream;
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (stream.destroyed || stream.closed) return;
    const trailers = trailersOf(status);
    if (!this.#hasResponded) {
      stream.respond({ ...responseHeaders, ...trailers }, alone);
      this.#letGo(status);
      return;
    }
    stream.once('wantTrailers', () => {
      if (stream.destroyed || stream.closed) return;
      stream.sendTrailers(trailers);
      this.#letGo(status);
    });
    stream.end();
  }

  /** A client that was told off may still be sending: it is asked to stop. */
  #letGo({ code }: GrpcStatus): void {
    if (code === codes.ok) return;
    this.#stream.resume();
    // Trailers are sent in the next turn of the loop too, and before this.
    setImmediate(() => {
      this.#stream.close();
    });
  }

  #waitForDrain(): void {
    if (this.#waitsForDrain) return;
    this.#waitsForDrain = true;
    this.#stream.once('drain', () => {
      this.#waitsForDrain = false;
      this.#handler?.drained();
    });
  }
}

/** A message of `length` bytes behind its frame header, copied together. */
function framed(length: number, start: Buffer, rest: readonly Buffer[]): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + length);
  writeFrameHeader(frame, length);
  frame.set(start, frameHeaderBytes);
  let at = frameHeaderBytes + start.length;
  for (const piece of rest) {
    frame.set(piece, at);
    at += piece.length;
  }
  return frame;
}

/** The same without copying what is long. */
function chunksOf(length: number, start: Buffer, rest: readonly Buffer[]): readonly Buffer[] {
  const header = Buffer.allocUnsafe(frameHeaderBytes);
  writeFrameHeader(header, length);
  const chunks: Buffer[] = [];
  let small: Buffer[] = [header];
  for (const piece of [start, ...rest]) {
    if (piece.length <= smallPieceBytes) small.push(piece);
    else {
      chunks.push(Buffer.concat(small), piece);
      small = [];
    }
  }
  chunks.push(Buffer.concat(small));
  return chunks.filter((chunk) => chunk.length > 0);
}

function writeFrameHeader(target: Buffer, length: number): void {
  target[0] = 0;
  target.writeUInt32BE(length, 1);
}

/** What streams end with that their client reset; the same for all. */
const resetByClient = new Error('the client reset the stream');

/**
 * Envoy resets every stream. Node makes an error of each, whose stack trace nobody reads, and which
 * costs as much as the rest of the end; a stream that is destroyed with an error gets no other.
 */
function expectResets(stream: ServerHttp2Stream): void {
  const destroy = stream._destroy.bind(stream);
  stream._destroy = (error, callback) => {
    const isReset = error === null && stream.closed && stream.rstCode !== 0;
    destroy(isReset ? resetByClient : error, callback);
  };
}

function ignore(): void {
  // See where it is used.
}
