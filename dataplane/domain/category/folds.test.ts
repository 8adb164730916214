import { describe, expect, test } from '@jest/globals';
import { matrixOfRows, rowProducts } from '../linear/matrix.ts';
import { foldsOf } from './folds.ts';

/** Texts on a circle, each at its angle in degrees: 31.8° between two is a cosine of 0.85. */
function foldsAt(angles: readonly number[], count = 4): number[] {
  const vectors = matrixOfRows(
    angles.map((angle) => {
      const radians = (angle * Math.PI) / 180;
      return Float32Array.of(Math.cos(radians), Math.sin(radians));
    }),
    2,
  );
  return [...foldsOf(angles.map((angle) => `text at ${angle}`), rowProducts(vectors, vectors), count)];
}

describe('parts that are left out in turn', () => {
  test('texts that are alike are in one part, also through others', () => {
    // 0, 25 and 50 are a chain: the ends are not alike themselves.
    for (const order of [
      [0, 25, 50],
      [0, 50, 25],
      [50, 0, 25],
    ]) {
      const [first, ...others] = foldsAt(order);
      expect(others).toEqual([first, first]);
    }
  });

  test('the part of a text does not depend on what else there is', () => {
    const [, alone] = foldsAt([0, 90]);
    const [, , among] = foldsAt([0, 180, 90]);
    expect(among).toBe(alone);
  });

  test('texts that are not alike are spread over all parts', () => {
    const texts = Array.from({ length: 400 }, (_, i) => `text ${i}`);
    const nothing = { rows: 400, columns: 400, cells: new Float32Array(160_000) };
    const sizes = [0, 0, 0, 0];
    for (const fold of foldsOf(texts, nothing, 4)) sizes[fold] = (sizes[fold] ?? 0) + 1;
    for (const size of sizes) expect(size).toBeGreaterThan(70);
  });
});
