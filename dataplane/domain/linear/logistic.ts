// Logistic regression, of two labels or of many: learns weights from examples. Deterministic, no
// randomness and no order of examples matters.
import type { LinearModel } from './linear-model.ts';
import { minimise } from './minimise.ts';
import { keepSeenColumns, multiply, multiplyTransposed, type Rows } from './rows.ts';

export interface LogisticExamples {
  readonly rows: Rows;
  /** For each row the number of its label, from 0; with one output, 1 stands for yes and 0 for no. */
  readonly targets: Uint8Array;
  /** How much each row counts; all the same when left out. */
  readonly weights?: Float64Array;
}

export interface LogisticOptions {
  /** 1 gives one score for yes or no, else one for each label. */
  readonly outputs: number;
  /** How far examples are believed: scikit-learn's C, per unit of weight. Small keeps weights small. */
  readonly trust: number;
  /** Most steps; fewer when it has converged. */
  readonly maxSteps?: number;
}

/** The weights that make the examples most likely, kept small by `trust`. */
export function trainLogistic(
  { rows, targets, weights: rowWeights }: LogisticExamples,
  { outputs, trust, maxSteps = 200 }: LogisticOptions,
): LinearModel {
  const { seen, spread } = keepSeenColumns(rows);
  const weightCount = seen.width * outputs;
  const scores = new Float64Array(rows.count * outputs);
  const loss = outputs === 1 ? yesOrNo : oneOfMany;
  const objective = (at: Float64Array, gradient: Float64Array): number => {
    const weights = at.subarray(0, weightCount);
    multiply(seen, weights, scores);
    addBias(scores, at.subarray(weightCount));
    let value = 0;
    for (let row = 0; row < rows.count; row++) {
      const weight = (rowWeights?.[row] ?? 1) * trust;
      const own = scores.subarray(row * outputs, (row + 1) * outputs);
      value += weight * loss(own, targets[row] as number, weight);
    }
    multiplyTransposed(seen, scores, gradient.subarray(0, weightCount));
    gradient.fill(0, weightCount);
    scores.forEach((residual, i) => {
      const place = weightCount + (i % outputs);
      gradient[place] = (gradient[place] as number) + residual;
    });
    for (let i = 0; i < weightCount; i++) {
      const weight = weights[i] as number;
      value += (weight * weight) / 2;
      gradient[i] = (gradient[i] as number) + weight;
    }
    return value;
  };
  const found = minimise(objective, weightCount + outputs, { maxSteps, tolerance: 1e-3 * trust });
  return {
    outputs,
    weights: spread(found.subarray(0, weightCount), outputs),
    bias: found.slice(weightCount),
  };
}

function addBias(scores: Float64Array, bias: Float64Array): void {
  for (let i = 0; i < scores.length; i++) {
    scores[i] = (scores[i] as number) + (bias[i % bias.length] as number);
  }
}

/** Returns the loss of one row, and puts the weighted slope by each score in the place of the score. */
function oneOfMany(scores: Float64Array, target: number, weight: number): number {
  let most = -Infinity;
  for (const score of scores) most = Math.max(most, score);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - most);
  const loss = Math.log(sum) + most - (scores[target] as number);
  for (let output = 0; output < scores.length; output++) {
    const probability = Math.exp((scores[output] as number) - most) / sum;
    scores[output] = weight * (probability - (output === target ? 1 : 0));
  }
  return loss;
}

function yesOrNo(scores: Float64Array, target: number, weight: number): number {
  const score = scores[0] as number;
  scores[0] = weight * (1 / (1 + Math.exp(-score)) - target);
  const against = target === 1 ? -score : score;
  return Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(score)));
}
