// The trained part of the domain classifier as data: three judges, and how much each of them counts.
// It is bound to the embedding model that it was trained with.
import { readArtefact, writeArtefact, type Arrays } from '../linear/artefact.ts';
import type { Rarities } from '../linear/feature-weights.ts';
import type { LinearHead } from '../linear/linear-head.ts';

/** How much the judges count, and how sure their sum is made. */
export interface Mixture {
  readonly words: number;
  readonly vector: number;
  readonly neighbours: number;
  /** Log odds are divided by it: above 1 makes the classifier less sure of itself. */
  readonly temperature: number;
}

export interface CategoryHead {
  /** In the order of the outputs. */
  readonly labels: readonly string[];
  /** Id of the embedding model whose vectors it understands. */
  readonly encoder: string;
  /** Bits of the feature reader. */
  readonly bits: number;
  readonly rarities: Rarities;
  /** Judges by words and pieces of words. */
  readonly words: LinearHead;
  /** Judges by the vector. */
  readonly vector: LinearHead;
  readonly bank: Bank;
  /** With an embedding. */
  readonly blend: Mixture;
  /** Without: of words alone. */
  readonly lexical: Pick<Mixture, 'temperature'>;
}

/** Vectors of texts whose label is known, in steps of 1/127. */
export interface Bank {
  readonly dimensions: number;
  readonly vectors: Int8Array;
  /** Number of the label of each vector. */
  readonly labels: Uint8Array;
}

const kind = 'category';
const version = 1;

export function writeCategoryHead(head: CategoryHead): Uint8Array {
  const { bank, bits, blend, encoder, labels, lexical, rarities, vector, words } = head;
  return writeArtefact({
    ...{ kind, version, encoder },
    about: { labels, bits, dimensions: bank.dimensions, blend, lexical },
    arrays: {
      rarities,
      ...prefixed('words', words),
      ...prefixed('vector', vector),
      bank: bank.vectors,
      bankLabels: bank.labels,
    },
  });
}

export type CategoryHeadResult =
  | { readonly ok: true; readonly head: CategoryHead }
  | {
      readonly ok: false;
      /** One sentence without the name of the file. */
      readonly problem: string;
    };

/** Never throws. */
export function readCategoryHead(bytes: Uint8Array): CategoryHeadResult {
  const read = readArtefact(bytes, { kind, version });
  if (!read.ok) return read;
  const { about, arrays, encoder } = read.artefact;
  const { bits, blend, dimensions, labels, lexical } = about as unknown as About;
  const words = linearHead('words', arrays, labels.length);
  const vector = linearHead('vector', arrays, labels.length);
  const { bank, bankLabels, rarities } = arrays;
  if (
    encoder === undefined ||
    words === undefined ||
    vector === undefined ||
    !(bank instanceof Int8Array && bankLabels instanceof Uint8Array) ||
    !(rarities instanceof Uint8Array) ||
    rarities.length !== 2 ** (bits + 1) ||
    bank.length !== bankLabels.length * dimensions
  ) {
    return { ok: false, problem: 'Its parts do not fit each other.' };
  }
  return {
    ok: true,
    head: {
      ...{ labels, encoder, bits, rarities, words, vector, blend, lexical },
      bank: { dimensions, vectors: bank, labels: bankLabels },
    },
  };
}

interface About {
  readonly labels: readonly string[];
  readonly bits: number;
  readonly dimensions: number;
  readonly blend: Mixture;
  readonly lexical: Pick<Mixture, 'temperature'>;
}

function prefixed(name: string, { bias, scales, weights }: LinearHead): Arrays {
  return { [`${name}Weights`]: weights, [`${name}Scales`]: scales, [`${name}Bias`]: bias };
}

function linearHead(name: string, arrays: Arrays, outputs: number): LinearHead | undefined {
  const weights = arrays[`${name}Weights`];
  const scales = arrays[`${name}Scales`];
  const bias = arrays[`${name}Bias`];
  if (!(weights instanceof Int8Array)) return undefined;
  if (!(scales instanceof Float32Array && bias instanceof Float32Array)) return undefined;
  return bias.length === outputs ? { outputs, weights, scales, bias } : undefined;
}
