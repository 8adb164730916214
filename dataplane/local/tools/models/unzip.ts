// Takes named files out of a zip archive, which is what a Python wheel is. It knows the two ways of
// storing that wheels use, and refuses everything else.
import { inflateRawSync } from 'node:zlib';

interface Entry {
  readonly method: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerAt: number;
}

/** Throws a sentence without its subject where the archive is broken or lacks a file. */
export function unzip(archive: Buffer, names: readonly string[]): ReadonlyMap<string, Buffer> {
  const entries = readDirectory(archive);
  return new Map(
    names.map((name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`has no file ${name}`);
      return [name, contentOf(archive, entry, name)];
    }),
  );
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const headerSignature = 0x04034b50;
const endSize = 22;
const entrySize = 46;
const headerSize = 30;

/** The list of files, which stands at the end of an archive. */
function readDirectory(archive: Buffer): ReadonlyMap<string, Entry> {
  const end = findEnd(archive);
  const entries = new Map<string, Entry>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (at + entrySize > archive.length || archive.readUInt32LE(at) !== entrySignature) {
      throw broken();
    }
    const nameLength = archive.readUInt16LE(at + 28);
    const others = archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    entries.set(archive.toString('utf8', at + entrySize, at + entrySize + nameLength), {
      method: archive.readUInt16LE(at + 10),
      compressedSize: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      headerAt: archive.readUInt32LE(at + 42),
    });
    at += entrySize + nameLength + others;
  }
  return entries;
}

function findEnd(archive: Buffer): number {
  // A comment of up to 64 kB may follow.
  const first = Math.max(0, archive.length - endSize - 0xffff);
  for (let at = archive.length - endSize; at >= first; at--) {
    if (archive.readUInt32LE(at) === endSignature) return at;
  }
  throw broken();
}

function contentOf(
  archive: Buffer,
  { method, compressedSize, size, headerAt }: Entry,
  name: string,
): Buffer {
  if (headerAt + headerSize > archive.length) throw broken();
  if (archive.readUInt32LE(headerAt) !== headerSignature) throw broken();
  const lengths = archive.readUInt16LE(headerAt + 26) + archive.readUInt16LE(headerAt + 28);
  const begin = headerAt + headerSize + lengths;
  const stored = archive.subarray(begin, begin + compressedSize);
  if (stored.length !== compressedSize) throw broken();
  if (method === 0) return stored;
  if (method !== 8) throw new Error(`keeps ${name} in a way that is not known (${method})`);
  try {
    return inflateRawSync(stored, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new Error(`keeps ${name} in a broken form`, { cause: error });
  }
}

function broken(): Error {
  return new Error('is no zip archive, or one that was cut off');
}
