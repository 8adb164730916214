// JSON strings that a scan has accepted, as text and as a number of bytes.

const backslash = 0x5c;
const letterU = 0x75;

/** Whether the string holds a backslash decides how it is read; `start` and `end` span its quotes. */
export function decodeString(bytes: Buffer, start: number, end: number, escaped: boolean): string {
  if (!escaped) return bytes.toString('utf8', start + 1, end - 1);
  return JSON.parse(bytes.toString('utf8', start, end)) as string;
}

/**
 * How many bytes of UTF-8 the text of a string has, without decoding it; the span lies between the
 * quotes. Clients that escape all but ASCII (Python's default) would otherwise seem to send
 * twice what they mean. Half of a surrogate pair counts two.
 */
export function decodedLength(bytes: Buffer, start: number, end: number): number {
  let length = end - start;
  let position = bytes.indexOf(backslash, start);
  while (position !== -1 && position < end) {
    if (bytes[position + 1] === letterU) {
      length -= 6 - encodedLength(readHex(bytes, position + 2));
      position += 6;
    } else {
      length -= 1;
      position += 2;
    }
    position = bytes[position] === backslash ? position : nextBackslash(bytes, position, end);
  }
  return length;
}

/** Looks nearby first: text that has one escape mostly has another soon. */
function nextBackslash(bytes: Buffer, start: number, end: number): number {
  const near = Math.min(start + 64, end);
  for (let position = start; position < near; position += 1) {
    if (bytes[position] === backslash) return position;
  }
  return near === end ? -1 : bytes.indexOf(backslash, near);
}

function encodedLength(codeUnit: number): number {
  if (codeUnit < 0x80) return 1;
  if (codeUnit < 0x800 || (codeUnit >= 0xd800 && codeUnit <= 0xdfff)) return 2;
  return 3;
}

function readHex(bytes: Buffer, start: number): number {
  let value = 0;
  for (let position = start; position < start + 4; position += 1) {
    const byte = bytes[position] ?? 0;
    value = value * 16 + (byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57);
  }
  return value;
}
