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
  type LeftOut,
} from '../domain/category/train-category.ts';
import { isUnavailable } from '../domain/unavailable.ts';
import { domainFigures, type DomainFigures } from '../eval/domain-figures.ts';
import { domainLine } from '../eval/read-set.ts';
import { domainCard, type DomainResult } from './domain-card.ts';
import {
  readCorpus,
  readUserRows,
  thinOut,
  type CorpusText,
  type LabelledText,
} from './domain-texts.ts';
import { readOwnSet } from './own-texts.ts';
import type { Training } from './training.ts';

const ownHead = 'heads/category.head';
const threshold = 0.5;

interface Embedded extends LabelledText {
  readonly vector: Float32Array;
}

export const trainDomain: Training = async ({ embedAll, encoder, ownSet, say }) => {
  const corpus = await readCorpus();
  const given = ownSet === '' ? [] : readUserRows(ownSet);
  const user = thinOut(given, Math.max(0, mostExamples - corpus.texts.length));
  if (user.length < given.length) say(`${user.length} of your ${given.length} rows are used`);
  const natural = await readOwnSet('eval/domain.jsonl', domainLine);
  const exam = await readOwnSet('eval/domain-exam.jsonl', domainLine);
  const vectors = await embedAll(
    [...corpus.texts, ...user, ...natural, ...exam].map(({ text }) => text),
  );
  const known = <Row extends LabelledText>(rows: readonly Row[]): (Row & Embedded)[] =>
    rows.flatMap((row) => {
      const vector = vectors.get(row.text);
      return vector === undefined ? [] : [{ ...row, vector }];
    });
  const own = known(corpus.texts);
  const rows = known(user);
  const examples = [...own, ...weigh(rows, own)];
  say(`learning from ${own.length} texts of the program and ${rows.length} of yours`);
  const { head, leftOut } = trainCategory(examples, encoder);
  const sets: readonly JudgedSet[] = [
    { set: 'own questions', rows: known(natural) },
    { set: 'own exam questions', rows: known(exam) },
    // Of what was learned from, only what was said by those who had not seen it is worth telling.
    ...(rows.length === 0 ? [] : [{ set: 'your rows', rows, said: leftOut.slice(own.length) }]),
  ];
  const before = rows.length === 0 ? undefined : await readOwnHead(encoder);
  const bytes = writeCategoryHead(head);
  return {
    fileName: 'category.head',
    head: bytes,
    card: domainCard({
      ...{ bytes, corpus, head },
      judged: sets.flatMap((set) => compare(set, head, before)),
      userRows: rows.length,
      leftOut: resultsByKind(own, leftOut),
    }),
  };
};

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
  /** Of each row, what heads said that had not seen it; the head itself is asked when left out. */
  readonly said?: readonly LeftOut[];
}

/** How the new head does, and beside it the router's own where there is one to compare with. */
function compare(
  { set, rows, said }: JudgedSet,
  head: CategoryHead,
  before: CategoryHead | undefined,
): DomainResult[] {
  const now =
    said === undefined ? resultOf(set, rows, head) : resultOfLeftOut(set, rows, said);
  if (before === undefined) return [now];
  return [
    { ...now, head: 'this one' },
    { ...resultOf(set, rows, before), head: 'the router’s' },
  ];
}

function resultOf(set: string, rows: readonly Embedded[], head: CategoryHead): DomainResult {
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

function resultOfLeftOut(
  set: string,
  rows: readonly LabelledText[],
  leftOut: readonly LeftOut[],
): DomainResult {
  const figures = (tier: keyof LeftOut): DomainFigures =>
    domainFigures(
      rows.map(({ label }, at) => ({ label, answer: leftOut[at]?.[tier] })),
      threshold,
    );
  return { set, n: rows.length, blend: figures('blend'), lexical: figures('lexical') };
}

const kinds: Readonly<Record<string, (text: CorpusText) => boolean>> = {
  'exam questions, English': ({ language, register }) => register === 'exam' && language === 'en',
  'chat, English': ({ language, register }) => register === 'chat' && language === 'en',
  'code, English': ({ language, register }) => register === 'code' && language === 'en',
  'questions in other languages': ({ language, register }) =>
    register !== 'terms' && language !== 'en',
  'bare terms': ({ register }) => register === 'terms',
};

function resultsByKind(own: readonly CorpusText[], leftOut: readonly LeftOut[]): DomainResult[] {
  return Object.entries(kinds).map(([kind, isOfIt]) => {
    const numbers = own.flatMap((text, number) => (isOfIt(text) ? [number] : []));
    const picked = numbers.flatMap((number) => leftOut[number] ?? []);
    return resultOfLeftOut(kind, numbers.flatMap((number) => own[number] ?? []), picked);
  });
}
