// Reads header blocks in HPACK (RFC 7541). One decoder serves one connection, in order: each block may
// refer to headers of earlier ones.
import { ConnectionError, errorCodes } from '../frames.ts';
import { decodeHuffman } from './huffman.ts';
import { staticTable, type HeaderField } from './static-table.ts';

const nothing: Buffer = Buffer.alloc(0);

/** Size of the table of earlier headers, as everybody has it who sets nothing. */
const maxTableBytes = 4096;

/** What a header counts in the table, and in the size of a list, beside its letters. */
const fieldOverhead = 32;

export class HpackDecoder {
  /** Earlier headers, the oldest first. */
  #table: HeaderField[] = [];
  #tableBytes = 0;
  #tableLimit = maxTableBytes;
  readonly #maxListBytes: number;
  #bytes = nothing;
  #at = 0;

  /** Lists of headers may be so long, each header counted with 32 bytes more than its letters. */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes;
  }

  /** The headers of a whole block, in order. Throws ConnectionError. */
  decode(block: Buffer): HeaderField[] {
    this.#bytes = block;
    this.#at = 0;
    const fields: HeaderField[] = [];
    let listBytes = 0;
    while (this.#at < block.length) {
      const first = block[this.#at] ?? 0;
      // 001xxxxx: the sender makes its table smaller, which it may say before the first header.
      if (first >>> 5 === 1) {
        if (fields.length > 0) throw malformed();
        this.#resize(this.#integer(5));
        continue;
      }
      const field = this.#field(first);
      listBytes += sizeOf(field);
      if (listBytes > this.#maxListBytes) {
        throw new ConnectionError(errorCodes.enhanceYourCalm, 'there are too many headers');
      }
      fields.push(field);
    }
    this.#bytes = nothing;
    return fields;
  }

  #field(first: number): HeaderField {
    if (first >= 0x80) return this.#known(this.#integer(7));
    const isKept = first >= 0x40;
    const index = this.#integer(isKept ? 6 : 4);
    const name = index === 0 ? this.#string() : this.#known(index).name;
    const field = { name, value: this.#string() };
    if (isKept) this.#keep(field);
    return field;
  }

  #known(index: number): HeaderField {
    const field =
      index <= staticTable.length
        ? staticTable[index - 1]
        : this.#table[this.#table.length - (index - staticTable.length)];
    if (field === undefined) throw malformed();
    return field;
  }

  #keep(field: HeaderField): void {
    this.#table.push(field);
    this.#tableBytes += sizeOf(field);
    this.#evict();
  }

  #resize(limit: number): void {
    if (limit > maxTableBytes) throw malformed();
    this.#tableLimit = limit;
    this.#evict();
  }

  #evict(): void {
    while (this.#tableBytes > this.#tableLimit) {
      const oldest = this.#table.shift();
      if (oldest === undefined) return;
      this.#tableBytes -= sizeOf(oldest);
    }
  }

  /** A number that begins in the low bits of a byte and goes on, if those are all ones, seven bits a byte. */
  #integer(bits: number): number {
    const mask = (1 << bits) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed();
  }

  #string(): string {
    const isHuffman = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
    const start = this.#at;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (start >= this.#bytes.length || end > this.#bytes.length) throw malformed();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    if (!isHuffman) return bytes.toString('latin1');
    const text = decodeHuffman(bytes);
    if (text === undefined) throw malformed();
    return text;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw malformed();
    this.#at += 1;
    return byte;
  }
}

function sizeOf({ name, value }: HeaderField): number {
  return name.length + value.length + fieldOverhead;
}

function malformed(): ConnectionError {
  return new ConnectionError(errorCodes.compressionError, 'a header block is malformed');
}
