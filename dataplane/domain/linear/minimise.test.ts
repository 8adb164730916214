import { expect, test } from '@jest/globals';
import { minimise, type Objective } from './minimise.ts';

// Steep in one direction, flat in the other, turned: f = 50 (x + y - 3)² + (x - y - 1)² / 2
const valley: Objective = (at, gradient) => {
  const [x = 0, y = 0] = at;
  const steep = x + y - 3;
  const flat = x - y - 1;
  gradient.set([100 * steep + flat, 100 * steep - flat]);
  return 50 * steep * steep + (flat * flat) / 2;
};

test('the bottom of a narrow valley is found', () => {
  const [x, y] = minimise(valley, 2, { maxSteps: 50, tolerance: 1e-9 });
  expect(x).toBeCloseTo(2, 6);
  expect(y).toBeCloseTo(1, 6);
});

test('no step is taken where the ground is even', () => {
  const even: Objective = (_, gradient) => {
    gradient.fill(0);
    return 7;
  };
  expect([...minimise(even, 3, { maxSteps: 50, tolerance: 1e-9 })]).toEqual([0, 0, 0]);
});

test('it ends after as many steps as it may take', () => {
  const [x = 0, y = 0] = minimise(valley, 2, { maxSteps: 1, tolerance: 1e-9 });
  expect(Math.abs(x - 2) + Math.abs(y - 1)).toBeGreaterThan(0.01);
});
