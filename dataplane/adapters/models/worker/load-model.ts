// Loads a model from its directory and lets nobody have it before it has shown what it can do.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  readModelDirectory,
  type ModelDirectory,
  type ModelOverrides,
} from '../directory/model-directory.ts';
import type { Task } from '../directory/manifest.ts';
import { loadNativeTokenizers } from '../tokenizer/native-tokenizer.ts';
import { readTokenizer } from '../tokenizer/read-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { compileScriptTest, type ScriptTest } from '../../../domain/scripts.ts';
import { checkGolden } from './golden.ts';
import { jobMaker, type Job } from './job.ts';
import { readTagSet } from './spans.ts';
import { openSession, type ModelSession } from './session.ts';
import { sentenceOf } from '../sentence-of.ts';

/** What the outside may know of a loaded model. */
export interface ModelInfo {
  /** Name and a digest of everything that makes its answers what they are. */
  readonly id: string;
  readonly name: string;
  readonly task: Task;
  /** Labels, types of findings, or none. */
  readonly labels: readonly string[];
  /** Length of a vector; 0 for what is no embedding model. */
  readonly dimensions: number;
  /** The ONNX file, relative to the directory. */
  readonly file: string;
  readonly languages: readonly string[];
  readonly scripts: readonly string[];
  readonly maxTokens: number;
  readonly loadMs: number;
}

export interface LoadedModel {
  readonly info: ModelInfo;
  readonly session: ModelSession;
  /** Whether inputs may be computed together. */
  readonly isBatchInvariant: boolean;
  /** Undefined where the text is in a script that the model does not know. */
  readonly prepare: (text: string) => Promise<Job | undefined>;
}

/** Rejects with one sentence that names the directory and what is wrong in it. */
export async function loadModel(path: string, overrides: ModelOverrides): Promise<LoadedModel> {
  const begun = performance.now();
  const directory = await readModelDirectory(path, overrides);
  try {
    await checkDigests(directory);
    const tokenizer = await openTokenizer(directory);
    const { session, file } = await openAny(directory, tokenizer);
    const columns = await measureColumns(directory, tokenizer, session);
    const makeJob = jobMaker(directory, tokenizer, columns);
    const understands = scriptTestOf(directory);
    const prepare: LoadedModel['prepare'] = async (text) =>
      understands(text) ? makeJob(text, await tokenizer.encode(text)) : undefined;
    await checkGolden(directory, { tokenizer, session, makeJob });
    return {
      session,
      isBatchInvariant: directory.batchInvariant,
      prepare,
      info: {
        id: `${directory.name}@${await fingerprint(directory, file)}`,
        name: directory.name,
        task: directory.task,
        labels:
          directory.task === 'token-classification'
            ? readTagSet(directory.labels).types
            : directory.labels,
        dimensions: directory.task === 'embedding' ? (directory.dims ?? columns) : 0,
        file,
        languages: directory.languages,
        scripts: directory.scripts ?? [],
        maxTokens: directory.maxTokens,
        loadMs: Math.round(performance.now() - begun),
      },
    };
  } catch (error) {
    throw new Error(`${path}: ${sentenceOf(error)}.`, { cause: error });
  }
}

function scriptTestOf({ scripts }: ModelDirectory): ScriptTest {
  return scripts === undefined ? () => true : compileScriptTest(scripts);
}

/** What the directory says of its files must hold before any of them is opened. */
async function checkDigests({ path, sha256 }: ModelDirectory): Promise<void> {
  for (const [file, wanted] of sha256) {
    if ((await digestOf(join(path, file))) === wanted) continue;
    throw new Error(`${file} is not the file that router-model.json has the digest of`);
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function openTokenizer({ path }: ModelDirectory): Promise<Tokenizer> {
  const json = await readFile(join(path, 'tokenizer.json'), 'utf8');
  try {
    return await readTokenizer(json, loadNativeTokenizers);
  } catch (error) {
    throw new Error(`tokenizer.json ${sentenceOf(error)}`, { cause: error });
  }
}

const outputNames = {
  embedding: ['last_hidden_state', 'sentence_embedding', 'embeddings', 'pooler_output'],
  'sequence-classification': ['logits', 'output', 'predictions'],
  'token-classification': ['logits', 'token_logits', 'output', 'predictions'],
} as const;

/** Opens the first of the files that is a model; the others are tried only where one is not. */
async function openAny(
  { path, onnxFiles, task }: ModelDirectory,
  { padId }: Tokenizer,
): Promise<{ readonly session: ModelSession; readonly file: string }> {
  const reasons: string[] = [];
  for (const file of onnxFiles) {
    try {
      const outputs = outputNames[task];
      return { session: await openSession({ path: join(path, file), padId, outputs }), file };
    } catch (error) {
      reasons.push(`${file}: ${sentenceOf(error)}`);
    }
  }
  throw new Error(reasons.join('; '));
}

/** Warms the model up, and sees whether its output fits its labels. */
async function measureColumns(
  { labels, task, dims, maxTokens }: ModelDirectory,
  tokenizer: Tokenizer,
  session: ModelSession,
): Promise<number> {
  const { ids } = await tokenizer.encode('warm-up '.repeat(8));
  const input = Int32Array.from([...tokenizer.prefix, ...ids, ...tokenizer.suffix]);
  const [output] = await session.run([input.subarray(0, maxTokens)]);
  if (output === undefined) throw new Error('the model gives no output');
  const { columns, rows } = output;
  if (task === 'embedding') {
    if ((dims ?? 0) > columns) throw new Error(`dims is ${dims ?? 0}, and vectors have ${columns}`);
    return columns;
  }
  if (columns !== labels.length) {
    throw new Error(`the model has ${columns} labels, and the files name ${labels.length}`);
  }
  if (task === 'token-classification' && rows !== Math.min(input.length, maxTokens)) {
    throw new Error('the model classifies the text and not its tokens');
  }
  return columns;
}

/** Of the weights, the tokenizer and everything that decides how they are used. */
async function fingerprint(directory: ModelDirectory, file: string): Promise<string> {
  const { path, task, maxTokens, pooling, dims, window, activation, labels } = directory;
  const files = [file, ...(await externalData(path, file)), 'tokenizer.json'].toSorted();
  const digests: (readonly [string, string])[] = [];
  for (const name of files) digests.push([name, await digestOf(join(path, name))]);
  const use = { task, maxTokens, pooling, dims, window, activation, labels };
  return createHash('sha256')
    .update(JSON.stringify([digests, use]))
    .digest('hex')
    .slice(0, 16);
}

/** Weights that an ONNX file keeps beside itself: `model.onnx_data` or `model.onnx.data`. */
async function externalData(path: string, file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const files = await readdir(join(path, folder));
  return files
    .filter(
      (name) => name.startsWith(`${basename(file)}_data`) || name === `${basename(file)}.data`,
    )
    .map((name) => join(folder, name));
}
