import { describe, expect, test } from '@jest/globals';
import { matrixOfRows } from '../linear/matrix.ts';
import { oneHot } from '../linear/ridge.ts';
import { scoreForms } from './form-head.ts';
import { trainForms } from './train-forms.ts';

// Two directions of meaning of which neither tells the label, but both together do: label 0 where they
// have the same sign, 1 where they have not. No linear judge can tell them apart.
const width = 6;
const examples = [
  [1, 1, 0],
  [-1, -1, 0],
  [1, -1, 1],
  [-1, 1, 1],
].flatMap(([a = 0, b = 0, label = 0]) =>
  [0, 1, 2].map((other) => ({
    vector: unit([a, b, ...[0, 1, 2, 3].map((column) => (column === other ? 0.5 : 0))]),
    label,
  })),
);

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

const vectors = matrixOfRows(
  examples.map(({ vector }) => vector),
  width,
);
const targets = Uint8Array.from(examples, ({ label }) => label);
const even = new Float64Array(targets.length).fill(1);

function scoresOf(vector: Float32Array, weights = even): number[] {
  const scores = new Float64Array(2);
  scoreForms(trainForms(vectors, { wanted: oneHot(targets, 2), weights }), vector, scores);
  return [...scores];
}

describe('quadratic forms', () => {
  test('labels are told apart that no direction tells by itself', () => {
    for (const [a, b, label] of [
      [0.9, 1.1, 0],
      [-1.2, -0.7, 0],
      [1, -0.8, 1],
      [-0.6, 1, 1],
    ] as const) {
      const scores = scoresOf(unit([a, b, 0, 0, 0, 0.3]));
      expect(scores.indexOf(Math.max(...scores))).toBe(label);
    }
  });

  test('scores of all labels add up to one', () => {
    const [first = 0, second = 0] = scoresOf(unit([0.2, 0.5, -0.3, 0, 0, 1]));
    expect(first + second).toBeCloseTo(1, 2);
  });

  test('examples of more weight are learned more closely', () => {
    const [doubted = unit([1])] = examples.map(({ vector }) => vector);
    const [little = 0] = scoresOf(
      doubted,
      even.map((_, row) => (row === 0 ? 0.01 : 1)),
    );
    const [much = 0] = scoresOf(
      doubted,
      even.map((_, row) => (row === 0 ? 100 : 1)),
    );
    expect(Math.abs(1 - much)).toBeLessThan(Math.abs(1 - little));
  });
});
