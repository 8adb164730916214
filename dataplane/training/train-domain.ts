// Trains the domain classifier: on the program's own texts, and on those of a user where there are any.
// The program's own texts count at least as much, since a head that has seen one kind of text alone
// knows little of others.
import { readFile } from 'node:fs/promises';
import { modelsDataUrl } from '../adapters/models/data-files.ts';
import {
  readCategoryHead,
  writeCategoryHead,
  type CategoryHead,
} from '../domain/category/category-head.ts';
import { openCategoryHead } from '../domain/category/classify-category.ts';
import {
  mostExamples,
  trainCategory,
  type CategoryExample,
} from '../domain/category/train-category.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import { domainFigures, type DomainFigures } from '../eval/domain-figures.ts';
import { domainLine, readSet } from '../eval/read-set.ts';
import { domainCard, type DomainResult } from './domain-card.ts';
import { readCorpus, thinOut, type LabelledText } from './domain-texts.ts';
import { readOwnSet } from './own-texts.ts';
import type { Training } from './training.ts';

const ownHead = 'heads/category.head';
const threshold = 0.5;

interface Embedded extends LabelledText {
  readonly vector: Float32Array;
}

export const trainDomain: Training = async ({ embedAll, encoder, knownWords, ownSet, say }) => {
  const corpus = await readCorpus();
  const given = ownSet === '' ? [] : readSet(ownSet, domainLine);
  const user = thinOut(given, Math.max(0, mostExamples - corpus.texts.length));
  if (user.length < given.length) say(`${user.length} of your ${given.length} rows are used`);
  const natural = await readOwnSet('eval/domain.jsonl', domainLine);
  const exam = await readOwnSet('eval/domain-exam.jsonl', domainLine);
  const words = (await knownWords()).map((text) => ({ text }));
  const vectors = await embedAll(
    [...corpus.texts, ...user, ...natural, ...exam, ...words].map(({ text }) => text),
  );
  const known = <Row extends { readonly text: string }>(
    rows: readonly Row[],
  ): (Row & { readonly vector: Float32Array })[] =>
    rows.flatMap((row) => {
      const vector = vectors.get(row.text);
      return vector === undefined ? [] : [{ ...row, vector }];
    });
  const own = known(corpus.texts);
  const rows = known(user);
  const glossary = known(words);
  say(`learning from ${own.length} texts of the program and ${rows.length} of yours`);
  const learnWith = (some: readonly Embedded[]): CategoryHead =>
    trainCategory({ examples: [...own, ...weigh(some, own)], glossary, encoder });
  const head = learnWith(rows);
  const bytes = writeCategoryHead(head);
  const before = rows.length === 0 ? undefined : await readOwnHead(encoder);
  return {
    fileName: 'category.head',
    head: bytes,
    card: domainCard({
      ...{ bytes, corpus, head },
      knownWords: glossary.length,
      userRows: rows.length,
      judged: [
        ...compare({ set: 'own questions', rows: known(natural) }, head, before),
        ...compare({ set: 'own exam questions', rows: known(exam) }, head, before),
        ...judgeLikeRows(rows, learnWith, before),
      ],
    }),
  };
};

/** What the head may do on more of the user's texts: told of a fifth by a head that learned the others. */
function judgeLikeRows(
  rows: readonly Embedded[],
  learnWith: (some: readonly Embedded[]) => CategoryHead,
  before: CategoryHead | undefined,
): DomainResult[] {
  if (rows.length === 0) return [];
  const isHeld = (_: Embedded, number: number): boolean => number % 5 === 0;
  const head = learnWith(rows.filter((row, number) => !isHeld(row, number)));
  return compare({ set: 'your rows, a fifth held out', rows: rows.filter(isHeld) }, head, before);
}

/** All rows together weigh at most as much as the program's own texts. */
function weigh(
  rows: readonly Embedded[],
  own: readonly { readonly weight: number }[],
): CategoryExample[] {
  const total = own.reduce((sum, { weight }) => sum + weight, 0);
  const weight = Math.min(1, total / Math.max(1, rows.length));
  return rows.map((row) => ({ ...row, weight }));
}

/** The head that the router has by itself, where it understands the same vectors. */
async function readOwnHead(encoder: string): Promise<CategoryHead | undefined> {
  const bytes = await readFile(modelsDataUrl(ownHead)).catch(() => new Uint8Array());
  const read = readCategoryHead(bytes);
  return read.ok && read.head.encoder === encoder ? read.head : undefined;
}

interface JudgedSet {
  readonly set: string;
  readonly rows: readonly Embedded[];
}

/** How the new head does, and beside it the router's own where there is one to compare with. */
function compare(
  judged: JudgedSet,
  head: CategoryHead,
  before: CategoryHead | undefined,
): DomainResult[] {
  const now = resultOf(judged, head);
  if (before === undefined) return [now];
  return [
    { ...now, head: 'this one' },
    { ...resultOf(judged, before), head: 'the router’s' },
  ];
}

function resultOf({ rows, set }: JudgedSet, head: CategoryHead): DomainResult {
  const classify = openCategoryHead(head);
  const figures = (withVector: boolean): DomainFigures =>
    domainFigures(
      rows.map(({ label, text, vector }) => {
        const answer = classify(text, withVector ? vector : undefined);
        return { label, answer: isUnavailable(answer) ? undefined : answer };
      }),
      threshold,
    );
  return { set, n: rows.length, blend: figures(true), lexical: figures(false) };
}
