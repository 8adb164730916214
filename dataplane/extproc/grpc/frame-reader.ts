// Cuts the bytes of a gRPC call into messages. A message that came in one piece is handed on as a
// view of it, any other is copied once. It knows no message's meaning.
import { keepPiece } from '../http2/kept-pieces.ts';
import { codes, type GrpcStatus } from './status.ts';

/** One byte that says whether the message is compressed, four of its length. */
export const frameHeaderBytes = 5;

const compressed: GrpcStatus = {
  code: codes.unimplemented,
  message: 'messages must not be compressed',
};
const malformed: GrpcStatus = {
  code: codes.internal,
  message: 'the frame of a message has flags that nobody knows',
};

export class FrameReader {
  readonly #maxBytes: number;
  readonly #onMessage: (message: Buffer) => void;
  /** What came of a message that is not whole, its frame header included. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** Length with its frame header of the message under way; 0 while that is not known. */
  #frameBytes = 0;

  /** Messages longer than `maxBytes` are refused by their header, before any of them is kept. */
  constructor(maxBytes: number, onMessage: (message: Buffer) => void) {
    this.#maxBytes = maxBytes;
    this.#onMessage = onMessage;
  }

  /** Takes the next bytes. Returns why they cannot be read on, in which case nothing more may come. */
  read(chunk: Buffer): GrpcStatus | undefined {
    if (this.#pieceBytes === 0) return this.#cut(chunk);
    keepPiece(this.#pieces, chunk);
    this.#pieceBytes += chunk.length;
    if (this.#pieceBytes < (this.#frameBytes === 0 ? frameHeaderBytes : this.#frameBytes)) {
      return undefined;
    }
    const whole = Buffer.concat(this.#pieces, this.#pieceBytes);
    this.#pieces = [];
    this.#pieceBytes = 0;
    this.#frameBytes = 0;
    return this.#cut(whole);
  }

  #cut(bytes: Buffer): GrpcStatus | undefined {
    let start = 0;
    while (bytes.length - start >= frameHeaderBytes) {
      const flags = bytes[start];
      if (flags !== 0) return flags === 1 ? compressed : malformed;
      const length = bytes.readUInt32BE(start + 1);
      if (length > this.#maxBytes) {
        const message = `a message of ${length} bytes is larger than ${this.#maxBytes}`;
        return { code: codes.resourceExhausted, message };
      }
      const end = start + frameHeaderBytes + length;
      if (end > bytes.length) {
        this.#frameBytes = frameHeaderBytes + length;
        break;
      }
      this.#onMessage(bytes.subarray(start + frameHeaderBytes, end));
      start = end;
    }
    if (start < bytes.length) {
      keepPiece(this.#pieces, bytes.subarray(start));
      this.#pieceBytes = bytes.length - start;
    }
    return undefined;
  }
}
