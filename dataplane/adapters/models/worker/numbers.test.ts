import { expect, test } from '@jest/globals';
import { activate, cosine, pool } from './numbers.ts';

test('labels that exclude each other have probabilities that add up to 1', () => {
  const [a = 0, b = 0] = activate(Float32Array.of(1000, 1000 + Math.log(3)), 'softmax');
  expect(a).toBeCloseTo(0.25, 3);
  expect(b).toBeCloseTo(0.75, 3);
});

test('labels by themselves have each its own', () => {
  const [a = 0, b = 0, c = 0] = activate(Float32Array.of(0, 100, -100), 'sigmoid');
  expect([a, b, c]).toEqual([0.5, 1, expect.closeTo(0, 6)]);
});

const output = { data: Float32Array.of(3, 0, 1, 0, 4, 1), rows: 2, columns: 3 };

test('a vector is the mean of the tokens, the first or the last of them, of length 1', () => {
  expect(Array.from(pool(output, 'mean', 2))).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
  expect(Array.from(pool(output, 'cls', 2))).toEqual([1, 0]);
  expect(Array.from(pool(output, 'last', 2))).toEqual([0, 1]);
  const whole = pool(output, 'mean', 3);
  expect(cosine(whole, whole)).toBeCloseTo(1, 5);
});

test('nothing has no direction', () => {
  const nothing = { data: new Float32Array(3), rows: 1, columns: 3 };
  expect(Array.from(pool(nothing, 'mean', 3))).toEqual([0, 0, 0]);
});
