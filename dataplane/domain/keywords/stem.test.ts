import { expect, test } from '@jest/globals';
import { stem } from './stem.ts';

test.each([
  [['debug', 'debugs', 'debugged', 'debugging']],
  [['code', 'codes', 'coded', 'coding']],
  [['algorithm', 'algorithms']],
  [['query', 'queries', 'queried', 'querying']],
  [['stop', 'stops', 'stopped', 'stopping']],
  [['cache', 'caches', 'cached', 'caching']],
  [['class', 'classes']],
  [['refactor', 'refactoring', 'refactored']],
  [['agree', 'agrees', 'agreed', 'agreeing']],
])('%j are one', (words) => {
  expect(new Set(words.map(stem)).size).toBe(1);
});

test.each([
  ['sing', 'sign'],
  ['organ', 'organise'],
  ['bus', 'business'],
  ['stripe', 'strip'],
])('%s and %s are two', (left, right) => {
  expect(stem(left)).not.toBe(stem(right));
});

test.each(['is', 'a', 'größe', 'c3po', '数'])('%s is left alone', (word) => {
  expect(stem(word)).toBe(word);
});
