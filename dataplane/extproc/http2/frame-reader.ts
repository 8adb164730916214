// Cuts the bytes of a connection into frames, wherever they were cut on their way. DATA is handed on
// piece by piece as it comes, since it is what there is most of; every other frame whole.
import {
  ConnectionError,
  errorCodes,
  flags,
  frameHeaderBytes,
  frameTypes,
  maxFrameBytes,
  type Frame,
} from './frames.ts';

export interface FrameSink {
  /** A frame; DATA only where it is padded. */
  frame(frame: Frame): void;
  /** The next bytes of DATA without padding; `ends`: they are the last of their stream. */
  data(streamId: number, piece: Buffer, ends: boolean): void;
}

/** What a client sends first. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const nothing = Buffer.alloc(0);

export class Http2FrameReader {
  readonly #sink: FrameSink;
  /** The beginning of a frame, or of the preface, that is not whole. */
  #rest = nothing as Buffer;
  #sawPreface = false;
  /** Bytes that are still to come of the DATA frame under way, its stream, and whether that ends. */
  #dataLeft = 0;
  #dataStreamId = 0;
  #dataEnds = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Takes the next bytes. Throws ConnectionError, after which nothing more may come. */
  read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = nothing;
    let at = 0;
    for (;;) {
      const next = this.#dataLeft > 0 ? this.#readData(bytes, at) : this.#readNext(bytes, at);
      if (next === at) break;
      at = next;
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at);
  }

  /** Returns where it stopped. */
  #readData(bytes: Buffer, at: number): number {
    const end = Math.min(at + this.#dataLeft, bytes.length);
    if (end === at) return at;
    this.#dataLeft -= end - at;
    const ends = this.#dataEnds && this.#dataLeft === 0;
    this.#sink.data(this.#dataStreamId, bytes.subarray(at, end), ends);
    return end;
  }

  /** Reads the preface, a frame or the header of DATA, and returns where it ends; `at` if it is not whole. */
  #readNext(bytes: Buffer, at: number): number {
    if (!this.#sawPreface) return this.#readPreface(bytes);
    if (bytes.length - at < frameHeaderBytes) return at;
    const length = bytes.readUIntBE(at, 3);
    if (length > maxFrameBytes) {
      throw new ConnectionError(errorCodes.frameSizeError, 'a frame is too long');
    }
    const type = bytes[at + 3] ?? 0;
    const bits = bytes[at + 4] ?? 0;
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    const start = at + frameHeaderBytes;
    if (type === frameTypes.data && (bits & flags.padded) === 0) {
      this.#dataStreamId = streamId;
      this.#dataEnds = (bits & flags.endStream) !== 0;
      this.#dataLeft = length;
      if (length === 0) this.#sink.data(streamId, nothing, this.#dataEnds);
      return start;
    }
    const end = start + length;
    if (end > bytes.length) return at;
    this.#sink.frame({ type, flags: bits, streamId, payload: bytes.subarray(start, end) });
    return end;
  }

  #readPreface(bytes: Buffer): number {
    const length = Math.min(bytes.length, preface.length);
    if (preface.compare(bytes, 0, length, 0, length) !== 0) {
      throw new ConnectionError(errorCodes.protocolError, 'the client speaks no HTTP/2');
    }
    this.#sawPreface = length === preface.length;
    return this.#sawPreface ? length : 0;
  }
}
