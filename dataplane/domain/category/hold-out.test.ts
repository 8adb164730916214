import { expect, test } from '@jest/globals';
import { holdOut } from './hold-out.ts';

/** A direction in the plane, in degrees. */
function at(degrees: number) {
  const angle = (degrees * Math.PI) / 180;
  return { degrees, vector: Float32Array.of(Math.cos(angle), Math.sin(angle)) };
}

test('every fifth row is held out, and all others are seen', () => {
  const { held, seen } = holdOut([0, 90, 100, 110, 120, 200, 260, 270, 280, 290].map(at));
  expect(held.map(({ degrees }) => degrees)).toEqual([0, 200]);
  expect(seen.map(({ degrees }) => degrees)).toEqual([90, 100, 110, 120, 260, 270, 280, 290]);
});

test('a row that says what a seen one says judges nothing', () => {
  const { held, seen } = holdOut([0, 5, 100, 110, 120, 200].map(at));
  expect(held.map(({ degrees }) => degrees)).toEqual([200]);
  expect(seen).toHaveLength(4);
});
