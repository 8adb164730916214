import { describe, expect, test } from '@jest/globals';
import type { Examination, ExaminedText } from './examine.ts';
import type { JailbreakFamily } from './families.ts';
import { scoreOf, type JailbreakHead } from './head.ts';
import { scoreExamination, type OpenedHead } from './score.ts';

const none = {
  outputs: 1,
  weights: Int8Array.of(0),
  scales: Float32Array.of(1),
  bias: Float32Array.of(0),
};
const head: JailbreakHead = {
  encoder: 'test@1',
  dimensions: 1,
  bits: 8,
  rarities: new Uint8Array(512),
  words: none,
  vectors: none,
  sureAt: { blend: 1, lexical: 2 },
};
/** The log odds of a vector are its one number. */
const opened: OpenedHead = {
  head,
  reader: { wordOdds: () => 0, vectorOdds: (vector) => vector[0] ?? 0 },
};

interface Case {
  readonly source?: 'user' | 'tool';
  readonly families?: readonly JailbreakFamily[];
  readonly hidesText?: boolean;
  readonly isForeign?: boolean;
  readonly wordOdds?: number;
}

const textOf = ({
  source = 'user',
  families = [],
  hidesText = false,
  isForeign = false,
  wordOdds = -9,
}: Case): ExaminedText => ({
  source,
  families: new Set(families),
  hidesText,
  isForeign,
  windows: [{ wordOdds, embedded: undefined }],
});

const scoreOfCase = (one: Case): number =>
  scoreExamination(opened, { texts: [textOf(one)], toEmbed: [] }, []).score;

/** Log odds of words that alone have this score. */
const oddsFor = (score: number): number => Math.log(score / (1 - score)) - Math.log(0.7 / 0.3) + 2;

describe('what was learned', () => {
  const asked: Examination = {
    texts: [{ ...textOf({}), windows: [{ wordOdds: 2, embedded: 0 }] }],
    toEmbed: ['a text'],
  };

  test('is the mean of words and vector, which is 0.7 where the head says so', () => {
    const finding = scoreExamination(opened, asked, [Float32Array.of(0)]);
    expect(finding).toEqual({ score: expect.closeTo(0.7), families: [], tier: 'blend' });
  });

  test.each([
    ['is missing', undefined],
    ['is of another model', Float32Array.of(0, 0)],
  ])('is that of words where the vector %s, by their own measure', (_, vector) => {
    const finding = scoreExamination(opened, asked, [vector]);
    expect(finding).toEqual({ score: expect.closeTo(0.7), families: [], tier: 'lexical' });
  });

  test('is that of the worst window, however many harmless ones there are', () => {
    const harmless = Array.from({ length: 50 }, () => textOf({}));
    const { score } = scoreExamination(
      opened,
      { texts: [...harmless, textOf({ wordOdds: oddsFor(0.9) }), ...harmless], toEmbed: [] },
      [],
    );
    expect(score).toBeCloseTo(0.9);
  });

  test('grows with the odds, and stays between 0 and 1', () => {
    const scores = [-1e9, -5, 0, 5, 1e9].map((odds) => scoreOf(odds, 1));
    expect(scores).toEqual(scores.toSorted((left, right) => left - right));
    expect(scores[0]).toBe(0);
    expect(scores[4]).toBe(1);
  });
});

describe('rules', () => {
  const two: readonly JailbreakFamily[] = ['never_refuse', 'no_restrictions'];

  test.each<[string, Case, number]>([
    ['two families, with a little support', { families: two, wordOdds: oddsFor(0.25) }, 0.9],
    ['two families, with hardly any', { families: two, wordOdds: oddsFor(0.06) }, 0.75],
    ['one family, with support', { families: ['coercion'], wordOdds: oddsFor(0.55) }, 0.75],
    [
      'a narrow one, with a little',
      { families: ['override_instructions'], wordOdds: oddsFor(0.2) },
      0.75,
    ],
    [
      'two families in letters that were hardly learned',
      { families: two, isForeign: true, wordOdds: oddsFor(0.01) },
      0.9,
    ],
    ['text that nobody sees', { families: ['hidden_text'], hidesText: true }, 0.8],
    ['an order in what a tool brought', { families: ['tool_instructions'], source: 'tool' }, 0.8],
  ])('raise the score: %s', (_, one, score) => {
    expect(scoreOfCase(one)).toBeCloseTo(score);
  });

  test.each<[string, Case, number]>([
    ['two families, clearly against', { families: two, wordOdds: oddsFor(0.01) }, 0.01],
    ['one family, without support', { families: ['coercion'], wordOdds: oddsFor(0.3) }, 0.3],
    [
      'a story that a tool brought',
      { families: ['fiction_frame'], source: 'tool', wordOdds: oddsFor(0.1) },
      0.1,
    ],
  ])('leave it as it was learned: %s', (_, one, score) => {
    expect(scoreOfCase(one)).toBeCloseTo(score);
  });

  test('never lower it', () => {
    expect(scoreOfCase({ families: two, wordOdds: oddsFor(0.99) })).toBeCloseTo(0.99);
  });

  test('of all texts are named, in the order of the list', () => {
    const texts = [textOf({ families: ['coercion'] }), textOf({ families: ['two_answers'] })];
    expect(scoreExamination(opened, { texts, toEmbed: [] }, []).families).toEqual([
      'two_answers',
      'coercion',
    ]);
  });
});
