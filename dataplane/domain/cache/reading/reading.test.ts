import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expanded, plainText } from './plain-text.ts';
import { readQuestion } from './question.ts';
import { readPrompt } from './read-prompt.ts';
import { stem } from './stem.ts';
import { tokensOf } from './tokens.ts';

test.each([
  ['make', 'making'],
  ['hope', 'hoping'],
  ['hop', 'hopping'],
  ['call', 'called'],
  ['carry', 'carries'],
  ['box', 'boxes'],
  ['child', 'children'],
  ['write', 'wrote'],
  ['quick', 'quickly'],
  ['easy', 'easily'],
  ['create', 'created'],
])('%s and %s are forms of one word', (base, form) => {
  expect(stem(form)).toBe(stem(base));
});

test.each([
  ['hope', 'hop'],
  ['plane', 'plan'],
  ['train', 'training'],
  ['market', 'marketing'],
  ['employer', 'employee'],
  ['late', 'lately'],
  ['new', 'news'],
  ['use', 'used'],
  ['planet', 'plane'],
])('%s and %s are two words', (one, other) => {
  expect(stem(one)).not.toBe(stem(other));
});

test('typographic forms and contractions are undone', () => {
  expect(expanded(plainText('I can’t  — “really” — what’s it?'))).toBe(
    'I can not - "really" - what is it?',
  );
});

test.each([
  ['How many legs has a spider?', 'how many'],
  ['Hello, could you please tell me how I reset it?', 'how'],
  ['What is the best way to learn it?', 'how'],
  ['How come it rains?', 'why'],
  ['What is the reason for the delay?', 'why'],
  ['In which year was it built?', 'when'],
  ['What time does it open?', 'when time'],
  ['Is it possible to swim there?', 'whether can'],
  ['Should I eat it?', 'whether should'],
  ['Does it rain?', 'whether fact'],
  ['Explain gravity', 'what'],
  ['Give me a joke', 'give'],
  ['cheap hotels paris', 'bare'],
  ['My screen flickers, how can I fix it', 'how'],
])('%s asks %s', (text, kind) => {
  expect(readQuestion(text).kind).toBe(kind);
});

test('numbers are one whatever they are written in', () => {
  const numbers = (text: string): string[] =>
    tokensOf(text, true).flatMap(({ kind, text: value }) => (kind === 'number' ? [value] : []));
  expect(numbers('twenty-five apples')).toEqual(['25']);
  expect(numbers('2 million people')).toEqual(['2000000']);
  expect(numbers('1,000.50 and 1000.5')).toEqual(['1000.5', '1000.5']);
  expect(numbers('the third and the 3rd and III')).toEqual(['3', '3', '3']);
  expect(numbers('World War II')).toEqual(['2']);
  expect(numbers('five km in 30 seconds, which one per second?')).toEqual(['5', '30']);
});

describe('what a prompt says', () => {
  const keys = (text: string): string[] => readPrompt(text).terms.map(({ key }) => key);

  test('verbs with their particle apart', () => {
    expect(keys('How do I turn the light off?')).toEqual(keys('How do I turn off the light?'));
    expect(keys('How do I turn the light on?')).not.toEqual(keys('How do I turn off the light?'));
  });

  test('units and numbers stand in their order', () => {
    expect(keys('Convert 5km to miles')).toEqual(['convert', '#5', '~km', '~mile']);
  });

  test('the letter behind a word is one, the article before it is none', () => {
    expect(keys('What is vitamin A?')).toEqual(['vitamin', 'a']);
    expect(keys('What is a vitamin?')).toEqual(['vitamin']);
  });

  test('quoted text counts to the letter', () => {
    expect(keys('What does "to be" stand for?')).toContain('"to be"');
  });

  test('what stands behind a preposition knows it', () => {
    const { terms } = readPrompt('How do I fly from Rome to Oslo?');
    expect(terms.map(({ role }) => role)).toEqual(['', 'from', 'to']);
  });
});

test('whatever text comes, it is read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      expect(readPrompt(text)).toEqual(readPrompt(text));
    }),
  );
});
