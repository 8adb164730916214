// One HTTP/2 connection of a client (RFC 9113), as far as a server needs it: frames to streams, windows,
// settings, pings, and an end that is announced. It knows no request and no gRPC.
//
// What a client does wrong with one stream resets that; what leaves no common view of the connection
// ends it, by a GOAWAY that says why.
import type { Duplex } from 'node:stream';
import { Http2FrameReader, type FrameSink } from './frame-reader.ts';
import {
  ConnectionError,
  errorCodes,
  expectLength,
  expectNoStream,
  flags,
  frameTypes,
  goaway,
  ping,
  rstStream,
  settingIds,
  settings,
  settingsAnswer,
  windowUpdate,
  withoutPadding,
  type Frame,
} from './frames.ts';
import { HeaderBlocks, type HeaderBlock } from './header-blocks.ts';
import type { HeaderField } from './hpack/static-table.ts';
import {
  announcementMs,
  connectionWindow,
  initialWindow,
  largestWindow,
  maxConcurrentStreams,
  maxHeaderListBytes,
  maxUnreadBytes,
  ResetAllowance,
  streamWindow,
} from './limits.ts';
import { Outbox } from './outbox.ts';
import { Pings } from './pings.ts';
import { Http2Stream, type SharedSending } from './stream.ts';

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

const nothing = Buffer.alloc(0);

export class Http2Connection implements FrameSink {
  readonly #socket: Duplex;
  readonly #owner: ConnectionOwner;
  readonly #outbox: Outbox;
  readonly #reader = new Http2FrameReader(this);
  readonly #headers = new HeaderBlocks();
  readonly #streams = new Map<number, Http2Stream>();
  readonly #waiting = new Set<Http2Stream>();
  readonly #shared: SharedSending;
  readonly #resets = new ResetAllowance(() => performance.now());
  readonly #pings: Pings;
  #hasClientSettings = false;
  /** What the client's new streams take before anything is read. */
  #initialSendWindow = initialWindow;
  #lastStreamId = 0;
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
    this.#shared = {
      outbox,
      window: initialWindow,
      waits: (stream, doesWait) => {
        if (doesWait) this.#waiting.add(stream);
        else this.#waiting.delete(stream);
      },
      closed: (stream) => {
        this.#retire(stream);
      },
    };
    outbox.push(ourSettings);
    outbox.push(windowUpdate(0, connectionWindow - initialWindow));
    socket.on('data', (chunk: Buffer) => {
      outbox.collect(() => {
        this.#take(chunk);
      });
    });
    socket.on('drain', () => {
      this.#flushWaiting();
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
    this.#outbox.push(goaway(this.#lastStreamId, errorCodes.noError));
    this.#endIfIdle();
  }

  /** Breaks the connection off when the client does not answer in time. */
  async askForLife(limitMs: number): Promise<void> {
    if (!this.#isClosed && !(await this.#pings.ask(limitMs))) this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  frame(frame: Frame): void {
    const { type } = frame;
    if (!this.#hasClientSettings && type !== frameTypes.settings) {
      throw new ConnectionError(errorCodes.protocolError, 'the client did not begin with SETTINGS');
    }
    const block = this.#headers.take(frame);
    if (block !== undefined) this.#headersCame(frame.streamId, block);
    switch (type) {
      case frameTypes.data:
        this.#paddedData(frame);
        return;
      case frameTypes.rstStream:
        this.#rstStreamCame(frame);
        return;
      case frameTypes.settings:
        this.#settingsCame(frame);
        return;
      case frameTypes.ping:
        this.#pingCame(frame);
        return;
      case frameTypes.windowUpdate:
        this.#windowUpdateCame(frame);
        return;
      case frameTypes.pushPromise:
        throw new ConnectionError(errorCodes.protocolError, 'a client cannot push');
      // Priorities are no matter here, and a client that goes away still says when its streams end.
    }
  }

  data(streamId: number, piece: Buffer, ends: boolean): void {
    this.#headers.refuseOthers();
    this.#refuseIdle(streamId);
    this.#readBytes += piece.length;
    if (this.#readBytes >= connectionWindow / 2) {
      this.#outbox.push(windowUpdate(0, this.#readBytes));
      this.#readBytes = 0;
    }
    // What comes for a stream that is over was on its way.
    this.#streams.get(streamId)?.received(piece, ends);
  }

  #take(chunk: Buffer): void {
    if (this.#isClosed) return;
    try {
      this.#reader.read(chunk);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#outbox.push(goaway(this.#lastStreamId, error.code));
      this.#outbox.flush();
      this.#closed();
      this.#end();
      setTimeout(() => {
        this.#socket.destroy();
      }, announcementMs).unref();
    }
  }

  #headersCame(streamId: number, { fields, endStream }: HeaderBlock): void {
    const known = this.#streams.get(streamId);
    if (known !== undefined) {
      if (!endStream) known.reset(errorCodes.protocolError);
      else known.received(nothing, true);
      return;
    }
    // Of a stream that is over: they were on their way.
    if (streamId <= this.#lastStreamId) return;
    if (streamId % 2 === 0) {
      throw new ConnectionError(errorCodes.protocolError, 'a client has odd streams');
    }
    // The client knows that it was too late, and tries elsewhere.
    if (this.#isClosing) return;
    this.#lastStreamId = streamId;
    if (this.#streams.size >= maxConcurrentStreams) {
      this.#outbox.push(rstStream(streamId, errorCodes.refusedStream));
      return;
    }
    const stream = new Http2Stream(streamId, this.#initialSendWindow, this.#shared);
    this.#streams.set(streamId, stream);
    this.#owner.opened(stream, fields);
    if (endStream) stream.received(nothing, true);
  }

  #paddedData(frame: Frame): void {
    const { streamId, payload } = frame;
    const content = withoutPadding(frame);
    // Padding is paid for like what it pads.
    this.#readBytes += payload.length - content.length;
    this.data(streamId, content, (frame.flags & flags.endStream) !== 0);
  }

  #rstStreamCame({ streamId, payload }: Frame): void {
    expectLength(payload, 4);
    this.#refuseIdle(streamId);
    if (!this.#resets.take()) {
      throw new ConnectionError(errorCodes.enhanceYourCalm, 'too many streams were reset');
    }
    this.#streams.get(streamId)?.close();
  }

  #settingsCame(frame: Frame): void {
    expectNoStream(frame);
    const { flags: bits, payload } = frame;
    this.#hasClientSettings = true;
    if ((bits & flags.ack) !== 0) {
      expectLength(payload, 0);
      return;
    }
    expectLength(payload, payload.length - (payload.length % 6));
    for (let at = 0; at < payload.length; at += 6) {
      const id = payload.readUInt16BE(at);
      if (id === settingIds.initialWindowSize) this.#resizeWindows(payload.readUInt32BE(at + 2));
    }
    this.#answer(settingsAnswer);
  }

  #resizeWindows(size: number): void {
    const change = size - this.#initialSendWindow;
    this.#initialSendWindow = size;
    let isTooLarge = size > largestWindow;
    for (const stream of this.#streams.values()) isTooLarge ||= !stream.widen(change);
    if (isTooLarge) throw tooLarge();
  }

  #pingCame(frame: Frame): void {
    expectNoStream(frame);
    const { flags: bits, payload } = frame;
    expectLength(payload, 8);
    if ((bits & flags.ack) === 0) this.#answer(ping(payload, true));
    else this.#pings.answered();
  }

  #windowUpdateCame({ streamId, payload }: Frame): void {
    expectLength(payload, 4);
    const increment = payload.readUInt32BE() & largestWindow;
    if (streamId === 0) {
      if (increment === 0) {
        throw new ConnectionError(errorCodes.protocolError, 'a window does not grow');
      }
      this.#shared.window += increment;
      if (this.#shared.window > largestWindow) throw tooLarge();
      this.#flushWaiting();
      return;
    }
    this.#refuseIdle(streamId);
    const stream = this.#streams.get(streamId);
    if (increment === 0) stream?.reset(errorCodes.protocolError);
    else if (stream?.widen(increment) === false) stream.reset(errorCodes.flowControlError);
  }

  /** A client that asks and asks and reads no answer would fill the memory. */
  #answer(frame: Buffer): void {
    if (this.#outbox.waitingBytes > maxUnreadBytes) this.destroy();
    else this.#outbox.push(frame);
  }

  /** A stream must have begun before anything else is said of it. */
  #refuseIdle(streamId: number): void {
    if (streamId <= this.#lastStreamId && streamId % 2 === 1) return;
    // What came too late to be taken is not known here, and goes on until the client hears of it.
    if (this.#isClosing && streamId % 2 === 1) return;
    throw new ConnectionError(
      errorCodes.protocolError,
      'a frame is of a stream that did not begin',
    );
  }

  #flushWaiting(): void {
    for (const stream of [...this.#waiting]) {
      if (this.#outbox.isFull || this.#shared.window <= 0) return;
      // Next time it is the last in turn.
      this.#waiting.delete(stream);
      this.#waiting.add(stream);
      stream.flush();
    }
  }

  #retire(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    if (!this.#isClosing || this.#streams.size > 0) return;
    this.#outbox.flush();
    this.#end();
  }

  /** Lets go of the socket when all is sent. */
  #end(): void {
    this.#socket.end(() => {
      this.#socket.destroy();
    });
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stream of [...this.#streams.values()]) stream.close();
    this.#owner.closed();
  }
}

function tooLarge(): ConnectionError {
  return new ConnectionError(errorCodes.flowControlError, 'a window is too large');
}
