// The streams of one connection: which begin, what comes for each, and which are over. It knows nothing of
// settings, pings and the socket.
import { Allowance } from './allowance.ts';
import { checkRstStream, windowIncrement } from './client-frames.ts';
import { ConnectionError, errorCodes, rstStream, type ErrorCode, type Frame } from './frames.ts';
import type { HeaderBlock } from './header-blocks.ts';
import type { HeaderField } from './hpack/static-table.ts';
import { initialWindow, maxConcurrentStreams, resetRate } from './limits.ts';
import { areRequestHeaders, areTrailers } from './request-headers.ts';
import type { SharedSending } from './shared-sending.ts';
import { Http2Stream, type StreamPlace } from './stream.ts';

export interface StreamsOwner {
  /** A client began a stream. To be served at once. */
  opened(stream: Http2Stream, headers: readonly HeaderField[]): void;
  /** The last stream is over. */
  idle(): void;
  /** The connection cannot go on. */
  failed(error: ConnectionError): void;
}

/** What came of DATA. */
export interface DataPiece {
  readonly streamId: number;
  readonly piece: Buffer;
  /** They are the last bytes of the stream. */
  readonly ends: boolean;
  /** Bytes of padding that came with them. */
  readonly padding: number;
}

const nothing = Buffer.alloc(0);

export class Streams {
  readonly #sending: SharedSending;
  readonly #place: StreamPlace;
  readonly #owner: StreamsOwner;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #resets = new Allowance(resetRate, () => performance.now());
  /** What the client's new streams take before anything is read. */
  #initialSendWindow = initialWindow;
  #lastId = 0;
  #takesNew = true;

  constructor(sending: SharedSending, owner: StreamsOwner) {
    this.#sending = sending;
    this.#place = {
      sending,
      owner: {
        wasReset: () => {
          this.#countReset();
        },
        closed: (stream) => {
          this.#streams.delete(stream.id);
          if (this.#streams.size === 0) this.#owner.idle();
        },
      },
    };
    this.#owner = owner;
  }

  /** The last stream that was taken; 0 for none. */
  get lastId(): number {
    return this.#lastId;
  }

  get areOver(): boolean {
    return this.#streams.size === 0;
  }

  takeNoMore(): void {
    this.#takesNew = false;
  }

  headers(streamId: number, { fields, endStream }: HeaderBlock): void {
    const known = this.#streams.get(streamId);
    if (known !== undefined) {
      if (endStream && areTrailers(fields)) known.received(nothing, true);
      else known.reset(errorCodes.protocolError);
      return;
    }
    if (streamId % 2 === 0) {
      throw new ConnectionError(errorCodes.protocolError, 'a client has odd streams');
    }
    if (streamId <= this.#lastId) {
      // Trailers of a stream that is over were on their way.
      if (endStream) return;
      throw new ConnectionError(errorCodes.protocolError, 'a stream begins behind a later one');
    }
    // The client knows that it was too late, and tries elsewhere.
    if (!this.#takesNew) return;
    this.#lastId = streamId;
    if (!areRequestHeaders(fields)) this.#refuse(streamId, errorCodes.protocolError);
    else if (this.#streams.size >= maxConcurrentStreams) {
      this.#refuse(streamId, errorCodes.refusedStream);
    } else this.#open(streamId, fields, endStream);
  }

  data({ streamId, piece, ends, padding }: DataPiece): void {
    this.#refuseIdle(streamId);
    // What comes for a stream that is over was on its way.
    this.#streams.get(streamId)?.received(piece, ends, padding);
  }

  rstStream(frame: Frame): void {
    checkRstStream(frame);
    this.#refuseIdle(frame.streamId);
    this.#countReset();
    this.#streams.get(frame.streamId)?.close();
  }

  /** A WINDOW_UPDATE of one stream. */
  windowUpdate(frame: Frame): void {
    const increment = windowIncrement(frame);
    this.#refuseIdle(frame.streamId);
    const stream = this.#streams.get(frame.streamId);
    if (increment === 0) stream?.reset(errorCodes.protocolError);
    else if (stream?.widen(increment) === false) stream.reset(errorCodes.flowControlError);
  }

  /** The client takes so many bytes of each stream at first, which counts for those that run, too. */
  setInitialWindow(bytes: number): void {
    const change = bytes - this.#initialSendWindow;
    this.#initialSendWindow = bytes;
    for (const stream of this.#streams.values()) {
      if (stream.widen(change)) continue;
      throw new ConnectionError(errorCodes.flowControlError, 'a window is too large');
    }
  }

  closeAll(): void {
    for (const stream of [...this.#streams.values()]) stream.close();
  }

  #open(streamId: number, fields: readonly HeaderField[], endStream: boolean): void {
    const stream = new Http2Stream(streamId, this.#initialSendWindow, this.#place);
    this.#streams.set(streamId, stream);
    this.#owner.opened(stream, fields);
    if (endStream) stream.received(nothing, true);
  }

  #refuse(streamId: number, code: ErrorCode): void {
    this.#sending.outbox.push(rstStream(streamId, code));
    this.#countReset();
  }

  #countReset(): void {
    if (this.#resets.take()) return;
    this.#owner.failed(
      new ConnectionError(errorCodes.enhanceYourCalm, 'too many streams were reset'),
    );
  }

  /** A stream must have begun before anything else is said of it. */
  #refuseIdle(streamId: number): void {
    if (streamId <= this.#lastId && streamId % 2 === 1) return;
    // What came too late to be taken is not known here, and goes on until the client hears of it.
    if (!this.#takesNew && streamId % 2 === 1) return;
    throw new ConnectionError(
      errorCodes.protocolError,
      'a frame is of a stream that did not begin',
    );
  }
}
