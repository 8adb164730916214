// Writes header blocks in HPACK by the static table alone: what this side sends is little and mostly the
// same, so that a block is made once and used again on any connection.
import { staticTable } from './static-table.ts';

/** 001 and the size 0: the reader need keep nothing of what we send. */
const noTable = Buffer.from([0x20]);

/** A block; names are lower case, names and values Latin-1. */
export function encodeHeaders(fields: Readonly<Record<string, string>>): Buffer {
  const pieces = Object.entries(fields).map(([name, value]) => encodeField(name, value));
  return Buffer.concat([noTable, ...pieces]);
}

function encodeField(name: string, value: string): Buffer {
  const known = staticTable.findIndex((field) => field.name === name && field.value === value) + 1;
  if (known > 0) return encodeInteger(known, 7, 0x80);
  const knownName = staticTable.findIndex((field) => field.name === name) + 1;
  // 0000 and the number of the name, or 0 and the name: a header that is not to be kept.
  const start = encodeInteger(knownName, 4, 0);
  const letters = knownName > 0 ? [value] : [name, value];
  return Buffer.concat([start, ...letters.map(encodeString)]);
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([encodeInteger(bytes.length, 7, 0), bytes]);
}

/** A number in the low bits of a byte, or all ones there and the rest of it seven bits a byte. */
function encodeInteger(value: number, bits: number, highBits: number): Buffer {
  const mask = (1 << bits) - 1;
  if (value < mask) return Buffer.from([highBits | value]);
  const bytes = [highBits | mask];
  let rest = value - mask;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
