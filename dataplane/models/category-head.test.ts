// The head of the domain classifier that comes with the router: that it belongs to the texts beside it, and
// what it can do without an embedding model. What it can do with one is tried where the models are.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { domainLabels } from '../../config/domain-labels.ts';
import { readCategoryHead, type CategoryHead } from '../domain/category/category-head.ts';
import { openCategoryHead, type ClassifyCategory } from '../domain/category/classify-category.ts';
import type { CategoryAnswer } from '../domain/findings.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import { domainFigures } from '../eval/domain-figures.ts';
import { domainLine, readSet } from '../eval/read-set.ts';
import { readCorpus } from '../training/domain-texts.ts';

const bytes = readFileSync(new URL('heads/category.head', import.meta.url));
const card = readFileSync(new URL('heads/category.md', import.meta.url), 'utf8');

let head: CategoryHead;
let classify: ClassifyCategory;

beforeAll(() => {
  const read = readCategoryHead(bytes);
  if (!read.ok) throw new Error(read.problem);
  head = read.head;
  classify = openCategoryHead(head);
});

function answerTo(text: string): CategoryAnswer {
  const answer = classify(text, undefined);
  if (isUnavailable(answer)) throw new Error(answer.unavailable);
  return answer;
}

describe('the head that comes with the router', () => {
  test('knows the labels that configurations may name', () => {
    expect(head.labels).toEqual([...domainLabels]);
  });

  test('was trained on the texts as they are now, and its card is of it', async () => {
    // `npm run train -- --task domain --out dataplane/models/heads` makes it anew.
    expect(card).toContain((await readCorpus()).digest);
    expect(card).toContain(createHash('sha256').update(bytes).digest('hex'));
    expect(card).toContain(head.encoder);
  });
});

describe('without an embedding model', () => {
  test.each([
    ['domain.jsonl', 0.78],
    ['domain-exam.jsonl', 0.73],
  ])('of %s at least %d are right, and most where it is sure', (name, least) => {
    const set = readSet(readFileSync(new URL(`eval/${name}`, import.meta.url), 'utf8'), domainLine);
    const outcomes = set.map(({ label, text }) => ({ label, answer: answerTo(text) }));
    const figures = domainFigures(outcomes, 0.5);
    expect(figures.accuracy).toBeGreaterThanOrEqual(least);
    expect(figures.accuracy_at_threshold).toBeGreaterThanOrEqual(0.88);
    expect(figures.coverage).toBeGreaterThanOrEqual(0.6);
  });

  test.each([
    'hi',
    'Hello there!',
    'thanks a lot',
    'ok',
    'good morning',
    'bye',
    'lol',
    'yes please',
  ])('the small talk %j is of no subject, or hardly', (text) => {
    const { category, confidence } = answerTo(text);
    expect(category === 'other' || confidence < 0.5).toBe(true);
  });

  test('a program is computer science', () => {
    const text =
      'def total(xs):\n    return sum(x for x in xs if x)\n\nwhy does this raise a TypeError?';
    expect(answerTo(text).category).toBe('computer science');
  });
});
