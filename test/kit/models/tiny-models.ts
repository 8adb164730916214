// Model directories for tests: a vocabulary of a few words, and for each word what the model says.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tinyOnnx, type TinyOnnx } from './tiny-onnx.ts';
import { bertTokenizerFile } from './tokenizer-files.ts';

export interface TinyModel {
  /** The rows of words; other tokens have the row of `rest`. */
  readonly words: Readonly<Record<string, readonly number[]>>;
  readonly rest: readonly number[];
  readonly onnx?: Omit<TinyOnnx, 'table'>;
  /** Files of the directory beside the model and its tokenizer, by path; objects become JSON. */
  readonly files: Readonly<Record<string, string | object>>;
  /** Path of the ONNX file. */
  readonly file?: string;
  /** Words of the tokenizer that the model does not know: it fails at them. */
  readonly extraPieces?: readonly string[];
}

export async function writeTinyModel(directory: string, model: TinyModel): Promise<void> {
  const { words, rest, onnx = {}, files, file = 'model.onnx' } = model;
  const { extraPieces = [] } = model;
  const pieces = [...Object.keys(words), ...extraPieces];
  // The five special tokens come first.
  const table = [...Array.from({ length: 5 }, () => rest), ...Object.values(words)];
  const contents: Readonly<Record<string, string | Buffer | object>> = {
    [file]: tinyOnnx({ ...onnx, table }),
    'tokenizer.json': bertTokenizerFile({ pieces }),
    ...files,
  };
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    await writeFile(join(directory, path), isText ? content : JSON.stringify(content));
  }
}

/** Of colours, in three dimensions. */
export const tinyEmbedder: TinyModel = {
  words: { red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1], pink: [0.8, 0.3, 0.3] },
  rest: [0, 0, 0],
  files: {
    'router-model.json': {
      name: 'colours',
      task: 'embedding',
      maxTokens: 12,
      scripts: ['Latin'],
      batchInvariant: true,
      golden: [
        { text: 'red', ids: [2, 5, 3], vector: [1, 0, 0] },
        { text: 'blue green blue green blue', ids: [2, 7, 6, 7, 6, 7, 3] },
      ],
    },
  },
};

/** Knows one first name and one family name. */
export const tinyTagger: TinyModel = {
  words: { alice: [0, 9, 0, 0], baker: [0, 0, 9, 0], paris: [0, 0, 0, 9] },
  rest: [9, 0, 0, 0],
  onnx: { output: 'logits' },
  files: {
    'config.json': {
      architectures: ['BertForTokenClassification'],
      id2label: { 0: 'O', 1: 'B-PERSON', 2: 'I-PERSON', 3: 'B-CITY' },
    },
    'router-model.json': {
      maxTokens: 12,
      window: { tokens: 12, overlap: 4 },
      golden: [{ text: 'to alice baker', spans: [{ label: 'PERSON', start: 3, end: 14 }] }],
    },
  },
};

/** Takes a word for an attack. */
export const tinyGuard: TinyModel = {
  words: { attack: [0, 8], maybe: [4, 4.5], hello: [6, 0] },
  rest: [2, 0],
  onnx: { output: 'logits', gives: 'largest', inputs: ['input_ids', 'attention_mask'] },
  files: {
    'config.json': {
      architectures: ['ModernBertForSequenceClassification'],
      max_position_embeddings: 12,
    },
    'jailbreak_type_mapping.json': {
      label_to_idx: { benign: 0, jailbreak: 1 },
      idx_to_label: { 0: 'benign', 1: 'jailbreak' },
    },
    'router-model.json': { positiveLabels: ['jailbreak'] },
  },
};
