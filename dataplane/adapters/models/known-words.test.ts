import { expect, test } from '@jest/globals';
import { wordsOf } from './known-words.ts';

test('words come by their number, without pieces, signs and numbers', () => {
  const vocabulary = { '[CLS]': 0, river: 9, '##ing': 3, the: 4, 1984: 5, if: 6, '!': 7, Paris: 8 };
  expect(wordsOf(vocabulary)).toEqual(['the', 'river']);
});

test('where words bear a mark, what bears none is a piece', () => {
  expect(wordsOf({ Ġriver: 2, ing: 0, Ġthe: 1 })).toEqual(['the', 'river']);
  expect(wordsOf({ '▁river': 2, ing: 0 })).toEqual(['river']);
});
