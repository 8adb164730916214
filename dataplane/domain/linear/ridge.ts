// Ridge regression of labels: learns weights by least squares. With few examples of many labels it tells
// them apart better than logistic regression; its scores are no log odds, so they need calibration.
import type { LinearModel } from './linear-model.ts';
import { keepSeenColumns, multiply, multiplyTransposed, type Rows } from './rows.ts';
import { solve } from './solve.ts';

export interface ScoredExamples {
  readonly rows: Rows;
  /** By row, then by label: the score that is to be learned. */
  readonly wanted: Float64Array;
  /** How much each row counts. */
  readonly weights: Float64Array;
}

export interface RidgeOptions {
  /** Number of labels. */
  readonly outputs: number;
  /** What a weight costs, squared, against an error, squared. Large keeps weights small. */
  readonly penalty: number;
  /** Most steps; fewer when it has converged. */
  readonly maxSteps?: number;
}

/** The weights whose scores come nearest to the wanted ones. */
export function trainRidge(
  { rows, wanted, weights: rowWeights }: ScoredExamples,
  { outputs, penalty, maxSteps = 60 }: RidgeOptions,
): LinearModel {
  const { seen, spread } = keepSeenColumns(rows);
  const { errors, means } = centred(wanted, rowWeights);
  const weigh = (scores: Float64Array): void => {
    for (let i = 0; i < scores.length; i++) {
      scores[i] = (scores[i] as number) * (rowWeights[Math.floor(i / outputs)] as number);
    }
  };
  const scores = new Float64Array(rows.count * outputs);
  const normal = (weights: Float64Array, result: Float64Array): void => {
    multiply(seen, weights, scores);
    weigh(scores);
    multiplyTransposed(seen, scores, result);
    for (let i = 0; i < result.length; i++) {
      result[i] = (result[i] as number) + penalty * (weights[i] as number);
    }
  };
  weigh(errors);
  const pull = new Float64Array(seen.width * outputs);
  multiplyTransposed(seen, errors, pull);
  const weights = solve(normal, pull, { maxSteps, tolerance: 1e-4 });
  return { outputs, weights: spread(weights, outputs), bias: means };
}

/** The scores of examples of one label each: 1 for it and 0 for the others. */
export function oneHot(targets: Uint8Array, outputs: number): Float64Array {
  const wanted = new Float64Array(targets.length * outputs);
  targets.forEach((target, row) => {
    wanted[row * outputs + target] = 1;
  });
  return wanted;
}

/** The scores, less the mean of each label: what is left for the weights to tell. */
export function centred(
  wanted: Float64Array,
  weights: Float64Array,
): { readonly errors: Float64Array; readonly means: Float64Array } {
  const outputs = wanted.length / weights.length;
  const means = new Float64Array(outputs);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  wanted.forEach((score, i) => {
    const share = (weights[Math.floor(i / outputs)] as number) / total;
    means[i % outputs] = (means[i % outputs] as number) + share * score;
  });
  return { errors: wanted.map((score, i) => score - (means[i % outputs] as number)), means };
}
