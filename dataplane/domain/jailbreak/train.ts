// Learns a jailbreak head from examples. Deterministic; knows no files and no model: vectors are given.
import { measureRarities, rowsOfTexts, type Rarities } from '../linear/feature-weights.ts';
import { quantise, type LinearHead } from '../linear/linear-head.ts';
import { trainLogistic } from '../linear/logistic.ts';
import { pickRows, rowsOfVectors, type Rows } from '../linear/rows.ts';
import { FeatureReader } from '../linear/text-features.ts';
import { cutWindows, type GuardedText } from './guarded-text.ts';
import type { JailbreakHead } from './head.ts';
import { matchingText } from './normalise/matching-text.ts';
import { readText } from './normalise/readings.ts';

export interface JailbreakExample {
  readonly text: string;
  /** Whether it is an attack. */
  readonly label: boolean;
  /** Where it came from; `user` when left out. */
  readonly source?: GuardedText['source'] | undefined;
  /** How much it counts in learning; 1 when left out. */
  readonly weight?: number;
  /** Set that it belongs to, for figures by set. */
  readonly set: string;
}

export interface TrainingInput {
  readonly examples: readonly JailbreakExample[];
  /**
   * Vectors of `trainingWindows` of the examples, as far as the embedder understands them; other windows
   * are learned from by their words alone.
   */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  /** Id and length of the vectors' embedder. */
  readonly encoder: string;
  readonly dimensions: number;
}

/** Windows of one example that are learned from: all of most, the ends of long ones. */
const mostLearned = 4;

/** Windows of one reading of an example that are embedded for measuring. */
const mostMeasured = 12;

const bits = 14;
// Chosen by cross-validation among 3, 10, 30 and 100: their results differ by less than chance would.
const trustInVectors = 5;
const trustInWords = 10;

/** The windows of a text that a head learns from. */
function trainingWindows(text: string): string[] {
  return cutWindows(text, mostLearned);
}

/** What must be embedded before training: all that is learned from, and what is asked for in measuring. */
export function textsToEmbed(examples: readonly JailbreakExample[]): string[] {
  const texts = examples.flatMap(({ text }) => [
    ...trainingWindows(text),
    ...readText(text).readings.flatMap((reading) => cutWindows(reading.text, mostMeasured)),
    ...cutWindows(text, mostMeasured),
  ]);
  return [...new Set(texts)];
}

/** Everything that does not change with which of the examples are learned from. */
export interface TrainingRows {
  readonly rarities: Rarities;
  readonly words: Rows;
  readonly vectors: Rows;
  /** For each row: the example that it is a window of, its label and its weight. */
  readonly exampleOf: readonly number[];
  readonly targets: Uint8Array;
  readonly weights: Float64Array;
  /** The same, and 0 where there is no vector. */
  readonly vectorWeights: Float64Array;
}

/** Throws where no window has a vector of the right length. */
export function prepareRows({ examples, vectors, dimensions }: TrainingInput): TrainingRows {
  const windows = examples.flatMap(({ text, label, weight = 1 }, example) => {
    const own = trainingWindows(text);
    return own.map((window) => ({ window, example, label, weight: weight / own.length }));
  });
  const reader = new FeatureReader(bits);
  const texts = windows.map(({ window }) => matchingText(window));
  const rarities = measureRarities(reader, texts);
  const known = windows.map(({ window }) => {
    const vector = vectors.get(window);
    return vector?.length === dimensions ? vector : undefined;
  });
  if (known.every((vector) => vector === undefined)) {
    throw new Error(`no example has a vector of ${dimensions} dimensions`);
  }
  const nothing = new Float32Array(dimensions);
  return {
    rarities,
    words: rowsOfTexts(reader, rarities, texts),
    vectors: rowsOfVectors(
      known.map((vector) => vector ?? nothing),
      dimensions,
    ),
    exampleOf: windows.map(({ example }) => example),
    targets: Uint8Array.from(windows, ({ label }) => (label ? 1 : 0)),
    weights: Float64Array.from(windows, ({ weight }) => weight),
    vectorWeights: Float64Array.from(windows, ({ weight }, row) =>
      known[row] === undefined ? 0 : weight,
    ),
  };
}

export type Learned = Pick<JailbreakHead, 'words' | 'vectors'>;

/** Learns from those examples that are wanted. */
export function learn(rows: TrainingRows, wanted: (example: number) => boolean): Learned {
  const numbers = rows.exampleOf.flatMap((example, row) => (wanted(example) ? [row] : []));
  const targets = Uint8Array.from(numbers, (row) => rows.targets[row] as number);
  const fit = (of: Rows, allWeights: Float64Array, trust: number): LinearHead => {
    const weights = Float64Array.from(numbers, (row) => allWeights[row] as number);
    const examples = { rows: pickRows(of, numbers), targets, weights };
    return quantise(trainLogistic(examples, { outputs: 1, trust }));
  };
  return {
    words: fit(rows.words, rows.weights, trustInWords),
    vectors: fit(rows.vectors, rows.vectorWeights, trustInVectors),
  };
}

/** A head out of what was learned. */
export function makeHead(
  { encoder, dimensions }: TrainingInput,
  { rarities }: TrainingRows,
  { learned, sureAt }: { readonly learned: Learned; readonly sureAt: JailbreakHead['sureAt'] },
): JailbreakHead {
  return { encoder, dimensions, bits, rarities, ...learned, sureAt };
}
