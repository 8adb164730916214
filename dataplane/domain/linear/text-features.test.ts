import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FeatureReader, headAndTail, longestReadText } from './text-features.ts';

const reader = new FeatureReader(16);

function featuresOf(text: string): { words: number[]; pieces: number[] } {
  const { numbers, wordCount, count } = reader.read(text);
  return {
    words: [...numbers.slice(0, wordCount)].sort((a, b) => a - b),
    pieces: [...numbers.slice(wordCount, count)].sort((a, b) => a - b),
  };
}

describe('features of a text', () => {
  test('a word, its neighbour and the pair of them are one feature each', () => {
    expect(featuresOf('prime').words).toHaveLength(1);
    expect(featuresOf('prime number').words).toHaveLength(3);
    expect(featuresOf('prime number').words).toEqual(
      expect.arrayContaining(featuresOf('number').words),
    );
  });

  test('the order of words matters to pairs alone', () => {
    const there = new Set(featuresOf('man bites dog').words);
    const back = featuresOf('dog bites man').words;
    expect(back.filter((feature) => there.has(feature))).toHaveLength(3);
  });

  test('pieces have three to five characters and do not reach across a space', () => {
    // " ab ": " ab", "ab ", " ab "
    expect(featuresOf('ab').pieces).toHaveLength(3);
    // The pieces of two words are those of each by itself.
    expect(new Set(featuresOf('ab cde').pieces)).toEqual(
      new Set([...featuresOf('ab').pieces, ...featuresOf('cde').pieces]),
    );
  });

  test('what occurs twice is one feature', () => {
    expect(featuresOf('well well well').words).toEqual(featuresOf('well well').words);
    expect(featuresOf('well, well').pieces.length).toBeGreaterThan(
      featuresOf('well').pieces.length,
    );
  });

  test('case, white space, width and the value of numbers do not matter', () => {
    const plain = featuresOf('Add 12 and 7');
    expect(featuresOf('add   345\n\tand 1')).toEqual(plain);
    expect(featuresOf('ＡＤＤ 12 and 7')).toEqual(plain);
  });

  test('a text of nothing has no features', () => {
    expect(featuresOf('')).toEqual({ words: [], pieces: [] });
    expect(featuresOf(' \n\t ')).toEqual({ words: [], pieces: [] });
  });

  test('reading depends on no text before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, other) => {
        const first = featuresOf(text);
        reader.read(other);
        expect(featuresOf(text)).toEqual(first);
      }),
    );
  });

  test('any text of any length stays within the numbers of the reader', () => {
    const small = new FeatureReader(8);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 9000 }), (text) => {
        const { numbers, wordCount, count } = small.read(text);
        expect(wordCount).toBeLessThanOrEqual(count);
        expect(count).toBeLessThanOrEqual(small.width);
        for (const number of numbers.slice(0, wordCount)) expect(number).toBeLessThan(256);
        for (const number of numbers.slice(wordCount, count)) expect(number).toBeLessThan(512);
      }),
      { numRuns: 30 },
    );
  });

  test('of a long text the beginning and the end are read', () => {
    const filler = 'and so on '.repeat(2000);
    const { words } = featuresOf(`photosynthesis ${filler} middle ${filler} mitochondria`);
    expect(words).toEqual(expect.arrayContaining(featuresOf('photosynthesis').words));
    expect(words).toEqual(expect.arrayContaining(featuresOf('mitochondria').words));
    expect(words).not.toEqual(expect.arrayContaining(featuresOf('middle').words));
  });
});

test('head and tail of a text are no longer than asked', () => {
  expect(headAndTail('abcdef', 6)).toBe('abcdef');
  expect(headAndTail('abcdefgh', 5)).toBe('ab gh');
  expect(headAndTail('x'.repeat(99_999), longestReadText).length).toBeLessThanOrEqual(
    longestReadText,
  );
});
