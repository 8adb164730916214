// The file format of a trained head: a JSON header, then numbers, behind a checksum. It knows no head:
// who writes one says its kind, its version and which lists of numbers it has.
import { createHash } from 'node:crypto';

/** Lists of numbers by name. */
export type Arrays = Readonly<Record<string, Int8Array | Uint8Array | Float32Array>>;

export interface Artefact {
  /** Which head it is, such as `category`. */
  readonly kind: string;
  /** Of the head's own layout; readers refuse versions that they do not know. */
  readonly version: number;
  /**
   * Id of the embedder whose vectors the head understands (see `Embedder`); undefined for one that
   * needs none.
   */
  readonly encoder: string | undefined;
  /** What else there is to say, as JSON. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly arrays: Arrays;
}

export type ArtefactResult =
  | { readonly ok: true; readonly artefact: Artefact }
  | {
      readonly ok: false;
      /** One sentence without the name of the file. */
      readonly problem: string;
    };

// Eight bytes of name, 32 of SHA-256 over all that follows, four of the header's length (little
// endian), the header, and from the next multiple of eight on the arrays, each padded to eight.
const magic = Buffer.from('srmhead1', 'latin1');
const checksumEnd = magic.length + 32;
const headerStart = checksumEnd + 4;
const alignment = 8;

type ArrayKind = 'int8' | 'uint8' | 'float32';

interface ArrayEntry {
  readonly name: string;
  readonly kind: ArrayKind;
  readonly length: number;
}

/** The bytes of an artefact; the same artefact always gives the same bytes. */
export function writeArtefact({ kind, version, encoder, about, arrays }: Artefact): Uint8Array {
  const entries = Object.entries(arrays);
  const header = Buffer.from(
    JSON.stringify({
      kind,
      version,
      encoder,
      about,
      arrays: entries.map(([name, array]) => ({
        name,
        kind: kindOf(array),
        length: array.length,
      })),
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const parts = [length, ...padded(headerStart, header)];
  for (const [, array] of entries) {
    const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
    parts.push(...padded(0, bytes));
  }
  const body = Buffer.concat(parts);
  return Buffer.concat([magic, checksumOf(body), body]);
}

/** Reads an artefact of this kind and version. Never throws. */
export function readArtefact(
  bytes: Uint8Array,
  expected: { readonly kind: string; readonly version: number },
): ArtefactResult {
  // A copy, so that the arrays begin where numbers of four bytes may begin.
  const file = Buffer.from(Uint8Array.from(bytes).buffer);
  if (file.length < headerStart || !file.subarray(0, magic.length).equals(magic)) {
    return refuse('It is not a head of this program.');
  }
  const body = file.subarray(checksumEnd);
  if (!file.subarray(magic.length, checksumEnd).equals(checksumOf(body))) {
    return refuse('It is damaged: its checksum does not fit.');
  }
  const headerEnd = headerStart + file.readUInt32LE(checksumEnd);
  const header = readHeader(file.subarray(headerStart, headerEnd));
  if (header === undefined) return refuse('Its header cannot be read.');
  if (header.kind !== expected.kind) {
    return refuse(`It is a head of kind ${JSON.stringify(header.kind)}, not ${expected.kind}.`);
  }
  if (header.version !== expected.version) {
    return refuse(
      `It has version ${header.version} of its kind, and this program reads ${expected.version}: train it anew.`,
    );
  }
  const arrays = readArrays(file, headerEnd, header.entries);
  if (arrays === undefined) return refuse('It is shorter than its header says.');
  const { kind, version, encoder, about } = header;
  return { ok: true, artefact: { kind, version, encoder, about, arrays } };
}

function refuse(problem: string): ArtefactResult {
  return { ok: false, problem };
}

function checksumOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function padded(start: number, bytes: Buffer): readonly Buffer[] {
  return [bytes, Buffer.alloc(aligned(start + bytes.length) - start - bytes.length)];
}

function aligned(position: number): number {
  return Math.ceil(position / alignment) * alignment;
}

function kindOf(array: Arrays[string]): ArrayKind {
  if (array instanceof Float32Array) return 'float32';
  return array instanceof Int8Array ? 'int8' : 'uint8';
}

interface Header extends Omit<Artefact, 'arrays'> {
  readonly entries: readonly ArrayEntry[];
}

function readHeader(bytes: Buffer): Header | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { kind, version, encoder, about, arrays } = value;
  if (typeof kind !== 'string' || typeof version !== 'number' || !isRecord(about)) return undefined;
  if (encoder !== undefined && typeof encoder !== 'string') return undefined;
  if (!Array.isArray(arrays) || !arrays.every(isArrayEntry)) return undefined;
  return { kind, version, encoder, about, entries: arrays };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArrayEntry(value: unknown): value is ArrayEntry {
  if (!isRecord(value)) return false;
  const { name, kind, length } = value;
  return (
    typeof name === 'string' &&
    (kind === 'int8' || kind === 'uint8' || kind === 'float32') &&
    Number.isSafeInteger(length) &&
    (length as number) >= 0
  );
}

function readArrays(
  file: Buffer<ArrayBuffer>,
  headerEnd: number,
  entries: readonly ArrayEntry[],
): Arrays | undefined {
  const arrays: Record<string, Arrays[string]> = {};
  let position = aligned(headerEnd);
  for (const { name, kind, length } of entries) {
    const size = length * (kind === 'float32' ? 4 : 1);
    if (position + size > file.length) return undefined;
    arrays[name] = arrayAt(file.buffer, { kind, position, length });
    position = aligned(position + size);
  }
  return arrays;
}

function arrayAt(
  buffer: ArrayBuffer,
  { kind, position, length }: { kind: ArrayKind; position: number; length: number },
): Arrays[string] {
  if (kind === 'float32') return new Float32Array(buffer, position, length);
  return kind === 'int8'
    ? new Int8Array(buffer, position, length)
    : new Uint8Array(buffer, position, length);
}
