import { expect, test } from '@jest/globals';
import { ResetAllowance } from './limits.ts';

test('a hundred thousand resets at once are allowed, and then ten thousand a second', () => {
  let nowMs = 0;
  const allowance = new ResetAllowance(() => nowMs);
  const taken = (limit: number): number => {
    let count = 0;
    while (count < limit && allowance.take()) count += 1;
    return count;
  };
  expect(taken(200_000)).toBe(100_000);
  nowMs = 500;
  expect(taken(200_000)).toBe(5_000);
  nowMs = 3_600_000;
  expect(taken(200_000)).toBe(100_000);
});
