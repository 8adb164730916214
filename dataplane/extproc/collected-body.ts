// A request body that comes in pieces, kept as views until it is whole.

/** The message with which a request is whole. */
export type RequestPart = 'request_headers' | 'request_body' | 'request_trailers';

export interface WholeRequest {
  readonly body: Buffer;
  readonly last: RequestPart;
}

const empty = Buffer.alloc(0);

export class CollectedBody {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** Takes a piece and returns how many bytes there are by now. */
  add(piece: Buffer): number {
    if (piece.length > 0) this.#pieces.push(piece);
    return (this.#bytes += piece.length);
  }

  /** The whole body, which is let go of; a copy only where it came in several pieces. */
  take(): Buffer {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces.length === 1 ? (pieces[0] ?? empty) : Buffer.concat(pieces);
  }
}
