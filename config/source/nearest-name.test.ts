import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, nearestName } from './nearest-name.ts';

const known = ['decisions', 'default_model', 'keyword_rules', 'vllm_endpoints', 'tls', 'AND', 'OR'];

test.each([
  ['decison', 'decisions'],
  ['descisions', 'decisions'],
  ['dceisions', 'decisions'],
  ['default-model', 'default_model'],
  ['Keyword_Rules', 'keyword_rules'],
  ['tsl', 'tls'],
  ['and', 'AND'],
  ['or', 'OR'],
  ['models', undefined],
  ['x', undefined],
  ['', undefined],
  ['decisions'.repeat(100), undefined],
])('%s is nearest to %s', (name, expected) => {
  expect(nearestName(name, known)).toBe(expected);
});

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['ab', 'ba', 1],
  ['abcd', 'acbd', 1],
])('from %j to %j takes %i', (left, right, distance) => {
  expect(editDistance(left, right)).toBe(distance);
});

test('the distance is the same both ways, and zero for equals alone', () => {
  const words = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(words, words, (left, right) => {
      const distance = editDistance(left, right);
      expect(editDistance(right, left)).toBe(distance);
      expect(distance === 0).toBe(left === right);
      expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
    }),
  );
});
