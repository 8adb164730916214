// One gRPC call on a stream of HTTP/2: messages in, messages out, a status at the end. It knows no
// message's meaning.
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import { errorCodes } from '../http2/frames.ts';
import type { Http2Stream, StreamHandler } from '../http2/stream.ts';
import { frameHeaderBytes, FrameReader } from './frame-reader.ts';
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

const responseHeaders = { ':status': '200', 'content-type': 'application/grpc' };
const responseBlock = encodeHeaders(responseHeaders);

export class GrpcCall implements StreamHandler {
  readonly #stream: Http2Stream;
  readonly #onClosed: () => void;
  #hasResponded = false;
  #isEnding = false;
  #handler: CallHandler | undefined;
  #reader: FrameReader | undefined;

  /** `onClosed` is called once, after the handler was told. */
  constructor(stream: Http2Stream, onClosed: () => void) {
    this.#stream = stream;
    this.#onClosed = onClosed;
    stream.serve(this);
  }

  /** Begins to read. */
  serve(handler: CallHandler, maxMessageBytes: number): void {
    this.#handler = handler;
    this.#reader = new FrameReader(maxMessageBytes, (message) => {
      if (!this.#isEnding) this.#handler?.message(message);
    });
  }

  /** Sends a message, the end of which may be given in pieces; false: no more until `drained`. */
  write(start: Buffer, rest: readonly Buffer[] = []): boolean {
    if (this.#isEnding) return true;
    this.#respond();
    let length = start.length;
    for (const piece of rest) length += piece.length;
    const header = Buffer.allocUnsafe(frameHeaderBytes);
    header[0] = 0;
    header.writeUInt32BE(length, 1);
    return this.#stream.write([header, start, ...rest]);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Says no more but the status. What the client still sends is not looked at. */
  end(status: GrpcStatus): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const trailers = trailersOf(status);
    const block = encodeHeaders(
      this.#hasResponded ? trailers : { ...responseHeaders, ...trailers },
    );
    // A client that was told off may still be sending: it is asked to stop.
    this.#stream.end(block, status.code === codes.ok ? undefined : errorCodes.noError);
  }

  data(piece: Buffer): void {
    if (this.#isEnding) return;
    const problem = this.#reader?.read(piece);
    if (problem !== undefined) this.end(problem);
  }

  ended(): void {
    if (!this.#isEnding) this.#handler?.halfClosed();
  }

  drained(): void {
    this.#handler?.drained();
  }

  closed(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.closed();
    this.#onClosed();
  }

  #respond(): void {
    if (this.#hasResponded) return;
    this.#hasResponded = true;
    this.#stream.respond(responseBlock);
  }
}
