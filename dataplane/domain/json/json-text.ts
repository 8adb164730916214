// The text of a JSON string as UTF-16 units, decoded piece by piece into memory of the reader's: a
// prompt of hundreds of kilobytes is then looked through without a string of it ever being made.
import { decodeString, readHex } from './text.ts';

const backslash = 0x5c;
const letterU = 0x75;

/** What the letter behind a backslash stands for; `u` excepted. */
const simpleEscapes = new Uint8Array(128);
for (const letter of '"\\/bfnrt') {
  simpleEscapes[letter.charCodeAt(0)] = (JSON.parse(`"\\${letter}"`) as string).charCodeAt(0);
}

export class JsonText {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  #at: number;

  /** A string that a scan of valid UTF-8 has accepted; the span includes its quotes. */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#at = start + 1;
  }

  /** Whether all was read. */
  get isRead(): boolean {
    return this.#at === this.#end - 1;
  }

  /** Reads from the beginning again. */
  restart(): void {
    this.#at = this.#start + 1;
  }

  /**
   * Writes the next units to `target` from `to` on, up to `limit` or, where a pair does not fit, one
   * less; returns the position behind the last one.
   */
  read(target: Uint16Array, to: number, limit: number): number {
    const bytes = this.#bytes;
    const end = this.#end - 1;
    let at = this.#at;
    while (at < end && to < limit) {
      // Plain ASCII, which is most of a text; spelt so that it compiles to a few instructions.
      const stop = Math.min(end, at + (limit - to));
      let byte = bytes[at] as number;
      while (byte < 0x80 && byte !== backslash) {
        target[to] = byte;
        to = (to + 1) | 0;
        at = (at + 1) | 0;
        if (at >= stop) break;
        byte = bytes[at] as number;
      }
      if (at >= stop) continue;
      if (byte === backslash) {
        const letter = bytes[at + 1] as number;
        const isUnit = letter === letterU;
        target[to++] = isUnit ? readHex(bytes, at + 2) : (simpleEscapes[letter] as number);
        at += isUnit ? 6 : 2;
      } else if (byte < 0xe0) {
        target[to++] = ((byte & 0x1f) << 6) | ((bytes[at + 1] as number) & 0x3f);
        at += 2;
      } else if (byte < 0xf0) {
        target[to++] = readThree(bytes, at);
        at += 3;
      } else {
        if (to + 1 === limit) break;
        const beyond = readFour(bytes, at) - 0x10000;
        target[to++] = 0xd800 | (beyond >> 10);
        target[to++] = 0xdc00 | (beyond & 0x3ff);
        at += 4;
      }
    }
    this.#at = at;
    return to;
  }

  toString(): string {
    return decodeString(this.#bytes, this.#start, this.#end, true);
  }
}

function readThree(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) & 0x0f) << 12) |
    (((bytes[at + 1] as number) & 0x3f) << 6) |
    ((bytes[at + 2] as number) & 0x3f)
  );
}

function readFour(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) & 0x07) << 18) |
    (((bytes[at + 1] as number) & 0x3f) << 12) |
    (((bytes[at + 2] as number) & 0x3f) << 6) |
    ((bytes[at + 3] as number) & 0x3f)
  );
}
