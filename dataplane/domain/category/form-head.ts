// Scores labels by a vector: for each label a linear form and a quadratic one, so that two directions of
// meaning can count together what neither counts alone. It knows neither labels nor how it was learned.
import { scoreVector, type LinearHead } from '../linear/linear-head.ts';

export interface FormHead {
  readonly linear: LinearHead;
  /** Axes of the quadratic form of each label. */
  readonly rank: number;
  /** By label, then by axis: a direction in steps of -127 to 127. */
  readonly axes: Int8Array;
  /** By label, then by axis: what the square of a vector's share in the direction counts. */
  readonly strengths: Float32Array;
}

/** Writes the score of each label into `scores`: about 1 for the right one and 0 for the others. */
export function scoreForms(head: FormHead, vector: Float32Array, scores: Float64Array): void {
  const { linear, rank, axes, strengths } = head;
  scoreVector(linear, vector, scores);
  for (let axis = 0; axis < strengths.length; axis++) {
    const share = shareIn(axes, axis * vector.length, vector);
    const output = Math.floor(axis / rank);
    scores[output] = (scores[output] as number) + (strengths[axis] as number) * share * share;
  }
}

/** The dot product with the axis that begins at `from`; in four sums, which do not wait for each other. */
function shareIn(axes: Int8Array, from: number, vector: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let column = 0;
  for (; column + 3 < vector.length; column += 4) {
    a += (axes[from + column] as number) * (vector[column] as number);
    b += (axes[from + column + 1] as number) * (vector[column + 1] as number);
    c += (axes[from + column + 2] as number) * (vector[column + 2] as number);
    d += (axes[from + column + 3] as number) * (vector[column + 3] as number);
  }
  for (; column < vector.length; column++) {
    a += (axes[from + column] as number) * (vector[column] as number);
  }
  return a + b + c + d;
}
