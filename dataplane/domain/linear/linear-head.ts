// A trained linear model in small: one byte a weight, scored without making anything. It knows neither
// what its outputs mean nor where its bytes come from.
import { measureLengths, type Rarities } from './feature-weights.ts';
import type { LinearModel } from './linear-model.ts';
import type { Features } from './text-features.ts';

/** Weights in steps of -127 to 127; the scale of each output makes numbers of them. */
export interface LinearHead {
  readonly outputs: number;
  /** By feature, then by output. */
  readonly weights: Int8Array;
  readonly scales: Float32Array;
  readonly bias: Float32Array;
}

const largestStep = 127;

/** The model with its weights rounded to 8 bits, each output by its own largest weight. */
export function quantise({ outputs, weights, bias }: LinearModel): LinearHead {
  const scales = new Float32Array(outputs);
  weights.forEach((weight, i) => {
    const output = i % outputs;
    scales[output] = Math.max(scales[output] as number, Math.abs(weight) / largestStep);
  });
  return {
    outputs,
    scales,
    bias: Float32Array.from(bias),
    weights: Int8Array.from(weights, (weight, i) => {
      const scale = scales[i % outputs] as number;
      return scale === 0
        ? 0
        : Math.max(-largestStep, Math.min(largestStep, Math.round(weight / scale)));
    }),
  };
}

/** Writes the score (log odds, up to a constant) of each output for a vector into `scores`. */
export function scoreVector(head: LinearHead, vector: Float32Array, scores: Float64Array): void {
  const { outputs, weights } = head;
  scores.fill(0);
  for (let column = 0; column < vector.length; column++) {
    const value = vector[column] as number;
    const from = column * outputs;
    for (let output = 0; output < outputs; output++) {
      scores[output] = (scores[output] as number) + value * (weights[from + output] as number);
    }
  }
  finish(head, scores);
}

/** The same for the features of a text. */
export function scoreFeatures(
  head: LinearHead,
  rarities: Rarities,
  features: Features,
  scores: Float64Array,
): void {
  const { outputs, weights } = head;
  const { numbers, wordCount, count } = features;
  const lengths = measureLengths(features, rarities);
  scores.fill(0);
  for (let i = 0; i < count; i++) {
    const number = numbers[i] as number;
    const value = (rarities[number] as number) * (i < wordCount ? lengths.words : lengths.pieces);
    const from = number * outputs;
    for (let output = 0; output < outputs; output++) {
      scores[output] = (scores[output] as number) + value * (weights[from + output] as number);
    }
  }
  finish(head, scores);
}

function finish({ outputs, scales, bias }: LinearHead, scores: Float64Array): void {
  for (let output = 0; output < outputs; output++) {
    scores[output] =
      (scores[output] as number) * (scales[output] as number) + (bias[output] as number);
  }
}
