// Learns a domain classifier from labelled texts. Deterministic: the same texts and vectors give the
// same head. It reads no files and calls no model.
import { measureRarities, rowsOfTexts } from '../linear/feature-weights.ts';
import { quantise, type LinearHead } from '../linear/linear-head.ts';
import { trainLogistic } from '../linear/logistic.ts';
import { rowsOfVectors, type Rows } from '../linear/rows.ts';
import { FeatureReader } from '../linear/text-features.ts';
import type { Bank, CategoryHead, Mixture } from './category-head.ts';

export interface CategoryExample {
  readonly text: string;
  readonly label: string;
  /** Of the text, of length 1. */
  readonly vector: Float32Array;
  /** How much it counts: 1 for a text such as users write, less for a bare term. */
  readonly weight: number;
  /** Whether it is remembered as a neighbour. */
  readonly isRemembered: boolean;
}

// Chosen by four-fold cross-validation within the corpus (English texts left out in turn).
const bits = 14;
const trustInWords = 3;
const trustInVectors = 10;
const blend: Mixture = { words: 0.5, vector: 0.5, neighbours: 0.5, temperature: 1 };
const lexical = { temperature: 0.5 } as const;

/** `encoder`: id of the model that the vectors are of. */
export function trainCategoryHead(
  examples: readonly CategoryExample[],
  encoder: string,
): CategoryHead {
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const numberOf = new Map(labels.map((label, number) => [label, number]));
  const targets = Uint8Array.from(examples, ({ label }) => numberOf.get(label) ?? 0);
  const weights = Float64Array.from(examples, ({ weight }) => weight);
  const learn = (rows: Rows, trust: number): LinearHead =>
    quantise(trainLogistic({ rows, targets, weights }, { outputs: labels.length, trust }));
  const texts = examples.map(({ text }) => text);
  const reader = new FeatureReader(bits);
  const rarities = measureRarities(reader, texts);
  const vectors = examples.map(({ vector }) => vector);
  const dimensions = vectors[0]?.length ?? 0;
  return {
    ...{ labels, encoder, bits, rarities, blend, lexical },
    words: learn(rowsOfTexts(reader, rarities, texts), trustInWords),
    vector: learn(rowsOfVectors(vectors, dimensions), trustInVectors),
    bank: bankOf(examples, { dimensions, numberOf }),
  };
}

function bankOf(
  examples: readonly CategoryExample[],
  given: { readonly dimensions: number; readonly numberOf: ReadonlyMap<string, number> },
): Bank {
  const { dimensions, numberOf } = given;
  const remembered = examples.filter(({ isRemembered }) => isRemembered);
  const vectors = new Int8Array(remembered.length * dimensions);
  for (const [row, { vector }] of remembered.entries()) {
    vectors.set(
      vector.map((value) => Math.round(value * 127)),
      row * dimensions,
    );
  }
  const labels = Uint8Array.from(remembered, ({ label }) => numberOf.get(label) ?? 0);
  return { dimensions, vectors, labels };
}
