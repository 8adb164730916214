import { afterEach, expect, test } from '@jest/globals';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { keepingLog } from '../kit/keeping-log.ts';
import { temporaryFolder } from '../kit/models/folder.ts';
import { tinyEmbedder, tinyGuard, tinyTagger, writeTinyModel } from '../kit/models/tiny-models.ts';
import type { ModelsPlan, ModelStatus } from '../../dataplane/adapters/models/model-plan.ts';
import { openModels, type OpenModels } from '../../dataplane/adapters/models/open-models.ts';

const folder = temporaryFolder();
const opened: OpenModels[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((models) => models.close()));
});

interface Opened {
  readonly models: OpenModels;
  readonly lines: string[];
  readonly changes: string[];
}

async function open(plan: ModelsPlan): Promise<Opened> {
  const lines: string[] = [];
  const changes: string[] = [];
  const models = openModels({
    ...plan,
    log: keepingLog(lines),
    onChange: (role) => changes.push(role),
  });
  opened.push(models);
  await models.settled;
  return { models, lines, changes };
}

let folders = 0;

/** A folder with an embedding model and a tagger, as they are installed. */
async function installed(): Promise<string> {
  const directory = folder(`installed-${folders++}`);
  await writeTinyModel(`${directory}/colours`, tinyEmbedder);
  await writeTinyModel(`${directory}/names`, tinyTagger);
  return directory;
}

function states(models: OpenModels): readonly string[] {
  return models.status().map(({ role, state }) => `${role} ${state}`);
}

function statusOf(models: OpenModels, role: string): ModelStatus | undefined {
  return models.status().find((status) => status.role === role);
}

test('models are found by what they can do', async () => {
  const { models, lines, changes } = await open({ directory: await installed() });
  expect(states(models)).toEqual(['embedding ready', 'pii ready']);
  expect(await models.embedder?.embed('red')).toMatchObject({ tokens: 1, truncated: false });
  expect(await models.piiTagger?.tag('alice baker')).toMatchObject([{ label: 'PERSON', end: 11 }]);
  expect(models.piiTagger?.labels).toEqual(['PERSON', 'CITY']);
  expect(changes.toSorted()).toEqual(['embedding', 'pii']);
  expect(lines.filter((line) => line.startsWith('info a model is ready'))).toHaveLength(2);
  expect(statusOf(models, 'embedding')).toMatchObject({
    id: models.embedder?.id,
    problem: undefined,
    counts: { calls: 1, waiting: 0 },
    info: {
      task: 'embedding',
      dimensions: 3,
      file: 'model.onnx',
      scripts: ['Latin'],
      maxTokens: 12,
    },
  });
});

test('models are loading until they have shown what they can', async () => {
  const models = openModels({ directory: await installed(), log: keepingLog([]) });
  opened.push(models);
  expect(states(models)).toEqual(['embedding loading', 'pii loading']);
  expect(models.embedder).toBeUndefined();
});

test('nothing installed is no error, and is said once', async () => {
  const directory = folder('nothing');
  const { models, lines } = await open({ directory });
  await models.reload({ directory });
  expect(states(models)).toEqual(['embedding absent', 'pii absent']);
  expect(lines).toEqual([
    `info models are not installed; signals go without them ${JSON.stringify({ absent: ['embedding', 'pii'], directory })}`,
  ]);
});

test('a broken directory is not one that is absent', async () => {
  const directory = await installed();
  await writeFile(`${directory}/names/config.json`, '{');
  const { models, lines } = await open({ directory });
  expect(states(models)).toEqual(['embedding ready', 'pii failed']);
  expect(statusOf(models, 'pii')?.problem).toBe(`${directory}/names: config.json is not JSON.`);
  expect(lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
});

test.each([
  [
    'files of another version',
    { 'router-model.json': { task: 'embedding', sha256: { 'model.onnx': '0'.repeat(64) } } },
    'model.onnx is not the file that router-model.json has the digest of.',
  ],
  [
    'a text that the model answers in another way',
    { 'router-model.json': { task: 'embedding', golden: [{ text: 'red', vector: [0, 1, 0] }] } },
    'the model does not answer as its golden texts say: for "red" its vector differs (cosine 0.0000).',
  ],
  [
    'a text that has other tokens',
    { 'router-model.json': { task: 'embedding', golden: [{ text: 'red', ids: [2, 6, 3] }] } },
    'the model does not answer as its golden texts say: for "red" its tokens differ.',
  ],
  [
    'more dimensions than there are',
    { 'router-model.json': { task: 'embedding', dims: 4 } },
    'dims is 4, and vectors have 3.',
  ],
  [
    'a tokenizer that is none',
    { 'router-model.json': { task: 'embedding' }, 'tokenizer.json': '[]' },
    'tokenizer.json is no tokenizer file: ',
  ],
  [
    'a model that is none',
    { 'router-model.json': { task: 'embedding' }, 'model.onnx': 'weights' },
    'model.onnx: ',
  ],
])('a model is refused before anybody uses it: %s', async (_, files, sentence) => {
  const path = folder(`refused-${folders++}`);
  await writeTinyModel(path, { ...tinyEmbedder, files });
  const { models } = await open({ embedding: { kind: 'directory', path } });
  expect(models.embedder).toBeUndefined();
  expect(statusOf(models, 'embedding')?.state).toBe('failed');
  expect(statusOf(models, 'embedding')?.problem).toContain(`${path}: ${sentence}`);
});

test('a model that says it computes texts together, and does not, is refused', async () => {
  const path = folder('leaky');
  const golden = [{ text: 'red' }, { text: 'blue blue blue' }];
  await writeTinyModel(path, {
    ...tinyEmbedder,
    onnx: { gives: 'leaky' },
    files: { 'router-model.json': { task: 'embedding', batchInvariant: true, golden } },
  });
  const { models } = await open({ embedding: { kind: 'directory', path } });
  expect(statusOf(models, 'embedding')?.problem).toContain(
    'for "red" it gives another answer beside other texts, although batchInvariant is said',
  );
});

test('labels must be as many as the model has', async () => {
  const path = folder('three-labels');
  await writeTinyModel(path, {
    ...tinyGuard,
    files: {
      'router-model.json': { task: 'sequence-classification', labels: ['a', 'b', 'c'] },
    },
  });
  const { models } = await open({ domain: { kind: 'directory', path } });
  expect(statusOf(models, 'domain')?.problem).toBe(
    `${path}: the model has 2 labels, and the files name 3.`,
  );
});

test('classifiers are plugged in by path', async () => {
  const path = folder('guard');
  await writeTinyModel(path, tinyGuard);
  const { models } = await open({ jailbreak: { kind: 'directory', path } });
  const scores = await models.jailbreakClassifier?.classify('hello attack');
  expect(scores).toBeInstanceOf(Map);
  expect([...(scores as Map<string, number>).keys()]).toEqual(['benign', 'jailbreak']);
  expect((scores as Map<string, number>).get('jailbreak')).toBeGreaterThan(0.8);
  expect(states(models)).toEqual(['embedding absent', 'pii absent', 'jailbreak ready']);
});

test('a model may compute in half precision', async () => {
  const path = folder('half');
  await writeTinyModel(path, { ...tinyEmbedder, onnx: { isHalf: true } });
  const { models } = await open({ embedding: { kind: 'directory', path } });
  expect(statusOf(models, 'embedding')).toMatchObject({ state: 'ready', problem: undefined });
});

test('a model for something else is refused', async () => {
  const path = folder('guard-as-tagger');
  await writeTinyModel(path, tinyGuard);
  const { models } = await open({ pii: { kind: 'directory', path } });
  expect(statusOf(models, 'pii')).toMatchObject({
    state: 'failed',
    problem: `${path}: it is a model for sequence-classification, and one for token-classification is wanted here.`,
  });
});

test('a reload keeps what did not change and replaces what did', async () => {
  const directory = await installed();
  const { models, changes } = await open({ directory });
  const { embedder, piiTagger } = models;
  await writeTinyModel(`${directory}/names`, { ...tinyTagger, rest: [8, 0, 0, 0] });
  await models.reload({ directory });
  expect(models.embedder).toBe(embedder);
  expect(models.piiTagger?.id).not.toBe(piiTagger?.id);
  expect(changes.toSorted()).toEqual(['embedding', 'pii', 'pii']);
  expect(await models.piiTagger?.tag('alice')).toMatchObject([{ label: 'PERSON' }]);
});

test('a newer version that is refused leaves the older one in its place', async () => {
  const directory = await installed();
  const { models, lines } = await open({ directory });
  const { embedder } = models;
  await writeTinyModel(`${directory}/colours`, {
    ...tinyEmbedder,
    words: { ...tinyEmbedder.words, red: [0, 0, 1] },
  });
  await models.reload({ directory });
  expect(models.embedder).toBe(embedder);
  expect(await models.embedder?.embed('red')).toMatchObject({ tokens: 1 });
  expect(statusOf(models, 'embedding')?.state).toBe('ready');
  expect(statusOf(models, 'embedding')?.problem).toContain(
    'does not answer as its golden texts say',
  );
  expect(lines.at(-1)).toContain(`"instead":"${embedder?.id ?? ''}"`);
});

test('a model that was removed is let go', async () => {
  const directory = await installed();
  const { models, changes } = await open({ directory });
  await rm(`${directory}/names`, { recursive: true });
  await mkdir(`${directory}/..data`);
  await models.reload({ directory });
  expect(states(models)).toEqual(['embedding ready', 'pii absent']);
  expect(models.piiTagger).toBeUndefined();
  expect(changes.at(-1)).toBe('pii');
});

test('calls under way during a reload are answered', async () => {
  const directory = await installed();
  const { models } = await open({ directory });
  await writeTinyModel(`${directory}/names`, { ...tinyTagger, rest: [8, 0, 0, 0] });
  const reloaded = models.reload({ directory });
  const { piiTagger } = models;
  if (piiTagger === undefined) throw new Error('there is no tagger');
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => piiTagger.tag('to alice', { deadlineMs: 30_000 })),
  );
  await reloaded;
  for (const answer of answers) expect(answer).toMatchObject([{ label: 'PERSON' }]);
});
