import { expect, test } from '@jest/globals';
import { Allowance } from './allowance.ts';

test('so many at once are allowed, then so many a second, and never more at once', () => {
  let nowMs = 0;
  const allowance = new Allowance({ burst: 1_000, perSecond: 100 }, () => nowMs);
  const taken = (): number => {
    let count = 0;
    while (count < 5_000 && allowance.take()) count += 1;
    return count;
  };
  expect(taken()).toBe(1_000);
  nowMs = 500;
  expect(taken()).toBe(50);
  nowMs = 3_600_000;
  expect(taken()).toBe(1_000);
});
