// Learns a domain classifier from labelled texts. Deterministic: the same texts and vectors give the same
// head. It reads no files and calls no model.
import { measureRarities, rowsOfTexts } from '../linear/feature-weights.ts';
import { quantise } from '../linear/linear-head.ts';
import { matrixOfRows } from '../linear/matrix.ts';
import { oneHot, trainRidge } from '../linear/ridge.ts';
import { FeatureReader } from '../linear/text-features.ts';
import type { CategoryHead, Sharpness } from './category-head.ts';
import { scoreForms, type FormHead } from './form-head.ts';
import { trainForms } from './train-forms.ts';

export interface EmbeddedText {
  readonly text: string;
  /** Of the text, of length 1. */
  readonly vector: Float32Array;
}

export interface CategoryExample extends EmbeddedText {
  readonly label: string;
  /** How much it counts: 1 for a text such as users write, less for a bare term. */
  readonly weight: number;
}

export interface CategoryLesson {
  /** At least two labels; at most `mostExamples` examples. */
  readonly examples: readonly CategoryExample[];
  /** Single words, of whatever subject: what meaning says of each is taught to the judge of words. */
  readonly glossary: readonly EmbeddedText[];
  /** Id of the model that the vectors are of. */
  readonly encoder: string;
}

/** What is learned from is compared each with each: more would take too much memory. */
export const mostExamples = 11_000;

// All of these were chosen by cross-validation within the corpus, texts that say the same left out together.
// 2 ** 16 buckets instead of 2 ** 15 are worth a point of accuracy where words alone speak, the glossary
// three and a half.
const bits = 16;
const penaltyOfWords = 0.3;
const weightOfGlossary = 0.1;
// A fifth below what fits the corpus best: people ask things that are farther from its texts than these
// are from each other.
const sharpness: Sharpness = { blend: { words: 5.3, meaning: 6.1 }, lexical: { words: 11 } };

export function trainCategory({ encoder, examples, glossary }: CategoryLesson): CategoryHead {
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const outputs = labels.length;
  const numberOf = new Map(labels.map((label, number) => [label, number]));
  const targets = Uint8Array.from(examples, ({ label }) => numberOf.get(label) ?? 0);
  const weights = Float64Array.from(examples, ({ weight }) => weight);
  const dimensions = examples[0]?.vector.length ?? 0;
  const vectors = matrixOfRows(
    examples.map(({ vector }) => vector),
    dimensions,
  );
  const wanted = oneHot(targets, outputs);
  const meaning = trainForms(vectors, { wanted, weights });
  const reader = new FeatureReader(bits);
  const texts = examples.map(({ text }) => text);
  const rarities = measureRarities(reader, texts);
  const words = trainRidge(
    {
      rows: rowsOfTexts(reader, rarities, [...texts, ...glossary.map(({ text }) => text)]),
      wanted: joined(wanted, meaningsOf(glossary, meaning)),
      weights: joined(weights, new Float64Array(glossary.length).fill(weightOfGlossary)),
    },
    { outputs, penalty: penaltyOfWords },
  );
  return {
    labels,
    encoder,
    dimensions,
    bits,
    rarities,
    words: quantise(words),
    meaning,
    sharpness,
  };
}

/** By word, then by label. */
function meaningsOf(glossary: readonly EmbeddedText[], meaning: FormHead): Float64Array {
  const { outputs } = meaning.linear;
  const scores = new Float64Array(glossary.length * outputs);
  glossary.forEach(({ vector }, row) => {
    scoreForms(meaning, vector, scores.subarray(row * outputs, (row + 1) * outputs));
  });
  return scores;
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
