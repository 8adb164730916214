import { expect, test } from '@jest/globals';
import { caseVariants, foldCodePoint, isWordCodePoint } from './characters.ts';

const codePoint = (character: string): number => character.codePointAt(0) ?? -1;

test.each([...Array.from('aZé1_٣аσⅧ𝐀𞤀０'), '\u0301', '\u093f'])(
  '%j belongs to a word',
  (character) => {
    expect(isWordCodePoint(codePoint(character))).toBe(true);
  },
);

test.each([...Array.from(' -+.,!#€😀中々ひカー가ㄅไລកမ𠀀・'), '\u0000', '\ud800', '\udc00'])(
  '%j belongs to no word',
  (character) => {
    expect(isWordCodePoint(codePoint(character))).toBe(false);
  },
);

test.each([
  ['K', 'k', true],
  ['\u212a', 'k', true],
  ['ſ', 's', true],
  ['Σ', 'ς', true],
  ['ẞ', 'ß', true],
  ['µ', 'Μ', true],
  ['\u{10400}', '\u{10428}', true],
  ['\u{1e900}', '\u{1e922}', true],
  ['\u1fd3', '\u0390', true],
  ['ﬅ', 'ﬆ', true],
  ['İ', 'i', false],
  ['ı', 'i', false],
  ['é', 'e', false],
])('%s and %s fold together: %s', (left, right, together) => {
  expect(foldCodePoint(codePoint(left)) === foldCodePoint(codePoint(right))).toBe(together);
});

// The engine's own `iu` expressions know the folding of the Unicode version that they were built
// with; every character that has case at all is held against them.
test('folding is that of regular expressions with the flags i and u', () => {
  const cased: string[] = [];
  for (let point = 0; point < 0x20000; point++) {
    const character = String.fromCodePoint(point);
    if (/\p{Changes_When_Casemapped}/u.test(character)) cased.push(character);
  }
  expect(cased.length).toBeGreaterThan(2500);
  const all = cased.join('');
  const wrong = cased.filter((character) => {
    const expected =
      all.match(new RegExp(`\\u{${codePoint(character).toString(16)}}`, 'giu')) ?? [];
    const folded = foldCodePoint(codePoint(character));
    const actual = caseVariants(folded).map((variant) => String.fromCodePoint(variant));
    return actual.toSorted().join('') !== expected.toSorted().join('');
  });
  expect(wrong).toEqual([]);
});

test('a character and its variants are alike in belonging to a word', () => {
  for (let point = 0; point < 0x20000; point++) {
    const folded = foldCodePoint(point);
    if (folded !== point && isWordCodePoint(folded) !== isWordCodePoint(point)) {
      throw new Error(`${point.toString(16)} and its folded form differ`);
    }
  }
});

test('a character without case is its only variant', () => {
  expect(caseVariants(codePoint('中'))).toEqual([codePoint('中')]);
});
