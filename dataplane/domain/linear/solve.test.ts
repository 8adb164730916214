import { expect, test } from '@jest/globals';
import { solve } from './solve.ts';

const options = { maxSteps: 20, tolerance: 1e-9 };

/** 4x + y, x + 3y */
const small = (x: Float64Array, result: Float64Array): void => {
  const [first = 0, second = 0] = x;
  result.set([4 * first + second, first + 3 * second]);
};

test('a system of equations is solved', () => {
  const [x, y] = solve(small, Float64Array.of(1, 2), options);
  expect(x).toBeCloseTo(1 / 11, 9);
  expect(y).toBeCloseTo(7 / 11, 9);
});

test('nothing is asked of a right-hand side of zeros', () => {
  const never = (): void => {
    throw new Error('asked');
  };
  expect([...solve(never, new Float64Array(3), options)]).toEqual([0, 0, 0]);
});

test('it ends after as many steps as it may take', () => {
  const [x = 0] = solve(small, Float64Array.of(1, 2), { ...options, maxSteps: 1 });
  expect(Math.abs(x - 1 / 11)).toBeGreaterThan(0.01);
});
