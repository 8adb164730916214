// As much of the protobuf wire format as writing a small message takes.

/** The bytes of one field. */
export type Field = Buffer;

export function integer(number: number, value: number): Field {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

export function bytes(number: number, value: Uint8Array): Field {
  return Buffer.concat([varint((number << 3) | 2), varint(value.length), value]);
}

export function text(number: number, value: string): Field {
  return bytes(number, Buffer.from(value));
}

export function message(number: number, fields: readonly Field[]): Field {
  return bytes(number, Buffer.concat(fields));
}

function varint(value: number): Buffer {
  const digits: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) digits.push((rest & 0x7f) | 0x80);
  return Buffer.from([...digits, rest]);
}
