import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { canonicalForm } from '../canonical-form.ts';
import { readPrompt } from '../reading/read-prompt.ts';
import { findDifference } from './verify.ts';

type Pair = readonly [string, string];

interface Row {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}

function read(file: string): readonly Row[] {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

const pairs = read('pairs.jsonl');
const pairsThat = (same: boolean): Pair[] =>
  pairs.flatMap((row) => (row.same === same ? [[row.a, row.b] as const] : []));

function difference([one, other]: Pair): string | undefined {
  return findDifference(readPrompt(one), readPrompt(other), 'strict');
}

describe('questions whose words hardly differ and whose answers do', () => {
  test.each(pairsThat(false))('%s / %s', (one, other) => {
    expect(difference([one, other])).toBeDefined();
    expect(difference([other, one])).toBeDefined();
    const form = canonicalForm(readPrompt(one));
    if (form !== undefined) expect(canonicalForm(readPrompt(other))).not.toBe(form);
  });
});

describe('questions that ask for the same in other small words', () => {
  test.each(pairsThat(true))('%s / %s', (one, other) => {
    expect(difference([one, other])).toBeUndefined();
    expect(difference([other, one])).toBeUndefined();
  });
});

test.each([
  ['question', 'Why do cats purr?', 'When do cats purr?'],
  ['numbers', 'What is 15% of 80?', 'What is 15% of 90?'],
  ['units', 'How tall is it in meters?', 'How tall is it in feet?'],
  ['negation', 'Why does my phone charge?', "Why doesn't my phone charge?"],
  ['particles', 'What should I eat before a race?', 'What should I eat after a race?'],
  ['owners', 'How do I change my name?', 'How do I change his name?'],
  ['persons', 'Who do I call?', 'Who calls me?'],
  ['tense', 'Who is the king of Spain?', 'Who was the king of Spain?'],
  ['signs', 'What is 5 + 3?', 'What is 5 * 3?'],
  ['opposites', 'How do I lock a row?', 'How do I unlock a row?'],
  ['names', 'How do I get to Austria?', 'How do I get to Australia?'],
  ['words', 'how do i get to austria', 'how do i get to australia'],
  ['order', 'How do I fly from Rome to Oslo?', 'How do I fly from Oslo to Rome?'],
])('a difference in %s is called so', (name, one, other) => {
  expect(difference([one, other])).toBe(name);
});

test('the balanced verifier takes more rewording, and no reversal', () => {
  const balanced = (one: string, other: string): string | undefined =>
    findDifference(readPrompt(one), readPrompt(other), 'balanced');
  expect(
    balanced(
      'What are good things to eat before a marathon?',
      'What should I eat before a marathon?',
    ),
  ).toBeUndefined();
  expect(balanced('How do I enable ads?', 'How do I disable ads?')).toBe('opposites');
  expect(balanced('Can cats eat onions?', 'Can dogs eat onions?')).toBe('words');
});

test('of the set that comes with the project no false pair passes, and two of five true ones do', () => {
  const rows = read('../../../models/eval/cache.jsonl');
  const passed = rows.filter(({ a, b }) => difference([a, b]) === undefined);
  expect(passed.filter(({ same }) => !same)).toEqual([]);
  expect(passed.length / rows.filter(({ same }) => same).length).toBeGreaterThanOrEqual(0.4);
});

test('that set is none that the rules were made by', () => {
  const known = new Set(pairs.map(({ a, b }) => `${a}|${b}`));
  const measured = read('../../../models/eval/cache.jsonl');
  expect(measured.filter(({ a, b }) => known.has(`${a}|${b}`))).toEqual([]);
});
