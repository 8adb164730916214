// Writes zip archives as Python's wheels are: a header before each file, a list of all at the end.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipOptions {
  readonly comment?: string;
  /** Told of each file instead of its true length. */
  readonly claimedSize?: number;
  /** Told of each file instead of how it is stored. */
  readonly method?: number;
}

/** Files of less than 100 bytes are stored as they are, others deflated. */
export function zipOf(
  files: Readonly<Record<string, string | Buffer>>,
  { comment = '', claimedSize, method }: ZipOptions = {},
): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const isDeflated = content.length >= 100;
    const data = isDeflated ? deflateRawSync(content) : content;
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(method ?? (isDeflated ? 8 : 0), 4);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(claimedSize ?? content.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    const header = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name)]);
    list.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.alloc(2), facts, rest, Buffer.from(name)]),
    );
    parts.push(header, data);
    at += header.length + data.length;
  }
  const entries = Buffer.concat(list);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(list.length, 4);
  end.writeUInt16LE(list.length, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(Buffer.byteLength(comment), 16);
  return Buffer.concat([...parts, entries, Buffer.from('PK\x05\x06'), end, Buffer.from(comment)]);
}
