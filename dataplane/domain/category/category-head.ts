// The trained part of the domain classifier as data: a judge of words and a judge of meaning, and how much
// each counts. It is bound to the embedding model that it was trained with.
import { z } from 'zod';
import { readArtefact, writeArtefact, type Arrays } from '../linear/artefact.ts';
import type { Rarities } from '../linear/feature-weights.ts';
import type { LinearHead } from '../linear/linear-head.ts';
import type { FormHead } from './form-head.ts';

/** What makes log odds of the scores of each judge. */
export interface Sharpness {
  /** With an embedding: both judges together. */
  readonly blend: { readonly words: number; readonly meaning: number };
  /** Without: words alone. */
  readonly lexical: { readonly words: number };
}

export interface CategoryHead {
  /** In the order of the outputs. */
  readonly labels: readonly string[];
  /** Id of the embedding model whose vectors it understands. */
  readonly encoder: string;
  /** Length of these vectors. */
  readonly dimensions: number;
  /** Bits of the feature reader. */
  readonly bits: number;
  readonly rarities: Rarities;
  /** Judges by words and pieces of words. */
  readonly words: LinearHead;
  /** Judges by the vector. */
  readonly meaning: FormHead;
  readonly sharpness: Sharpness;
}

const kind = 'category';
const version = 2;

export function writeCategoryHead(head: CategoryHead): Uint8Array {
  const { bits, dimensions, encoder, labels, meaning, rarities, sharpness, words } = head;
  return writeArtefact({
    ...{ kind, version, encoder },
    about: { labels, bits, dimensions, rank: meaning.rank, sharpness },
    arrays: {
      rarities,
      ...prefixed('words', words),
      ...prefixed('meaning', meaning.linear),
      axes: meaning.axes,
      strengths: meaning.strengths,
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

const factor = z.number().min(0);
const aboutSchema = z.object({
  labels: z.array(z.string().min(1)).min(2).max(255),
  bits: z.int().min(8).max(20),
  dimensions: z.int().min(1).max(65_536),
  rank: z.int().min(0).max(65_536),
  sharpness: z.object({
    blend: z.object({ words: factor, meaning: factor }),
    lexical: z.object({ words: factor }),
  }),
});

/** Never throws. */
export function readCategoryHead(bytes: Uint8Array): CategoryHeadResult {
  const read = readArtefact(bytes, { kind, version });
  if (!read.ok) return read;
  const { arrays, encoder } = read.artefact;
  const about = aboutSchema.safeParse(read.artefact.about);
  if (!about.success || encoder === undefined) return notFitting;
  const { bits, dimensions, labels, rank, sharpness } = about.data;
  const { axes, rarities, strengths } = arrays;
  const words = linearHead(arrays, 'words', { width: 2 ** (bits + 1), outputs: labels.length });
  const linear = linearHead(arrays, 'meaning', { width: dimensions, outputs: labels.length });
  if (
    words === undefined ||
    linear === undefined ||
    !(rarities instanceof Uint8Array && rarities.length === 2 ** (bits + 1)) ||
    !(axes instanceof Int8Array && axes.length === labels.length * rank * dimensions) ||
    !(strengths instanceof Float32Array && strengths.length === labels.length * rank)
  ) {
    return notFitting;
  }
  const meaning = { linear, rank, axes, strengths };
  return {
    ok: true,
    head: { labels, encoder, dimensions, bits, rarities, words, meaning, sharpness },
  };
}

const notFitting = { ok: false, problem: 'Its parts do not fit each other.' } as const;

function prefixed(name: string, { bias, scales, weights }: LinearHead): Arrays {
  return { [`${name}Weights`]: weights, [`${name}Scales`]: scales, [`${name}Bias`]: bias };
}

function linearHead(
  arrays: Arrays,
  name: string,
  { outputs, width }: { readonly outputs: number; readonly width: number },
): LinearHead | undefined {
  const weights = arrays[`${name}Weights`];
  const scales = arrays[`${name}Scales`];
  const bias = arrays[`${name}Bias`];
  if (!(weights instanceof Int8Array && weights.length === width * outputs)) return undefined;
  if (!(scales instanceof Float32Array && scales.length === outputs)) return undefined;
  if (!(bias instanceof Float32Array && bias.length === outputs)) return undefined;
  return { outputs, weights, scales, bias };
}
