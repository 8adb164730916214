// Ridge regression of labels: learns weights by least squares. With few examples of many labels it tells
// them apart better than logistic regression; its scores are no log odds, so they need calibration.
import type { Examples, LinearModel } from './linear-model.ts';
import { keepSeenColumns, multiply, multiplyTransposed } from './rows.ts';
import { solve } from './solve.ts';

export interface RidgeOptions {
  /** Number of labels. */
  readonly outputs: number;
  /** What a weight costs, squared, against an error, squared. Large keeps weights small. */
  readonly penalty: number;
  /** Most steps; fewer when it has converged. */
  readonly maxSteps?: number;
}

/** The weights whose scores come nearest to 1 for the label of a row and 0 for all others. */
export function trainRidge(
  { rows, targets, weights: rowWeights }: Examples,
  { outputs, penalty, maxSteps = 60 }: RidgeOptions,
): LinearModel {
  const { seen, spread } = keepSeenColumns(rows);
  const { errors, shares } = centredTargets(targets, outputs, rowWeights);
  const weigh = (scores: Float64Array): void => {
    if (rowWeights === undefined) return;
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
  const wanted = new Float64Array(seen.width * outputs);
  multiplyTransposed(seen, errors, wanted);
  const weights = solve(normal, wanted, { maxSteps, tolerance: 1e-4 });
  return { outputs, weights: spread(weights, outputs), bias: shares };
}

/** One hot labels, less the share that each label has of all: what is left for the weights to tell. */
export function centredTargets(
  targets: Uint8Array,
  outputs: number,
  weights?: Float64Array,
): { readonly errors: Float64Array; readonly shares: Float64Array } {
  const shares = new Float64Array(outputs);
  let total = 0;
  targets.forEach((target, row) => {
    const weight = weights?.[row] ?? 1;
    shares[target] = (shares[target] as number) + weight;
    total += weight;
  });
  for (let output = 0; output < outputs; output++) {
    shares[output] = (shares[output] as number) / total;
  }
  const errors = Float64Array.from(
    { length: targets.length * outputs },
    (_, i) =>
      (targets[Math.floor(i / outputs)] === i % outputs ? 1 : 0) - (shares[i % outputs] as number),
  );
  return { errors, shares };
}
