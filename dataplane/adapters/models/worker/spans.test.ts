import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { TaggedSpan } from '../../../ports.ts';
import type { Encoded } from '../tokenizer/tokenizer.ts';
import { emptyScores, readSpans, readTagSet, scoreToken } from './spans.ts';

const tags = readTagSet(['O', 'B-NAME', 'I-NAME', 'B-CITY', 'I-CITY']);

/** Probabilities of O, B-NAME, I-NAME, B-CITY and I-CITY. */
const outside = [1, 0, 0, 0, 0];
const beginName = [0.1, 0.8, 0.1, 0, 0];
const inName = [0.1, 0.1, 0.8, 0, 0];
const beginCity = [0, 0, 0, 0.9, 0.1];

type Piece = readonly [piece: string, probabilities: readonly number[]];

/** Spans of pieces that stand one after the other, as they come. */
function tag(pieces: readonly Piece[]): readonly (readonly [string, string, number])[] {
  const text = pieces.map(([piece]) => piece).join('');
  return spansOf(text, pieces).map(({ label, start, end, score }) => [
    label,
    text.slice(start, end),
    Math.round(score * 100) / 100,
  ]);
}

function spansOf(text: string, pieces: readonly Piece[]): readonly TaggedSpan[] {
  const tokens: { start: number; end: number; probabilities: readonly number[] }[] = [];
  let at = 0;
  for (const [piece, probabilities] of pieces) {
    if (piece.trim() !== '') tokens.push({ start: at, end: at + piece.length, probabilities });
    at += piece.length;
  }
  const encoded: Encoded = {
    ids: Int32Array.from(tokens, () => 1),
    starts: Int32Array.from(tokens, ({ start }) => start),
    ends: Int32Array.from(tokens, ({ end }) => end),
  };
  const scores = emptyScores(tokens.length, tags);
  for (const [token, { probabilities }] of tokens.entries()) {
    scoreToken(scores, token, Float32Array.from(probabilities), tags);
  }
  return readSpans(text, encoded, scores, tags);
}

const blank: Piece = [' ', outside];

test('labels are read with and without their positions', () => {
  expect(readTagSet(['O', 'B-PER', 'I-PER', 'S-LOC', 'U-ORG', 'EMAIL', 'NO_PII'])).toEqual({
    types: ['PER', 'LOC', 'ORG', 'EMAIL'],
    typeOf: [-1, 0, 0, 1, 2, 3, -1],
    begins: [false, true, false, true, true, false, false],
  });
});

test('a word is judged by the mean over its tokens, and is found whole or not at all', () => {
  expect(
    tag([
      ['Sa', beginName],
      ['ra', outside],
      ['h', inName],
    ]),
  ).toEqual([['NAME', 'Sarah', 0.6]]);
  expect(
    tag([
      ['di', beginName],
      ['ct', outside],
      ['ion', outside],
    ]),
  ).toEqual([]);
});

test('a word that begins and one that goes on are one span', () => {
  expect(tag([['Ada', beginName], blank, ['Lovelace', inName]])).toEqual([
    ['NAME', 'Ada Lovelace', 0.9],
  ]);
});

test('two words that both begin are two spans', () => {
  expect(tag([['Ada', beginName], blank, ['Grace', beginName]])).toEqual([
    ['NAME', 'Ada', 0.9],
    ['NAME', 'Grace', 0.9],
  ]);
});

test('a word in between ends a span', () => {
  expect(tag([['Ada', beginName], [',', outside], blank, ['Grace', inName]])).toEqual([
    ['NAME', 'Ada', 0.9],
    ['NAME', 'Grace', 0.9],
  ]);
});

test('a word that only goes on begins a span where there is none', () => {
  expect(tag([['to', outside], blank, ['Grace', inName]])).toEqual([['NAME', 'Grace', 0.9]]);
});

test('a name of another type is another span', () => {
  expect(tag([['Ada', beginName], blank, ['Paris', beginCity]])).toEqual([
    ['NAME', 'Ada', 0.9],
    ['CITY', 'Paris', 1],
  ]);
});

test('what an apostrophe or a hyphen joins is one word', () => {
  expect(
    tag([
      ['O', outside],
      ['’', beginName],
      ['Neil', inName],
      ['-', inName],
      ['Ba', inName],
    ]),
  ).toEqual([['NAME', 'O’Neil-Ba', 0.72]]);
});

test('parts without a blank between them are joined, however each begins', () => {
  expect(
    tag([
      ['ada', beginName],
      ['@', beginName],
      ['x', beginName],
      ['.', beginName],
      ['org', beginName],
    ]),
  ).toEqual([['NAME', 'ada@x.org', 0.9]]);
});

test('a sentence mark at the end is not part of what was found, nor are marks alone', () => {
  expect(
    tag([
      ['Ada', beginName],
      ['.', inName],
    ]),
  ).toEqual([['NAME', 'Ada', 0.9]]);
  expect(tag([['...', beginName]])).toEqual([]);
});

test('Chinese characters are words, and may make a span', () => {
  expect(
    tag([
      ['王', beginName],
      ['伟', inName],
      ['在', outside],
    ]),
  ).toEqual([['NAME', '王伟', 0.9]]);
});

test('a token may cover a blank before its word, as some tokenizers have it', () => {
  const text = 'to Ada now';
  const encoded: Encoded = {
    ids: Int32Array.of(1, 2, 3),
    starts: Int32Array.of(0, 2, 6),
    ends: Int32Array.of(2, 6, 10),
  };
  const scores = emptyScores(3, tags);
  scoreToken(scores, 1, Float32Array.from(beginName), tags);
  expect(readSpans(text, encoded, scores, tags)).toMatchObject([{ start: 3, end: 6 }]);
});

test('spans lie in the text, in order, apart from each other, on whole words', () => {
  const piece = fc.tuple(
    fc.constantFrom('Ada', 'lo', 've', ' ', '.', "'", '-', '😀', '王', 'é', '\u200b'),
    fc.constantFrom(outside, beginName, inName, beginCity),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const text = pieces.map(([part]) => part).join('');
      let before = 0;
      for (const { start, end, score } of spansOf(text, pieces)) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThan(start);
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        for (const edge of [start, end]) {
          const isInsideWord =
            /[\p{L}\p{N}]$/u.test(text.slice(0, edge)) && /^[\p{L}\p{N}]/u.test(text.slice(edge));
          expect(isInsideWord && !text.includes('王')).toBe(false);
        }
        before = end;
      }
    }),
  );
});
