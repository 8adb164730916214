// Reads the content of a JSON string character by character, without making a string of it. The
// content must be valid, as a scan has found it: it is not checked again.
import { readHex } from './text.ts';

const backslash = 0x5c;
const letterU = 0x75;

/** The characters that escapes of two bytes stand for, by their second byte. */
const escapes = new Uint8Array(256);
for (const [letter, character] of Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9 })) {
  escapes[letter.charCodeAt(0)] = character;
}
for (const character of Buffer.from('"\\/')) escapes[character] = character;

export class CharacterReader {
  /** The code point read last; half of a surrogate pair where the other half does not follow. */
  codePoint = 0;
  private bytes: Buffer = Buffer.alloc(0);

  load(bytes: Buffer): void {
    this.bytes = bytes;
  }

  /** Reads the character that begins at `position`; returns where the next one does. */
  read(position: number): number {
    const { bytes } = this;
    const byte = bytes[position] ?? 0;
    if (byte >= 0x80) return this.readUtf8(position, byte);
    if (byte !== backslash) {
      this.codePoint = byte;
      return position + 1;
    }
    const escape = bytes[position + 1] ?? 0;
    if (escape === letterU) return this.readUnit(position);
    this.codePoint = escapes[escape] ?? 0;
    return position + 2;
  }

  /** Whether the character that begins at `position` stands as \uXXXX. */
  isUnitEscape(position: number): boolean {
    return this.bytes[position] === backslash && this.bytes[position + 1] === letterU;
  }

  /**
   * Where the first character begins that does not begin before `position`, which must not lie within
   * a \uXXXX. At `boundary`, not after `position`, one does.
   */
  next(position: number, boundary: number): number {
    let at = position;
    while (isContinuation(this.bytes[at])) at += 1;
    return at === position && this.isEscaped(at, boundary) ? at + 1 : at;
  }

  /** Reads the character before `position`, where one begins, as one does at `boundary` before it. */
  readBefore(position: number, boundary: number): void {
    let at = position - 1;
    while (isContinuation(this.bytes[at])) at -= 1;
    this.read(this.isEscaped(at, boundary) ? at - 1 : at);
  }

  /** Whether the byte is the second of an escape. */
  private isEscaped(position: number, boundary: number): boolean {
    let at = position;
    while (at > boundary && this.bytes[at - 1] === backslash) at -= 1;
    return (position - at) % 2 === 1;
  }

  private readUnit(position: number): number {
    const unit = readHex(this.bytes, position + 2);
    this.codePoint = unit;
    const next = position + 6;
    if ((unit & 0xfc00) !== 0xd800 || !this.isUnitEscape(next)) return next;
    const low = readHex(this.bytes, next + 2);
    if ((low & 0xfc00) !== 0xdc00) return next;
    this.codePoint = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
    return next + 6;
  }

  private readUtf8(position: number, first: number): number {
    const { bytes } = this;
    const second = (bytes[position + 1] ?? 0) & 0x3f;
    if (first < 0xe0) {
      this.codePoint = ((first & 0x1f) << 6) | second;
      return position + 2;
    }
    const third = (bytes[position + 2] ?? 0) & 0x3f;
    if (first < 0xf0) {
      this.codePoint = ((first & 0xf) << 12) | (second << 6) | third;
      return position + 3;
    }
    const fourth = (bytes[position + 3] ?? 0) & 0x3f;
    this.codePoint = ((first & 0x7) << 18) | (second << 12) | (third << 6) | fourth;
    return position + 4;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return ((byte ?? 0) & 0xc0) === 0x80;
}
