import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { PiiType } from '../../../config/pii-types.ts';
import { isPiiType } from '../../../config/pii-types.ts';
import { recognisePii } from './recognise.ts';

interface Line {
  readonly text: string;
  readonly spans: readonly {
    readonly type: string;
    readonly start: number;
    readonly end: number;
  }[];
}

const set = new URL('../../models/eval/pii.jsonl', import.meta.url);
const lines = readFileSync(set, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

test('the set is well formed: known types, spans in order and apart, no text twice', () => {
  expect(new Set(lines.map(({ text }) => text)).size).toBe(lines.length);
  expect(lines.length).toBeGreaterThanOrEqual(250);
  for (const { spans, text } of lines) {
    let last = 0;
    for (const { end, start, type } of spans) {
      expect(isPiiType(type)).toBe(true);
      expect(start).toBeGreaterThanOrEqual(last);
      expect(text.slice(start, end)).toMatch(/^\S(?:.*\S)?$/s);
      last = end;
    }
  }
});

/** Exactly the labelled stretches, under their types. */
function figuresOf(type: PiiType): { n: number; recall: number; precision: number } {
  let n = 0;
  let right = 0;
  let count = 0;
  for (const { spans, text } of lines) {
    const labelled = spans.filter((span) => span.type === type);
    const found = recognisePii(text).filter((span) => span.type === type && span.score >= 0.7);
    n += labelled.length;
    count += found.length;
    right += found.filter(({ end, start }) =>
      labelled.some((span) => span.start === start && span.end === end),
    ).length;
  }
  return { n, recall: right / n, precision: right / count };
}

test.each(['EMAIL_ADDRESS', 'CREDIT_CARD', 'IBAN_CODE', 'US_SSN', 'IP_ADDRESS'] as const)(
  '%s is found by form alone, and nothing else under its name',
  (type) => {
    const { n, precision, recall } = figuresOf(type);
    expect(n).toBeGreaterThanOrEqual(15);
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect(precision).toBeGreaterThanOrEqual(0.97);
  },
);

test.each([
  'PHONE_NUMBER',
  'STREET_ADDRESS',
  'ZIP_CODE',
  'US_DRIVER_LICENSE',
  'DOMAIN_NAME',
] as const)('%s is found by form alone where the form or the text says so', (type) => {
  const { precision, recall } = figuresOf(type);
  expect(recall).toBeGreaterThanOrEqual(0.85);
  expect(precision).toBeGreaterThanOrEqual(0.85);
});

test('prompts without personal data hold none', () => {
  const clean = lines.filter(({ spans }) => spans.length === 0);
  expect(clean.length).toBeGreaterThanOrEqual(80);
  const found = clean.filter(({ text }) => recognisePii(text).some(({ score }) => score >= 0.7));
  expect(found.map(({ text }) => text)).toEqual([]);
});
