import { describe, expect, test } from '@jest/globals';
import { complexityLevels } from '../../../config/schema/signals.ts';
import { complexitySignal, wordingDifficulty, type Difficulty } from './complexity.ts';

const levelOf = (difficulty: Difficulty): string | undefined =>
  complexityLevels.find((level) => complexitySignal(level, difficulty).value === 'true');

test.each([
  [0.3, 'hard'],
  [0.11, 'hard'],
  [0.1, 'medium'],
  [0, 'medium'],
  [-0.1, 'medium'],
  [-0.11, 'easy'],
])('a margin of %s is %s, at a threshold of 0.1, and nothing else', (margin, level) => {
  const difficulty = { margin, threshold: 0.1 };
  expect(levelOf(difficulty)).toBe(level);
  const values = complexityLevels.map((each) => complexitySignal(each, difficulty).value);
  expect(values.filter((value) => value === 'true')).toHaveLength(1);
});

test('confidence rises with the distance from the middle', () => {
  const confidenceAt = (margin: number): number =>
    complexitySignal('hard', { margin, threshold: 0.1 }).confidence;
  expect(confidenceAt(0.2)).toBeCloseTo(0.7);
  expect(confidenceAt(0.4)).toBeCloseTo(0.9);
  expect(confidenceAt(0.9)).toBe(1);
});

describe('by wording', () => {
  test.each([
    'hi',
    'What is the capital of France?',
    'Translate "good morning" into Spanish.',
    'Summarize this in one sentence: the meeting is moved to Friday.',
    'thanks!',
    'Define photosynthesis.',
  ])('easy: %s', (text) => {
    expect(levelOf(wordingDifficulty(text))).toBe('easy');
  });

  test.each([
    'Prove that the sum of the first n odd numbers is n², step by step, and justify each of the steps.',
    'Design a distributed rate limiter: it must survive the loss of a node, at most 1 % of requests may be counted twice. Compare the trade-offs of two architectures.',
    'Here is my code:\n```go\nfunc main() {}\n```\nFind the root cause of the deadlock, refactor it without using a mutex and analyse the complexity of the algorithm.',
    'Derive the closed form of ∑ k² and evaluate the limit \\lim of the ratio. Assume n is even. What changes if it is odd? Why?',
  ])('hard: %s', (text) => {
    expect(levelOf(wordingDifficulty(text))).toBe('hard');
  });

  test.each([
    'Write an email to my landlord about the broken heating and ask when it will be repaired, please.',
    'What should I cook tonight with rice, tomatoes and two eggs that are left in my fridge?',
  ])('medium: %s', (text) => {
    expect(levelOf(wordingDifficulty(text))).toBe('medium');
  });

  test('says how it was told', () => {
    expect(complexitySignal('easy', wordingDifficulty('hi')).note).toContain('without a model');
  });

  test.each([
    ' '.repeat(200_000),
    '\n'.repeat(200_000),
    '```'.repeat(60_000),
    '?1.'.repeat(60_000),
  ])('whatever the text, the margin is between -1 and 1', (text) => {
    expect(Math.abs(wordingDifficulty(text).margin)).toBeLessThanOrEqual(1);
  });
});
