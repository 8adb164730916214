import { expect, test } from '@jest/globals';
import { antonyms } from './antonyms.ts';
import { particles, silentWords } from './function-words.ts';
import { synonyms, synonymWords } from './synonyms.ts';

test('no word is a synonym in two groups', () => {
  const seen = new Set<string>();
  const twice = synonymWords.filter((word) => seen.size === seen.add(word).size);
  expect(twice).toEqual([]);
});

test('no synonym is left out, or counted, as a small word', () => {
  // Small in lower case alone: the pronoun.
  const small = synonymWords.filter((word) => silentWords.has(word) || particles.has(word));
  expect(small).toEqual(['us']);
});

test('no two opposites are synonyms', () => {
  const group = (word: string): string => synonyms.get(word) ?? word;
  expect(antonyms.filter(([one, other]) => group(one) === group(other))).toEqual([]);
  expect(antonyms.length).toBeGreaterThanOrEqual(150);
});
