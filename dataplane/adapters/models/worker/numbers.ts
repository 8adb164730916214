// The last arithmetic between a model's output and what it means. Pure.
import type { WindowOutput } from './session.ts';

/** Replaces logits by probabilities: of labels that exclude each other, or of each by itself. */
export function activate(logits: Float32Array, activation: 'softmax' | 'sigmoid'): Float32Array {
  if (activation === 'sigmoid') return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const largest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** One row of an output. */
export function rowOf({ data, columns }: WindowOutput, row: number): Float32Array {
  return data.subarray(row * columns, (row + 1) * columns);
}

/** One vector for a text, of length 1, its first `dims` dimensions. */
export function pool(
  output: WindowOutput,
  pooling: 'mean' | 'cls' | 'last',
  dims: number,
): Float32Array {
  const vector = new Float32Array(dims);
  const first = pooling === 'last' ? output.rows - 1 : 0;
  const last = pooling === 'cls' ? 0 : output.rows - 1;
  for (let row = first; row <= last; row++) {
    const values = rowOf(output, row);
    for (let at = 0; at < dims; at++) vector[at] = (vector[at] ?? 0) + (values[at] ?? 0);
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** The cosine of two vectors of length 1. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
