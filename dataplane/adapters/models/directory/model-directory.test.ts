import { expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../../../test/kit/models/folder.ts';
import { readModelDirectory, type ModelDirectory, type ModelOverrides } from './model-directory.ts';

const folder = temporaryFolder();

const embedder = { 'router-model.json': { task: 'embedding' } };
const classifier = {
  'config.json': {
    architectures: ['ModernBertForSequenceClassification'],
    id2label: { 0: 'benign', 1: 'jailbreak' },
    max_position_embeddings: 8192,
  },
};
const tagger = {
  'config.json': {
    architectures: ['BertForTokenClassification'],
    id2label: { 0: 'O', 1: 'B-PERSON' },
    max_position_embeddings: 128,
  },
};

type Files = Readonly<Record<string, string | object>>;
let directories = 0;

async function read(files: Files, overrides?: ModelOverrides): Promise<ModelDirectory> {
  const directory = folder(String(directories++), 'some-model');
  const all = { 'model.onnx': 'weights', 'tokenizer.json': '{}', ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(
      join(directory, path),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
  return readModelDirectory(directory, overrides);
}

/** Why files do not fit, without the path of the directory. */
async function refusal(files: Files, overrides?: ModelOverrides): Promise<string> {
  const outcome = await read(files, overrides).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('the directory was taken');
  return outcome.message.replace(/^.*\/some-model: /, '');
}

test('an embedding model is read by head and tail, by the mean of its tokens, 512 at most', async () => {
  expect(await read(embedder)).toMatchObject({
    name: 'some-model',
    task: 'embedding',
    onnxFiles: ['model.onnx'],
    labels: [],
    maxTokens: 512,
    window: undefined,
    pooling: 'mean',
    batchInvariant: false,
    scripts: undefined,
  });
});

test('files of sentence transformers tell length and pooling', async () => {
  const model = await read({
    'config.json': { architectures: ['BertModel'], max_position_embeddings: 512 },
    'sentence_bert_config.json': { max_seq_length: 256 },
    '1_Pooling/config.json': { pooling_mode_cls_token: true },
  });
  expect(model).toMatchObject({ task: 'embedding', maxTokens: 256, pooling: 'cls' });
});

test('a classifier of topics is read by head and tail, at most 512 tokens of it', async () => {
  expect(await read(classifier)).toMatchObject({
    task: 'sequence-classification',
    labels: ['benign', 'jailbreak'],
    activation: 'softmax',
    maxTokens: 512,
    window: undefined,
  });
});

test('a classifier with positive labels reads all of a text, by windows', async () => {
  const window = { tokens: 512, overlap: 64, reduce: 'max' };
  const positiveLabels = ['jailbreak'];
  expect(await read(classifier, { positiveLabels })).toMatchObject({ window, positiveLabels });
  expect(await read({ ...classifier, 'router-model.json': { positiveLabels } })).toMatchObject({
    window,
    positiveLabels,
  });
});

test('a classifier of tokens reads all of a text', async () => {
  expect(await read(tagger)).toMatchObject({
    task: 'token-classification',
    labels: ['O', 'B-PERSON'],
    window: { tokens: 128, overlap: 16 },
  });
});

test('labels that exclude nothing are judged each by itself', async () => {
  const config = { ...classifier['config.json'], problem_type: 'multi_label_classification' };
  expect(await read({ 'config.json': config })).toMatchObject({ activation: 'sigmoid' });
});

test('a label file names labels that an export only numbered', async () => {
  const config = { ...classifier['config.json'], id2label: { 0: 'LABEL_0', 1: 'LABEL_1' } };
  const model = await read({
    'config.json': config,
    'category_mapping.json': { category_to_idx: { law: 1, math: 0 } },
  });
  expect(model.labels).toEqual(['math', 'law']);
});

test('router-model.json wins over the other files', async () => {
  const model = await read({
    ...tagger,
    'onnx/small.onnx': 'weights',
    'router-model.json': {
      name: 'mine',
      file: 'onnx/small.onnx',
      labels: ['O', 'NAME'],
      maxTokens: 64,
      window: { tokens: 32, overlap: 8 },
      activation: 'sigmoid',
      scripts: ['Latin', 'Cyrillic'],
      languages: ['en', 'ru'],
      batchInvariant: true,
    },
  });
  expect(model).toMatchObject({
    name: 'mine',
    onnxFiles: ['onnx/small.onnx'],
    labels: ['O', 'NAME'],
    maxTokens: 64,
    window: { tokens: 32, overlap: 8, reduce: 'max' },
    activation: 'sigmoid',
    scripts: ['Latin', 'Cyrillic'],
    batchInvariant: true,
  });
});

const manifest = (content: object): Files => ({ ...embedder, 'router-model.json': content });

test.each<[string, Files, string]>([
  ['nobody says the task', { 'config.json': {} }, 'neither router-model.json (task) nor'],
  ['config.json is broken', { 'config.json': '{' }, 'config.json is not JSON.'],
  [
    'labels are numbered with a gap',
    { 'config.json': { ...classifier['config.json'], id2label: { 0: 'a', 2: 'b' } } },
    'config.json does not number its labels (id2label) from 0 without a gap.',
  ],
  [
    'nobody names the labels',
    { 'config.json': { architectures: ['BertForTokenClassification'] } },
    'no file names its labels: ',
  ],
  [
    'two files differ in the number of labels',
    {
      'config.json': { ...classifier['config.json'], id2label: { 0: 'LABEL_0' } },
      'label_mapping.json': { label_to_idx: { a: 0, b: 1 } },
    },
    'config.json has 1 labels and label_mapping.json 2.',
  ],
  [
    'a label comes twice',
    manifest({ task: 'token-classification', labels: ['a', 'a'] }),
    'router-model.json repeats a label.',
  ],
  [
    'a named file is missing',
    manifest({ task: 'embedding', file: 'onnx/x.onnx' }),
    'there is no onnx/x.onnx in it.',
  ],
  [
    'a key is unknown',
    manifest({ task: 'embedding', treshold: 1 }),
    'router-model.json: Unrecognized key: "treshold".',
  ],
  [
    'a script is unknown',
    manifest({ task: 'embedding', scripts: ['English'] }),
    'router-model.json: scripts.0: must be the name of a Unicode script',
  ],
  [
    'windows overlap too much',
    manifest({ task: 'token-classification', window: { tokens: 32, overlap: 20 } }),
    'router-model.json: window.overlap: must be less than half',
  ],
  [
    'more tokens are wanted than the model has positions',
    { ...tagger, 'router-model.json': { maxTokens: 256 } },
    'maxTokens is 256, and config.json has fewer positions.',
  ],
  [
    'a window is longer than the model reads',
    { ...tagger, 'router-model.json': { window: { tokens: 256, overlap: 8 } } },
    'router-model.json: window.tokens is more than 128',
  ],
  [
    'an embedding model has a window',
    manifest({ task: 'embedding', window: { tokens: 32, overlap: 8 } }),
    'router-model.json: window is for classifiers',
  ],
])('a directory is refused where %s', async (_, files, sentence) => {
  expect(await refusal(files)).toContain(sentence);
});

test('a positive label that the model does not have is refused', async () => {
  expect(await refusal(classifier, { positiveLabels: ['INJECTION'] })).toBe(
    'its labels (benign, jailbreak) lack the positive label INJECTION.',
  );
});

test('a directory without a model, or that is none, is refused', async () => {
  await mkdir(folder('empty'));
  await writeFile(join(folder('empty'), 'router-model.json'), '{"task":"embedding"}');
  await expect(readModelDirectory(folder('empty'))).rejects.toThrow(
    /empty: there is no \.onnx file in it, nor in onnx\/\.$/,
  );
  await writeFile(join(folder('empty'), 'model.onnx'), '');
  await expect(readModelDirectory(folder('empty'))).rejects.toThrow(
    /empty: there is no tokenizer\.json in it\.$/,
  );
  await expect(readModelDirectory(folder('nowhere'))).rejects.toThrow(
    /nowhere: there is no such directory\.$/,
  );
});
