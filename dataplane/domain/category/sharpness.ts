// From scores to probabilities: how sharply the scores of each judge tell labels apart.
import { minimise } from '../linear/minimise.ts';

/**
 * People ask things that are farther from the texts than these are from each other, so what is fitted to
 * them is too sure of itself elsewhere.
 */
const caution = 0.8;

export interface JudgedExamples {
  /** Of each judge the scores, by example, then by label. */
  readonly scores: readonly Float64Array[];
  readonly targets: Uint8Array;
  readonly weights: Float64Array;
  readonly outputs: number;
}

/**
 * For each judge the factor that makes probabilities of scores: `softmax(Σ factor · scores)`. The scores
 * must be of examples that the judges have not learned.
 */
export function fitSharpness({ scores, targets, weights, outputs }: JudgedExamples): number[] {
  const factors = minimise(
    (at, gradient) => {
      gradient.fill(0);
      let value = 0;
      const sum = new Float64Array(outputs);
      for (let example = 0; example < targets.length; example++) {
        const from = example * outputs;
        sum.fill(0);
        scores.forEach((judge, j) => {
          for (let k = 0; k < outputs; k++) {
            sum[k] = (sum[k] as number) + (at[j] as number) * (judge[from + k] as number);
          }
        });
        const shares = sharesOf(sum);
        const target = targets[example] as number;
        const weight = weights[example] as number;
        value -= weight * Math.log(Math.max(shares[target] as number, Number.MIN_VALUE));
        scores.forEach((judge, j) => {
          let slope = -(judge[from + target] as number);
          for (let k = 0; k < outputs; k++) {
            slope += (shares[k] as number) * (judge[from + k] as number);
          }
          gradient[j] = (gradient[j] as number) + weight * slope;
        });
      }
      return value;
    },
    scores.length,
    { maxSteps: 100, tolerance: 1e-4 * targets.length },
  );
  return Array.from(factors, (factor) => factor * caution);
}

/** Log odds as shares that add up to 1. */
export function sharesOf(logOdds: Float64Array): Float64Array {
  const most = logOdds.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = logOdds.map((one) => Math.exp(one - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}
