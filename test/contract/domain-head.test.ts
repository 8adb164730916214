// The head of the domain classifier with the real embedding model: what it can do. Without the models this fails, by intention: run `npm run models`.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { openModels, type OpenModels } from '../../dataplane/adapters/models/open-models.ts';
import {
  readCategoryHead,
  type CategoryHead,
} from '../../dataplane/domain/category/category-head.ts';
import { openCategoryHead } from '../../dataplane/domain/category/classify-category.ts';
import { isUnavailable } from '../../dataplane/domain/unavailable.ts';
import { domainFigures, type DomainOutcome } from '../../dataplane/eval/domain-figures.ts';
import { domainLine, readSet } from '../../dataplane/eval/read-set.ts';
import { modelsFolder } from '../../dataplane/local/tools/models/ensure-models.ts';
import type { Embedder } from '../../dataplane/ports.ts';
import { embedAll } from '../../dataplane/training/embed-all.ts';
import { silentLog } from '../kit/silent-log.ts';

const minutes = 60_000;
const data = new URL('../../dataplane/models/', import.meta.url);
const committed = headOf(readFileSync(new URL('heads/category.head', data)));
const sets = ['domain.jsonl', 'domain-exam.jsonl'].map((name) =>
  readSet(readFileSync(new URL(`eval/${name}`, data), 'utf8'), domainLine),
);

let models: OpenModels;
let embedder: Embedder;
let vectors: ReadonlyMap<string, Float32Array>;

beforeAll(async () => {
  models = openModels({ directory: modelsFolder(), log: silentLog });
  await models.settled;
  if (models.embedder === undefined) throw new Error('no embedding model: run `npm run models`');
  embedder = models.embedder;
  vectors = await embedAll(
    embedder,
    sets.flat().map(({ text }) => text),
    quiet,
  );
}, 2 * minutes);

afterAll(async () => {
  await models.close();
});

function quiet(): void {
  // Progress is for people.
}

function headOf(bytes: Uint8Array): CategoryHead {
  const read = readCategoryHead(bytes);
  if (!read.ok) throw new Error(read.problem);
  return read.head;
}

function outcomesOf(head: CategoryHead, set: (typeof sets)[number]): DomainOutcome[] {
  const classify = openCategoryHead(head);
  return set.map(({ label, text }) => {
    const answer = classify(text, vectors.get(text));
    return { label, answer: isUnavailable(answer) ? undefined : answer };
  });
}

test('the committed head understands the vectors of the pinned model', () => {
  // That it was trained on the texts as they are is tried without the models, by their digest in its card.
  expect(committed.encoder).toBe(embedder.id);
});

describe('with an embedding model', () => {
  test.each([
    ['own questions', 0, 0.89],
    ['own exam questions', 1, 0.87],
  ])('of %s enough are right, and nearly all where it is sure', (_, number, least) => {
    const figures = domainFigures(outcomesOf(committed, sets[number] ?? []), 0.5);
    expect(figures.accuracy).toBeGreaterThanOrEqual(least);
    expect(figures.accuracy_at_threshold).toBeGreaterThanOrEqual(0.9);
    expect(figures.coverage).toBeGreaterThanOrEqual(0.8);
  });

  test('a text in the middle of chatter is told by its beginning and end', async () => {
    const classify = openCategoryHead(committed);
    const chatter =
      'Anyway, thank you for your patience, it was a long day and I am tired. '.repeat(40);
    const text = `${chatter}How do mitochondria make ATP in the cells of an animal?`;
    const [vector] = [...(await embedAll(embedder, [text], quiet)).values()];
    expect(classify(text, vector)).toMatchObject({ category: 'biology', tier: 'blend' });
  });
});
