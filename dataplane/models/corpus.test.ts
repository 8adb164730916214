import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';

// The texts are written by hand, so what a hand gets wrong is checked here: a text twice, a label misspelt,
// a category neglected, and above all a question of an evaluation set that the classifier has learnt.

interface CorpusText {
  readonly text: string;
  readonly register: string;
  readonly language: string;
}
interface LabelledText {
  readonly text: string;
  readonly label: string;
}
interface Comparable {
  readonly text: string;
  readonly words: ReadonlySet<string>;
}

const categories = [
  'biology',
  'business',
  'chemistry',
  'computer science',
  'economics',
  'engineering',
  'health',
  'history',
  'law',
  'math',
  'other',
  'philosophy',
  'physics',
  'psychology',
];
const corpusFolder = new URL('corpus/category/', import.meta.url);
const evaluationFolder = new URL('eval/', import.meta.url);
const evaluationSets = ['domain.jsonl', 'domain-exam.jsonl'];
const longestText = 1_500;

function readLines(file: URL): readonly unknown[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line): unknown => JSON.parse(line));
}

const fileOf = (category: string): string => `${category.replace(' ', '-')}.jsonl`;

const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const normalised = (text: string): string => wordsOf(text).join(' ') || text;

const comparable = (text: string): Comparable => ({ text, words: new Set(wordsOf(text)) });

/** The share of words that two texts have in common, of all that either has: 0..1. */
function overlap(a: Comparable, b: Comparable): number {
  let common = 0;
  for (const word of a.words) if (b.words.has(word)) common += 1;
  return common / (a.words.size + b.words.size - common || 1);
}

/** Pairs of texts, one of each list, whose overlap is above the limit; of one list with itself each pair once. */
function pairsAbove(
  limit: number,
  left: readonly Comparable[],
  right: readonly Comparable[],
): readonly string[] {
  const found: string[] = [];
  for (const [index, a] of left.entries()) {
    for (const b of left === right ? right.slice(index + 1) : right) {
      const [small, large] = [a.words.size, b.words.size].sort((x, y) => x - y);
      // The overlap cannot exceed the ratio of the sizes: most pairs need no look at their words.
      if ((small ?? 0) > limit * (large ?? 0) && overlap(a, b) > limit)
        found.push(`${a.text} ~ ${b.text}`);
    }
  }
  return found;
}

const corpus = new Map<string, readonly CorpusText[]>();
const evaluation = new Map<string, readonly LabelledText[]>();
let exemplars: readonly Comparable[] = [];

beforeAll(() => {
  for (const category of categories)
    corpus.set(
      category,
      readLines(new URL(fileOf(category), corpusFolder)) as readonly CorpusText[],
    );
  for (const name of evaluationSets)
    evaluation.set(name, readLines(new URL(name, evaluationFolder)) as readonly LabelledText[]);
  exemplars = [...corpus.values()]
    .flat()
    .filter((row) => row.register !== 'terms')
    .map((row) => comparable(row.text));
});

describe('the texts that train the domain classifier', () => {
  test('are one file for each category and no other', () => {
    expect(readdirSync(corpusFolder).sort()).toEqual(categories.map(fileOf).sort());
  });

  test.each(categories)('of %s are well formed', (category) => {
    const broken = (corpus.get(category) ?? []).filter(
      (row) =>
        Object.keys(row).join() !== 'text,register,language' ||
        row.text !== row.text.trim() ||
        row.text === '' ||
        row.text.length > longestText ||
        !['exam', 'chat', 'code', 'terms'].includes(row.register) ||
        !['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'].includes(row.language),
    );
    expect(broken).toEqual([]);
  });

  test.each(categories)('of %s are many enough, in each register and language', (category) => {
    const rows = corpus.get(category) ?? [];
    const count = (register: string): number =>
      rows.filter((row) => row.register === register).length;
    const foreign = rows.filter((row) => row.register !== 'terms' && row.language !== 'en').length;
    expect(count('exam')).toBeGreaterThanOrEqual(55);
    expect(count('chat')).toBeGreaterThanOrEqual(35);
    expect(count('terms')).toBeGreaterThanOrEqual(50);
    expect(foreign).toBeGreaterThanOrEqual(25);
  });

  test('hold no text twice, also not in two categories', () => {
    const keys = [...corpus.values()].flat().map((row) => normalised(row.text));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('hold no two texts that are nearly the same', () => {
    expect(pairsAbove(0.8, exemplars, exemplars)).toEqual([]);
  });
});

describe.each(evaluationSets)('the evaluation set %s', (name) => {
  const rowsOf = (): readonly LabelledText[] => evaluation.get(name) ?? [];

  test('has ten texts or more of every category and no other label', () => {
    const counts = Object.groupBy(rowsOf(), (row) => row.label);
    expect(Object.keys(counts).sort()).toEqual(categories);
    expect(Object.values(counts).filter((rows) => (rows?.length ?? 0) < 10)).toEqual([]);
  });

  test('holds no text of the training corpus', () => {
    const known = new Set([...corpus.values()].flat().map((row) => normalised(row.text)));
    expect(rowsOf().filter((row) => known.has(normalised(row.text)))).toEqual([]);
  });

  test('holds no text that shares more than half of its words with one of the training corpus', () => {
    const asked = rowsOf().map((row) => comparable(row.text));
    expect(pairsAbove(0.5, asked, exemplars)).toEqual([]);
  });
});

test('the evaluation sets have no text in common', () => {
  const rows = [...evaluation.values()].flat().map((row) => comparable(row.text));
  expect(pairsAbove(0.5, rows, rows)).toEqual([]);
});
