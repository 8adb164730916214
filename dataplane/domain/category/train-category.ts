// Learns a domain classifier from labelled texts, and judges each of them by a classifier that has not
// seen it. Deterministic: the same texts and vectors give the same head. It reads no files and calls no
// model.
import { measureRarities, rowsOfTexts, type Rarities } from '../linear/feature-weights.ts';
import { quantise } from '../linear/linear-head.ts';
import type { LinearModel } from '../linear/linear-model.ts';
import { matrixOfRows, pickCells, rowProducts, type Matrix } from '../linear/matrix.ts';
import { trainRidge } from '../linear/ridge.ts';
import { multiply, pickRows, type Rows } from '../linear/rows.ts';
import { FeatureReader } from '../linear/text-features.ts';
import type { CategoryHead } from './category-head.ts';
import { foldsOf } from './folds.ts';
import { fitSharpness, sharesOf } from './sharpness.ts';
import { formsOf, kernelOf, learnPulls, scoreByPulls } from './train-forms.ts';

export interface CategoryExample {
  readonly text: string;
  readonly label: string;
  /** Of the text, of length 1. */
  readonly vector: Float32Array;
  /** How much it counts: 1 for a text such as users write, less for a bare term. */
  readonly weight: number;
}

export interface TrainedCategory {
  readonly head: CategoryHead;
  /** For each example what was said by a classifier that had seen neither it nor a near copy. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  /** With its vector. */
  readonly blend: LeftOutAnswer;
  /** By its words alone. */
  readonly lexical: LeftOutAnswer;
}

export interface LeftOutAnswer {
  readonly category: string;
  readonly confidence: number;
}

/** What is learned from is compared each with each: more would take too much memory. */
export const mostExamples = 9000;

// Chosen by cross-validation within the corpus. With 2 ** 16 buckets instead of 2 ** 14 features share
// less, which is worth three points of accuracy where words alone speak.
const bits = 16;
const penaltyOfWords = 0.3;
const folds = 4;

/**
 * `encoder`: id of the model that the vectors are of. At least two labels; at most `mostExamples`
 * examples.
 */
export function trainCategory(
  examples: readonly CategoryExample[],
  encoder: string,
): TrainedCategory {
  const set = prepare(examples);
  const { labels, targets, weights } = set;
  const outputs = labels.length;
  const held = scoreLeftOut(set);
  const sharpnessOf = (...scores: Float64Array[]): number[] =>
    fitSharpness({ scores, targets, weights, outputs });
  const [words = 0, meaning = 0] = sharpnessOf(held.words, held.meaning);
  const [alone = 0] = sharpnessOf(held.words);
  const all = [...targets.keys()];
  const judge = (example: number, factors: { words: number; meaning: number }): LeftOutAnswer => {
    const from = example * outputs;
    const logOdds = Float64Array.from(
      labels,
      (_, label) =>
        factors.words * (held.words[from + label] as number) +
        factors.meaning * (held.meaning[from + label] as number),
    );
    return likeliest(labels, sharesOf(logOdds));
  };
  const pulls = learnPulls(set.kernel, { targets, weights, outputs });
  return {
    head: {
      labels,
      encoder,
      dimensions: set.vectors.columns,
      bits,
      rarities: set.rarities,
      words: quantise(learnWords(set, all)),
      meaning: formsOf(set.vectors, pulls),
      sharpness: { blend: { words, meaning }, lexical: { words: alone } },
    },
    leftOut: all.map((example) => ({
      blend: judge(example, { words, meaning }),
      lexical: judge(example, { words: alone, meaning: 0 }),
    })),
  };
}

function likeliest(labels: readonly string[], shares: Float64Array): LeftOutAnswer {
  const confidence = Math.max(...shares);
  return { category: labels[shares.indexOf(confidence)] ?? '', confidence };
}

interface PreparedSet {
  readonly labels: readonly string[];
  readonly targets: Uint8Array;
  readonly weights: Float64Array;
  /** Of all texts, also of those that are left out: how rare a word is, says nothing of labels. */
  readonly rarities: Rarities;
  readonly words: Rows;
  readonly vectors: Matrix;
  /** Of all examples among themselves. */
  readonly kernel: Matrix;
  /** The part of each example, for leaving it out. */
  readonly foldOf: Uint8Array;
}

function prepare(examples: readonly CategoryExample[]): PreparedSet {
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const numberOf = new Map(labels.map((label, number) => [label, number]));
  const texts = examples.map(({ text }) => text);
  const reader = new FeatureReader(bits);
  const rarities = measureRarities(reader, texts);
  const dimensions = examples[0]?.vector.length ?? 0;
  const vectors = matrixOfRows(
    examples.map(({ vector }) => vector),
    dimensions,
  );
  const cosines = rowProducts(vectors, vectors);
  const foldOf = foldsOf(texts, cosines, folds);
  return {
    labels,
    targets: Uint8Array.from(examples, ({ label }) => numberOf.get(label) ?? 0),
    weights: Float64Array.from(examples, ({ weight }) => weight),
    rarities,
    words: rowsOfTexts(reader, rarities, texts),
    vectors,
    foldOf,
    kernel: kernelOf(cosines),
  };
}

/** Scores by example, then by label. */
interface Scores {
  readonly words: Float64Array;
  readonly meaning: Float64Array;
}

function scoreLeftOut(set: PreparedSet): Scores {
  const { foldOf, kernel, labels, targets, weights } = set;
  const outputs = labels.length;
  const words = new Float64Array(targets.length * outputs);
  const meaning = new Float64Array(targets.length * outputs);
  for (let fold = 0; fold < folds; fold++) {
    const all = [...targets.keys()];
    const seen = all.filter((example) => foldOf[example] !== fold);
    const left = all.filter((example) => foldOf[example] === fold);
    const byWords = scoreWords(learnWords(set, seen), pickRows(set.words, left));
    const pulls = learnPulls(pickCells(kernel, seen, seen), {
      targets: pick(targets, seen),
      weights: pickNumbers(weights, seen),
      outputs,
    });
    const byMeaning = scoreByPulls(pickCells(kernel, left, seen), pulls);
    left.forEach((example, row) => {
      const from = row * outputs;
      words.set(byWords.subarray(from, from + outputs), example * outputs);
      meaning.set(byMeaning.subarray(from, from + outputs), example * outputs);
    });
  }
  return { words, meaning };
}

function learnWords(
  { labels, targets, weights, words }: PreparedSet,
  examples: readonly number[],
): LinearModel {
  return trainRidge(
    {
      rows: pickRows(words, examples),
      targets: pick(targets, examples),
      weights: pickNumbers(weights, examples),
    },
    { outputs: labels.length, penalty: penaltyOfWords },
  );
}

function scoreWords({ bias, outputs, weights }: LinearModel, rows: Rows): Float64Array {
  const scores = new Float64Array(rows.count * outputs);
  multiply(rows, weights, scores);
  return scores.map((score, i) => score + (bias[i % outputs] as number));
}

function pick(targets: Uint8Array, examples: readonly number[]): Uint8Array {
  return Uint8Array.from(examples, (example) => targets[example] as number);
}

function pickNumbers(weights: Float64Array, examples: readonly number[]): Float64Array {
  return Float64Array.from(examples, (example) => weights[example] as number);
}
