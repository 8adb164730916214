import { expect, test } from '@jest/globals';
import * as prettier from 'prettier';
import type { CategoryHead } from '../domain/category/category-head.ts';
import { domainFigures } from '../eval/domain-figures.ts';
import { domainCard, type DomainCard } from './domain-card.ts';

const nothing = {
  outputs: 2,
  weights: new Int8Array(),
  scales: new Float32Array(),
  bias: new Float32Array(),
};
const head: CategoryHead = {
  ...{ labels: ['law', 'math'], encoder: 'tiny@1', dimensions: 0, bits: 8 },
  rarities: new Uint8Array(),
  words: nothing,
  meaning: { linear: nothing, rank: 0, axes: new Int8Array(), strengths: new Float32Array() },
  sharpness: { blend: { words: 4.125, meaning: 7 }, lexical: { words: 10 } },
};
const figures = domainFigures(
  [{ label: 'law', answer: { category: 'law', confidence: 0.6 } }],
  0.5,
);
const result = { set: 'some questions', n: 1, blend: figures, lexical: domainFigures([], 0.5) };
const card: DomainCard = {
  ...{ head, bytes: Uint8Array.of(1, 2, 3), knownWords: 3, userRows: 0 },
  corpus: { texts: [], digest: 'd1gest' },
  judged: [result],
};

test('a card is Markdown as the project formats it', async () => {
  for (const judged of [[result], [{ ...result, head: 'this one' }]]) {
    const text = domainCard({ ...card, judged });
    expect(await prettier.format(text, { parser: 'markdown' })).toBe(text);
  }
});

test('it tells what the head is bound to, and how it does with a model and without', () => {
  const text = domainCard(card);
  expect(text).toContain('`tiny@1`');
  expect(text).toContain('SHA-256 of labels and texts `d1gest`');
  expect(text).toMatch(/\| some questions \| 1 +\| with +\| 100\.0 % /);
  expect(text).toMatch(/\| some questions \| 1 +\| without +\| 0\.0 % /);
});

test('heads that are compared are named, and rows of a user are counted', () => {
  const text = domainCard({
    ...card,
    userRows: 12,
    judged: [
      { ...result, head: 'this one' },
      { ...result, head: 'the other' },
    ],
  });
  expect(text).toContain('and 12 rows of a set');
  expect(text).toMatch(/\| set +\| head +\|/);
  expect(text).toMatch(/\| some questions \| the other \|/);
});
