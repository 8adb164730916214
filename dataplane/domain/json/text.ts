// JSON strings that a scan has accepted, as text, and what their escapes stand for.

/** Whether the string holds a backslash decides how it is read; `start` and `end` span its quotes. */
export function decodeString(bytes: Buffer, start: number, end: number, escaped: boolean): string {
  if (!escaped) return bytes.toString('utf8', start + 1, end - 1);
  return JSON.parse(bytes.toString('utf8', start, end)) as string;
}

/** The content of a JSON string as it stands, escapes and all, without a string made of it. */
export class JsonText {
  readonly bytes: Buffer;
  /** The quotes stand just before `start` and at `end`. */
  readonly start: number;
  readonly end: number;
  #text: string | undefined;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  static of(text: string): JsonText {
    const bytes = Buffer.from(JSON.stringify(text));
    return new JsonText(bytes, 1, bytes.length - 1);
  }

  /** Decoded once, when it is first asked for. */
  toString(): string {
    const { bytes, start, end } = this;
    const escape = bytes.indexOf(0x5c, start);
    return (this.#text ??= decodeString(bytes, start - 1, end + 1, escape >= 0 && escape < end));
  }
}

const simpleEscapes = new Uint8Array(256);
for (const character of Buffer.from('"\\/bfnrt')) simpleEscapes[character] = 1;

/** Whether the character may follow a backslash and stands for one of ASCII then: all but `u`. */
export function isSimpleEscape(character: number): boolean {
  return simpleEscapes[character] === 1;
}

/**
 * Bytes of UTF-8 that a unit of UTF-16 takes. Half of a surrogate pair counts two: clients that
 * escape all but ASCII (Python's default) send pairs, which take four.
 */
export function encodedLength(codeUnit: number): number {
  if (codeUnit < 0x80) return 1;
  if (codeUnit < 0x800 || (codeUnit >= 0xd800 && codeUnit <= 0xdfff)) return 2;
  return 3;
}

/** The number that four hexadecimal digits spell. */
export function readHex(bytes: Buffer, start: number): number {
  let value = 0;
  for (let position = start; position < start + 4; position += 1) {
    const byte = bytes[position] ?? 0;
    value = value * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return value;
}
