// Walks the protobuf wire format in place. It knows no message; every read is bounded, and bytes
// that are no protobuf end in one error type.
import { wireType } from './field-numbers.ts';

/** The bytes are no valid message. The text says what is wrong and never quotes them. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** Groups are gone from proto3; an unknown one may still have to be skipped. */
const maxGroupDepth = 32;

/** A position in `bytes[at, end)`; the caller moves it past each field. */
export class Reader {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;

  constructor(bytes: Buffer, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** The key of the next field: number times eight plus wire type. */
  key(): number {
    const key = this.varint();
    if (key >>> 3 === 0) throw new MalformedMessage('a field has the number 0');
    return key;
  }

  /** The low 32 bits of a varint, unsigned. */
  varint(): number {
    let shift = 0;
    let result = 0;
    while (this.at < this.end) {
      const byte = this.bytes[this.at++] ?? 0;
      if (shift < 32) result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
      shift += 7;
      if (shift === 70) throw new MalformedMessage('a varint is longer than ten bytes');
    }
    throw new MalformedMessage('the message ends within a varint');
  }

  /** Reads a length and stands at the first byte of what it measures; returns the end of that. */
  delimited(): number {
    const length = this.varint();
    const end = this.at + length;
    if (end > this.end) throw new MalformedMessage('a length reaches past the end of its message');
    return end;
  }

  /** Moves past a field whose key was just read. */
  skip(key: number, depth = 0): void {
    switch (key & 7) {
      case wireType.varint:
        this.varint();
        return;
      case wireType.fixed64:
        this.#advance(8);
        return;
      case wireType.delimited:
        this.at = this.delimited();
        return;
      case wireType.group:
        this.#skipGroup(key >>> 3, depth + 1);
        return;
      case wireType.fixed32:
        this.#advance(4);
        return;
      default:
        throw new MalformedMessage(`a field has the wire type ${key & 7}`);
    }
  }

  #advance(length: number): void {
    this.at += length;
    if (this.at > this.end) throw new MalformedMessage('the message ends within a field');
  }

  #skipGroup(number: number, depth: number): void {
    if (depth > maxGroupDepth) throw new MalformedMessage('groups are nested too deeply');
    for (;;) {
      const key = this.key();
      if ((key & 7) === wireType.groupEnd) {
        if (key >>> 3 !== number) throw new MalformedMessage('a group ends under another number');
        return;
      }
      this.skip(key, depth);
    }
  }
}
