import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Encoded } from '../tokenizer/tokenizer.ts';
import { cutHeadAndTail, cutWindows } from './windows.ts';

/** Each group of letters is a word of so many tokens of one letter each. */
function letters(text: string): Encoded {
  const starts = Array.from(text.matchAll(/\S/g), ({ index }) => index);
  return {
    ids: Int32Array.from(starts, (start) => text.charCodeAt(start)),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(starts, (start) => start + 1),
  };
}

function spell({ ids }: Encoded, from: number, to: number): string {
  return String.fromCharCode(...ids.subarray(from, to));
}

test('a text that fits is one window', () => {
  const text = 'one two';
  expect(cutWindows(text, letters(text), { tokens: 6, overlap: 2 })).toEqual([
    { from: 0, to: 6, ownFrom: 0, ownTo: 6 },
  ]);
});

test('windows begin and end where words do, and share what is in both', () => {
  const text = 'aaa bbb ccc ddd';
  const encoded = letters(text);
  const windows = cutWindows(text, encoded, { tokens: 8, overlap: 3 });
  expect(windows.map(({ from, to }) => spell(encoded, from, to))).toEqual([
    'aaabbb',
    'bbbccc',
    'cccddd',
  ]);
  expect(windows.map(({ ownFrom, ownTo }) => spell(encoded, ownFrom, ownTo))).toEqual([
    'aaa',
    'bbb',
    'cccddd',
  ]);
});

test('a word longer than a window is cut', () => {
  const text = 'a bbbbbbbbbbbb';
  const encoded = letters(text);
  const windows = cutWindows(text, encoded, { tokens: 4, overlap: 1 });
  expect(windows.every(({ from, to }) => to - from <= 4)).toBe(true);
  expect(windows.map(({ ownFrom, ownTo }) => spell(encoded, ownFrom, ownTo)).join('')).toBe(
    'abbbbbbbbbbbb',
  );
});

test('every token is judged by exactly one window that has it, whatever the text', () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 9 }), {
    maxLength: 30,
  });
  const sizes = fc.record({ tokens: fc.integer({ min: 4, max: 12 }), overlap: fc.nat(4) });
  fc.assert(
    fc.property(words, sizes, (parts, { tokens, overlap }) => {
      const text = parts.join(' ');
      const encoded = letters(text);
      const size = { tokens, overlap: Math.min(overlap, Math.floor(tokens / 2)) };
      const windows = cutWindows(text, encoded, size);
      let next = 0;
      for (const { from, to, ownFrom, ownTo } of windows) {
        expect(ownFrom).toBe(next);
        expect(from).toBeLessThanOrEqual(ownFrom);
        expect(ownTo).toBeLessThanOrEqual(to);
        expect(to - from).toBeLessThanOrEqual(tokens);
        next = ownTo;
      }
      expect(next).toBe(encoded.ids.length);
    }),
  );
});

test('a text that fits has no head and tail', () => {
  expect(cutHeadAndTail('aaa bbb', letters('aaa bbb'), 6)).toBeUndefined();
});

test('the head and the tail of a longer text are of whole words', () => {
  const text = 'aaa bbb ccc ddd eee';
  const encoded = letters(text);
  const cut = cutHeadAndTail(text, encoded, 10);
  expect(cut).toEqual({ headTo: 3, tailFrom: 12 });
  expect(spell(encoded, 0, cut?.headTo ?? 0)).toBe('aaa');
  expect(spell(encoded, cut?.tailFrom ?? 0, 15)).toBe('eee');
});

test('a text without words is cut in the middle', () => {
  const text = 'a'.repeat(30);
  expect(cutHeadAndTail(text, letters(text), 10)).toEqual({ headTo: 5, tailFrom: 25 });
});
