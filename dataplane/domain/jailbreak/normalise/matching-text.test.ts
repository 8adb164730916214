import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchingText } from './matching-text.ts';

test.each([
  ['case', 'IGNORE', 'ignore'],
  ['accents', 'précédentes', 'precedentes'],
  ['apostrophes of all kinds', "don’t don't", 'dont dont'],
  ['ligatures', 'Straße Œuvre', 'strasse oeuvre'],
  ['stacked marks', 'i\u0335g\u0336n\u0337o\u0338r\u0334e', 'ignore'],
  ['look-alikes', 'іgnоrе', 'ignore'],
])('two spellings that differ in %s alone are one', (_, text, matching) => {
  expect(matchingText(text)).toBe(matching);
});

test('Hangul stays in syllables', () => {
  expect(matchingText('이전 지시')).toBe('이전 지시'.normalize('NFC'));
});

test('a text in matching form is not changed any more', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
      const once = matchingText(matchingText(text));
      expect(matchingText(once)).toBe(once);
    }),
  );
});
