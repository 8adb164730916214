// One HTTP/2 connection of a client (RFC 9113), as far as a server needs it: frames to streams, windows,
// settings, pings, and an end that is announced. It knows no request and no gRPC.
//
// What a client does wrong with one stream resets that; what leaves no common view of the connection
// ends it, by a GOAWAY that says why.
import type { Duplex } from 'node:stream';
import { Allowance } from './allowance.ts';
import {
  checkGoaway,
  checkPriority,
  clientSettings,
  isPingAnswer,
  windowIncrement,
  withoutPadding,
} from './client-frames.ts';
import { Http2FrameReader, type FrameSink } from './frame-reader.ts';
import {
  ConnectionError,
  errorCodes,
  flags,
  frameTypes,
  goaway,
  ping,
  settingIds,
  settings,
  settingsAnswer,
  windowUpdate,
  type Frame,
} from './frames.ts';
import { HeaderBlocks } from './header-blocks.ts';
import type { HeaderField } from './hpack/static-table.ts';
import {
  announcementMs,
  connectionWindow,
  initialWindow,
  maxConcurrentStreams,
  maxHeaderListBytes,
  settingsRate,
  streamWindow,
} from './limits.ts';
import { Outbox } from './outbox.ts';
import { Pings } from './pings.ts';
import { SharedSending } from './shared-sending.ts';
import type { Http2Stream } from './stream.ts';
import { Streams, type DataPiece } from './streams.ts';

export interface ConnectionOwner {
  /** A client began a stream. To be served at once. */
  opened(stream: Http2Stream, headers: readonly HeaderField[]): void;
  /** The connection is over, and every stream of it. Comes once. */
  closed(): void;
}

/** A GOAWAY with the largest stream id announces the end and refuses nothing yet. */
const largestStreamId = 2 ** 31 - 1;

const ourSettings = settings(
  new Map<number, number>([
    [settingIds.maxConcurrentStreams, maxConcurrentStreams],
    [settingIds.initialWindowSize, streamWindow],
    [settingIds.maxHeaderListSize, maxHeaderListBytes],
  ]),
);

export class Http2Connection implements FrameSink {
  readonly #socket: Duplex;
  readonly #owner: ConnectionOwner;
  readonly #outbox: Outbox;
  readonly #sending: SharedSending;
  readonly #streams: Streams;
  readonly #pings: Pings;
  readonly #reader = new Http2FrameReader(this);
  readonly #headers = new HeaderBlocks();
  readonly #settings = new Allowance(settingsRate, () => performance.now());
  #hasClientSettings = false;
  /** Bytes that were read on any stream, and not yet given back to the client's window. */
  #readBytes = 0;
  #isClosing = false;
  #isClosed = false;

  constructor(socket: Duplex, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    const outbox = new Outbox(socket);
    this.#outbox = outbox;
    this.#pings = new Pings(outbox);
    this.#sending = new SharedSending(outbox);
    this.#streams = new Streams(this.#sending, {
      opened: (stream, headers) => {
        owner.opened(stream, headers);
      },
      idle: () => {
        this.#endIfIdle();
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
    outbox.push(ourSettings);
    outbox.push(windowUpdate(0, connectionWindow - initialWindow));
    socket.on('data', (chunk: Buffer) => {
      outbox.collect(() => {
        this.#take(chunk);
      });
    });
    socket.on('drain', () => {
      this.#sending.flushWaiting();
    });
    // That the socket is closed says all there is to say.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed();
    });
  }

  /**
   * Announces the end first, so that streams which are on their way are still taken, and takes no more
   * when the client has heard of it; closes when the last one is over. Resolves when it takes no more.
   */
  async close(): Promise<void> {
    if (this.#isClosed || this.#isClosing) return;
    this.#outbox.push(goaway(largestStreamId, errorCodes.noError));
    await this.#pings.ask(announcementMs);
    this.#isClosing = true;
    this.#streams.takeNoMore();
    this.#outbox.push(goaway(this.#streams.lastId, errorCodes.noError));
    this.#endIfIdle();
  }

  /** Breaks the connection off when the client does not answer in time. */
  async askForLife(limitMs: number): Promise<void> {
    if (!this.#isClosed && !(await this.#pings.ask(limitMs))) this.destroy();
  }

  /** Lets go of the socket, once it was given all that was said. */
  destroy(): void {
    this.#outbox.flush();
    this.#socket.destroy();
  }

  frame(frame: Frame): void {
    if (this.#isClosed) return;
    const { type } = frame;
    if (!this.#hasClientSettings && type !== frameTypes.settings) throw noSettings();
    const block = this.#headers.take(frame);
    if (block !== undefined) this.#streams.headers(frame.streamId, block);
    switch (type) {
      case frameTypes.data:
        this.#paddedData(frame);
        return;
      // Priorities are no matter here.
      case frameTypes.priority:
        checkPriority(frame);
        return;
      case frameTypes.rstStream:
        this.#streams.rstStream(frame);
        return;
      case frameTypes.settings:
        this.#settingsCame(frame);
        return;
      case frameTypes.ping:
        if (isPingAnswer(frame)) this.#pings.answered(frame.payload);
        else this.#outbox.push(ping(frame.payload, true));
        return;
      // A client that goes away still says when its streams end.
      case frameTypes.goaway:
        checkGoaway(frame);
        return;
      case frameTypes.windowUpdate:
        if (frame.streamId === 0) this.#windowUpdateCame(frame);
        else this.#streams.windowUpdate(frame);
        return;
      case frameTypes.pushPromise:
        throw new ConnectionError(errorCodes.protocolError, 'a client cannot push');
    }
  }

  data(streamId: number, piece: Buffer, ends: boolean): void {
    if (this.#isClosed) return;
    this.#headers.refuseOthers();
    this.#dataCame({ streamId, piece, ends, padding: 0 });
  }

  #take(chunk: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#reader.read(chunk);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#fail(error);
    }
  }

  #paddedData(frame: Frame): void {
    const { streamId, payload } = frame;
    const piece = withoutPadding(frame);
    const ends = (frame.flags & flags.endStream) !== 0;
    this.#dataCame({ streamId, piece, ends, padding: payload.length - piece.length });
  }

  #dataCame(data: DataPiece): void {
    // Padding is paid for like what it pads, and what nobody reads like what is read.
    this.#readBytes += data.piece.length + data.padding;
    if (this.#readBytes >= connectionWindow / 2) {
      this.#outbox.push(windowUpdate(0, this.#readBytes));
      this.#readBytes = 0;
    }
    this.#streams.data(data);
  }

  #settingsCame(frame: Frame): void {
    const given = clientSettings(frame);
    if (given === undefined) {
      if (!this.#hasClientSettings) throw noSettings();
      return;
    }
    this.#hasClientSettings = true;
    if (!this.#settings.take()) {
      throw new ConnectionError(errorCodes.enhanceYourCalm, 'settings came too often');
    }
    if (given.initialWindow !== undefined) this.#streams.setInitialWindow(given.initialWindow);
    this.#outbox.push(settingsAnswer);
  }

  #windowUpdateCame(frame: Frame): void {
    if (this.#sending.widen(windowIncrement(frame))) return;
    throw new ConnectionError(errorCodes.flowControlError, 'a window is too large');
  }

  #fail({ code, message }: ConnectionError): void {
    if (this.#isClosed) return;
    this.#outbox.push(goaway(this.#streams.lastId, code, message));
    this.#outbox.flush();
    this.#closed();
    this.#socket.end();
    this.#hangUpSoon();
  }

  #endIfIdle(): void {
    if (this.#isClosed || !this.#isClosing || !this.#streams.areOver) return;
    this.#outbox.flush();
    this.#socket.end(() => {
      this.#hangUpSoon();
    });
  }

  /** Was the socket let go of while the client still sends, the client might lose what it has not read. */
  #hangUpSoon(): void {
    setTimeout(() => {
      this.#socket.destroy();
    }, announcementMs).unref();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#streams.closeAll();
    this.#pings.end();
    this.#owner.closed();
  }
}

function noSettings(): ConnectionError {
  return new ConnectionError(errorCodes.protocolError, 'the client did not begin with SETTINGS');
}
