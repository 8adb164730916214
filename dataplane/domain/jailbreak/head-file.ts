// The file of a jailbreak head: written by training, read at start.
import { readArtefact, writeArtefact, type Arrays } from '../linear/artefact.ts';
import type { LinearHead } from '../linear/linear-head.ts';
import type { JailbreakHead } from './head.ts';

const kind = 'jailbreak';
const version = 1;

export type HeadResult =
  | { readonly ok: true; readonly head: JailbreakHead }
  | {
      readonly ok: false;
      /** One sentence without the name of the file. */
      readonly problem: string;
    };

/** The bytes of a head; the same head always gives the same bytes. */
export function writeJailbreakHead(head: JailbreakHead): Uint8Array {
  return writeArtefact({
    kind,
    version,
    encoder: head.encoder,
    about: { bits: head.bits, dimensions: head.dimensions, sureAt: head.sureAt },
    arrays: {
      rarities: head.rarities,
      words: head.words.weights,
      wordScale: Float32Array.of(head.words.scales[0] ?? 0, head.words.bias[0] ?? 0),
      vectors: head.vectors.weights,
      vectorScale: Float32Array.of(head.vectors.scales[0] ?? 0, head.vectors.bias[0] ?? 0),
    },
  });
}

/** Reads the bytes of a head. Never throws. */
export function loadJailbreakHead(bytes: Uint8Array): HeadResult {
  const read = readArtefact(bytes, { kind, version });
  if (!read.ok) return read;
  const { encoder, about, arrays } = read.artefact;
  const { bits, dimensions, sureAt } = about;
  const rarities = arrays['rarities'];
  const words = readLinear(arrays, 'words', 'wordScale');
  const vectors = readLinear(arrays, 'vectors', 'vectorScale');
  if (
    encoder === undefined ||
    !isCount(bits) ||
    !isCount(dimensions) ||
    !isSureAt(sureAt) ||
    !(rarities instanceof Uint8Array) ||
    words === undefined ||
    vectors === undefined ||
    bits > 20 ||
    rarities.length !== 2 ** (bits + 1) ||
    words.weights.length !== rarities.length ||
    vectors.weights.length !== dimensions
  ) {
    return { ok: false, problem: 'Its parts do not fit together.' };
  }
  return { ok: true, head: { encoder, dimensions, bits, rarities, words, vectors, sureAt } };
}

function readLinear(
  arrays: Arrays,
  weightsName: string,
  scaleName: string,
): LinearHead | undefined {
  const weights = arrays[weightsName];
  const scale = arrays[scaleName];
  if (!(weights instanceof Int8Array) || !(scale instanceof Float32Array)) return undefined;
  if (scale.length !== 2) return undefined;
  return { outputs: 1, weights, scales: scale.subarray(0, 1), bias: scale.subarray(1) };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isSureAt(value: unknown): value is JailbreakHead['sureAt'] {
  if (typeof value !== 'object' || value === null) return false;
  const { blend, lexical } = value as Record<string, unknown>;
  return Number.isFinite(blend) && Number.isFinite(lexical);
}
