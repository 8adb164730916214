import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLegibly } from './legible-text.ts';

test.each([
  ['zero-width and joining characters', '4\u200b1\u2060\ufeff1\u00ad1', '4111'],
  ['direction marks', '\u202e4111\u202c\u200f', '4111'],
  ['full-width forms', '４１１１－ａ＠ｂ．ｃ', '4111-a@b.c'],
  ['digits of other scripts', '٤١١١ ४१ 𝟒𝟣', '4111 41 41'],
  ['dashes and blanks', '1–2—3\u00a04\u30005', '1-2-3 4 5'],
  ['variation selectors', '1\ufe0f2', '12'],
])('%s look plain', (_, original, plain) => {
  expect(readLegibly(original).text).toBe(plain);
});

test('letters of other scripts and emoji stay', () => {
  const text = 'ÄÖ 東京 😀 привет';
  expect(readLegibly(text).text).toBe(text);
});

test('places are those of the original, with everything hidden between', () => {
  const original = 'x\u200b４\u200b𝟏\u200by';
  const legible = readLegibly(original);
  expect(legible.text).toBe('x41y');
  const { start, end } = legible.place(1, 3);
  expect(original.slice(start, end)).toBe('４\u200b𝟏');
});

test('property: a stretch stands where its characters came from, in order', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), fc.nat(), (original, a, b) => {
      const { place, text } = readLegibly(original);
      if (text.length === 0) return;
      const start = Math.min(a % text.length, b % text.length);
      const end = Math.max(a % text.length, b % text.length) + 1;
      const there = place(start, end);
      // Half of a surrogate pair stands where the whole of it does.
      expect(there.start).toBeGreaterThanOrEqual(start - 1);
      expect(there.end).toBeGreaterThan(there.start);
      expect(there.end).toBeLessThanOrEqual(original.length);
    }),
  );
});
