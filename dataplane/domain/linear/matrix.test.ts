import { describe, expect, test } from '@jest/globals';
import { principalAxes } from './axes.ts';
import { matrixOfRows, rowProducts, transpose } from './matrix.ts';

const matrix = (...rows: readonly (readonly number[])[]) =>
  matrixOfRows(
    rows.map((row) => Float32Array.from(row)),
    rows[0]?.length ?? 0,
  );

describe('matrices', () => {
  test('products of rows are right for sizes that fill no block', () => {
    for (const [left, right] of [
      [1, 1],
      [2, 4],
      [3, 5],
      [5, 7],
    ] as const) {
      const a = matrix(...Array.from({ length: left }, (_, i) => [i, 2, 1 - i]));
      const b = matrix(...Array.from({ length: right }, (_, j) => [1, j, 3]));
      const { cells } = rowProducts(a, b);
      for (let i = 0; i < left; i++) {
        for (let j = 0; j < right; j++) {
          expect(cells[i * right + j]).toBe(i + 2 * j + 3 * (1 - i));
        }
      }
    }
  });

  test('rows become columns', () => {
    expect(transpose(matrix([1, 2, 3], [4, 5, 6]))).toEqual(matrix([1, 4], [2, 5], [3, 6]));
  });
});

describe('the axes of a symmetric matrix', () => {
  // Σ stretch · u uᵀ with known directions u, of which one is turned round.
  const size = 40;
  const stretches = [9, -7, 4, 1];
  const direction = (k: number): number[] =>
    Array.from({ length: size }, (_, i) => (i % 4 === k ? 1 / Math.sqrt(size / 4) : 0));
  const whole = matrix(
    ...Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_unused, j) =>
        stretches.reduce(
          (sum, stretch, k) => sum + stretch * (direction(k)[i] ?? 0) * (direction(k)[j] ?? 0),
          0,
        ),
      ),
    ),
  );

  test('the most stretched are found, with their sign', () => {
    const axes = principalAxes(whole, 3);
    [9, -7, 4].forEach((stretch, i) => {
      expect(axes.stretches[i]).toBeCloseTo(stretch, 3);
    });
    for (let k = 0; k < 3; k++) {
      const found = axes.directions.cells.slice(k * size, (k + 1) * size);
      const along = direction(k).reduce((sum, part, i) => sum + part * (found[i] ?? 0), 0);
      expect(Math.abs(along)).toBeCloseTo(1, 4);
    }
  });

  test('no more axes are given than there are', () => {
    expect(principalAxes(matrix([2, 0], [0, 1]), 5).directions.rows).toBe(2);
  });
});
