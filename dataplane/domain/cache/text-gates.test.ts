import { expect, test } from '@jest/globals';
import { asksAboutNow, textGate } from './text-gates.ts';

test.each([
  ['script', '如何打开防火墙'],
  ['script', 'Was heißt Привет auf Deutsch?'],
  ['code', 'What does `if (a == b) { return 1; }` do?'],
  ['code', 'Fix it:\n    print(1)'],
  ['length', 'word '.repeat(200)],
])('a prompt with another %s matches identical ones alone', (gate, text) => {
  expect(textGate(text)).toBe(gate);
});

test.each(['How do I reset my password?', 'Où se trouve la gare ?', 'What is 5 + 3?'])(
  '%s may be compared',
  (text) => {
    expect(textGate(text)).toBeUndefined();
  },
);

test.each([
  'What is the weather in Oslo?',
  'Who is the current president?',
  'What happened this week?',
  'Was gibt es heute?',
  '今天天气怎么样',
])('%s has another answer tomorrow', (text) => {
  expect(asksAboutNow(text)).toBe(true);
});

test.each(['How long is a week?', 'What is known of dinosaurs?', 'When was Rome founded?'])(
  '%s has the same answer tomorrow',
  (text) => {
    expect(asksAboutNow(text)).toBe(false);
  },
);
