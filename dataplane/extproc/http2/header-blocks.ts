// Puts the headers of a stream together, which may come in one frame or in several that nothing comes
// between, and reads them.
import {
  ConnectionError,
  errorCodes,
  flags,
  frameHeaderBytes,
  frameTypes,
  type Frame,
} from './frames.ts';
import { headerPiece } from './client-frames.ts';
import { HpackDecoder } from './hpack/decoder.ts';
import type { HeaderField } from './hpack/static-table.ts';
import { maxHeaderBlockBytes, maxHeaderListBytes } from './limits.ts';

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** Whether the client says no more on this stream. */
  readonly endStream: boolean;
}

export class HeaderBlocks {
  readonly #decoder = new HpackDecoder(maxHeaderListBytes);
  /** The stream whose headers are under way; 0 when none are. */
  #streamId = 0;
  #endStream = false;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** Takes a frame that came. Returns headers that are whole with it; throws ConnectionError. */
  take(frame: Frame): HeaderBlock | undefined {
    if (frame.type === frameTypes.continuation) {
      if (this.#streamId === 0 || frame.streamId !== this.#streamId) {
        throw new ConnectionError(errorCodes.protocolError, 'a CONTINUATION continues nothing');
      }
      return this.#add(frame, frame.payload);
    }
    this.refuseOthers();
    if (frame.type !== frameTypes.headers) return undefined;
    const piece = headerPiece(frame);
    this.#streamId = frame.streamId;
    this.#endStream = (frame.flags & flags.endStream) !== 0;
    return this.#add(frame, piece);
  }

  /** Throws when another frame came before headers were whole. */
  refuseOthers(): void {
    if (this.#streamId === 0) return;
    throw new ConnectionError(
      errorCodes.protocolError,
      'a frame came between two of one header block',
    );
  }

  #add(frame: Frame, piece: Buffer): HeaderBlock | undefined {
    this.#pieces.push(piece);
    // Empty frames count too: they must not come without end.
    this.#bytes += frameHeaderBytes + piece.length;
    if (this.#bytes > maxHeaderBlockBytes) {
      throw new ConnectionError(errorCodes.enhanceYourCalm, 'a header block is too long');
    }
    if ((frame.flags & flags.endHeaders) === 0) return undefined;
    const pieces = this.#pieces;
    this.#streamId = 0;
    this.#pieces = [];
    this.#bytes = 0;
    const block = pieces.length === 1 ? piece : Buffer.concat(pieces);
    return { fields: this.#decoder.decode(block), endStream: this.#endStream };
  }
}
