// Writes the protobuf wire format from the end to the start, so that every length is known when it
// is written and nothing is measured or copied twice. It knows no message.
import { wireType } from './field-numbers.ts';

/** Up to this length a loop costs less than the two native calls that any text takes. */
const shortText = 64;

/** Fields are written in reverse: last field first, content before its key. */
export class Writer {
  #buffer: Buffer;
  /** First byte in use. */
  #at: number;
  /** Bytes that follow what is written here, and are held elsewhere. */
  readonly #tail: number;

  /**
   * `capacity` is a guess that saves growing. `tail` bytes of content come after all that is
   * written: they count as written, and whoever has them sends them behind `finish`.
   */
  constructor(capacity: number, tail = 0) {
    this.#tail = tail;
    this.#buffer = Buffer.allocUnsafe(capacity);
    this.#at = capacity;
  }

  /** How much was written: what `wrap` needs to know of the moment before a message's content. */
  get written(): number {
    return this.#buffer.length - this.#at + this.#tail;
  }

  bytes(field: number, content: Uint8Array): void {
    this.#reserve(content.length);
    this.#buffer.set(content, this.#at);
    this.#header(field, content.length);
  }

  text(field: number, content: string): void {
    let { length } = content;
    if (length > shortText || !this.#ascii(content)) {
      length = Buffer.byteLength(content);
      this.#reserve(length);
      this.#buffer.write(content, this.#at, length, 'utf8');
    }
    this.#header(field, length);
  }

  /** The key of a field whose content is the tail. */
  tail(field: number): void {
    this.#header(field, this.#tail);
  }

  /** A field of type bool, enum or uint32. */
  number(field: number, content: number): void {
    this.#varint(content);
    this.#varint((field << 3) | wireType.varint);
  }

  double(field: number, content: number): void {
    this.#reserve(8);
    this.#buffer.writeDoubleLE(content, this.#at);
    this.#varint((field << 3) | wireType.fixed64);
  }

  /** Makes all that was written since `before` the message in `field`. */
  wrap(field: number, before: number): void {
    this.#header(field, this.written - before);
  }

  finish(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  /** Writes a text that is all ASCII; of any other nothing. */
  #ascii(content: string): boolean {
    const { length } = content;
    this.#reserve(length);
    const start = this.#at;
    for (let index = 0; index < length; index += 1) {
      const unit = content.charCodeAt(index);
      if (unit > 0x7f) {
        this.#at += length;
        return false;
      }
      this.#buffer[start + index] = unit;
    }
    return true;
  }

  #header(field: number, length: number): void {
    this.#varint(length);
    this.#varint((field << 3) | wireType.delimited);
  }

  #varint(content: number): void {
    let size = 1;
    for (let rest = content; rest > 0x7f; rest >>>= 7) size += 1;
    this.#reserve(size);
    let rest = content;
    for (let at = this.#at; size > 0; at += 1, size -= 1, rest >>>= 7) {
      this.#buffer[at] = size > 1 ? (rest & 0x7f) | 0x80 : rest;
    }
  }

  #reserve(size: number): void {
    if (this.#at < size) {
      const written = this.#buffer.length - this.#at;
      const larger = Buffer.allocUnsafe(2 * (written + size));
      this.#buffer.copy(larger, larger.length - written, this.#at);
      this.#buffer = larger;
      this.#at = larger.length - written;
    }
    this.#at -= size;
  }
}
