// Reads what a directory says of its model. It opens no model: whether the ONNX file does what is
// said here shows when it is loaded.
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { areNamed, labelFiles, readLabels } from './labels.ts';
import { manifestSchema, type Golden, type Manifest, type Task } from './manifest.ts';
import { onnxCandidates } from './onnx-files.ts';
import { sentenceOf } from '../sentence-of.ts';

export interface ModelWindow {
  /** Tokens of one window, special tokens included. */
  readonly tokens: number;
  readonly overlap: number;
  readonly reduce: 'max' | 'mean';
}

export interface ModelDirectory {
  readonly path: string;
  readonly name: string;
  readonly task: Task;
  /** ONNX files that may hold the model, relative to the path, the preferred one first. */
  readonly onnxFiles: readonly string[];
  /** Empty for an embedding model. */
  readonly labels: readonly string[];
  readonly positiveLabels: readonly string[];
  readonly activation: 'softmax' | 'sigmoid';
  readonly maxTokens: number;
  /** How texts that are longer than `maxTokens` are read; undefined: by their head and tail. */
  readonly window: ModelWindow | undefined;
  readonly pooling: 'mean' | 'cls' | 'last';
  /** How many dimensions of a vector are kept; undefined: all. */
  readonly dims: number | undefined;
  /** Scripts that it understands; undefined: nobody said. */
  readonly scripts: readonly string[] | undefined;
  readonly languages: readonly string[];
  readonly batchInvariant: boolean;
  /** Digests that files must have, by path. */
  readonly sha256: ReadonlyMap<string, string>;
  readonly golden: readonly Golden[];
}

/** What a configuration says of a model beyond its directory. */
export interface ModelOverrides {
  readonly positiveLabels?: readonly string[];
}

/** A model without a sequence limit of its own reads this much: more would need gigabytes. */
const mostTokens = 512;

const hubConfigSchema = z.object({
  architectures: z.array(z.string()).default([]),
  problem_type: z.string().nullish(),
  max_position_embeddings: z.number().int().min(8).nullish(),
});

const sentenceConfigSchema = z.object({ max_seq_length: z.number().int().min(8).nullish() });

const poolingSchema = z.object({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
  pooling_mode_lasttoken: z.boolean().default(false),
});

/** Rejects with one sentence that names the directory, the file and what is wrong with it. */
export async function readModelDirectory(
  directory: string,
  overrides: ModelOverrides = {},
): Promise<ModelDirectory> {
  try {
    const path = await realpath(directory);
    const manifest = await readJson(path, 'router-model.json', manifestSchema);
    const config = await readJson(path, 'config.json', z.looseObject({}));
    return await describe(path, basename(directory), {
      manifest: manifest ?? {},
      config: config ?? {},
      overrides,
    });
  } catch (error) {
    const sentence = isMissing(error) ? 'there is no such directory' : sentenceOf(error);
    throw new Error(`${directory}: ${sentence}.`, { cause: error });
  }
}

interface Said {
  readonly manifest: Manifest;
  readonly config: Readonly<Record<string, unknown>>;
  readonly overrides: ModelOverrides;
}

async function describe(
  path: string,
  directoryName: string,
  { manifest, config, overrides }: Said,
): Promise<ModelDirectory> {
  const hub = parseAs(hubConfigSchema, config, 'config.json');
  const task = manifest.task ?? taskOf(hub.architectures);
  const onnxFiles = await findOnnx(path, manifest.file);
  await requireFile(path, 'tokenizer.json');
  const labels = task === 'embedding' ? [] : await findLabels(path, manifest, config);
  const sentence = await readJson(path, 'sentence_bert_config.json', sentenceConfigSchema);
  const maxTokens =
    manifest.maxTokens ??
    sentence?.max_seq_length ??
    Math.min(hub.max_position_embeddings ?? mostTokens, mostTokens);
  if (maxTokens > (hub.max_position_embeddings ?? maxTokens)) {
    throw new Error(`maxTokens is ${maxTokens}, and config.json has fewer positions`);
  }
  const positiveLabels = overrides.positiveLabels ?? manifest.positiveLabels ?? [];
  const stranger = positiveLabels.find((label) => !labels.includes(label));
  if (stranger !== undefined) {
    throw new Error(`its labels (${labels.join(', ')}) lack the positive label ${stranger}`);
  }
  return {
    path,
    name: manifest.name ?? directoryName,
    task,
    onnxFiles,
    labels,
    positiveLabels,
    activation:
      manifest.activation ??
      (hub.problem_type === 'multi_label_classification' ? 'sigmoid' : 'softmax'),
    maxTokens,
    window: windowOf({ manifest, task, maxTokens, hasPositives: positiveLabels.length > 0 }),
    pooling: manifest.pooling ?? (await findPooling(path)),
    dims: manifest.dims,
    scripts: manifest.scripts,
    languages: manifest.languages ?? [],
    batchInvariant: manifest.batchInvariant ?? false,
    sha256: new Map(Object.entries(manifest.sha256 ?? {})),
    golden: manifest.golden ?? [],
  };
}

function taskOf(architectures: readonly string[]): Task {
  const [architecture = ''] = architectures;
  if (architecture.endsWith('ForTokenClassification')) return 'token-classification';
  if (architecture.endsWith('ForSequenceClassification')) return 'sequence-classification';
  if (architecture.endsWith('Model')) return 'embedding';
  throw new Error(
    'neither router-model.json (task) nor config.json (architectures) says whether it embeds ' +
      'texts, classifies them, or classifies their tokens',
  );
}

async function findOnnx(path: string, file: string | undefined): Promise<readonly string[]> {
  if (file !== undefined) {
    await requireFile(path, file);
    return [file];
  }
  const candidates = onnxCandidates(await listFiles(path), await listFiles(join(path, 'onnx')));
  if (candidates.length === 0) throw new Error('there is no .onnx file in it, nor in onnx/');
  return candidates;
}

async function findLabels(
  path: string,
  manifest: Manifest,
  config: Said['config'],
): Promise<readonly string[]> {
  if (manifest.labels !== undefined) return distinct('router-model.json', manifest.labels);
  const own = labelsIn('config.json', config);
  if (own !== undefined && areNamed(own)) return own;
  for (const file of labelFiles) {
    const json = await readJson(path, file, z.looseObject({}));
    const labels = json === undefined ? undefined : labelsIn(file, json);
    if (labels === undefined) continue;
    if (own !== undefined && own.length !== labels.length) {
      throw new Error(`config.json has ${own.length} labels and ${file} ${labels.length}`);
    }
    return labels;
  }
  throw new Error(
    `no file names its labels: router-model.json (labels), config.json (id2label), or one of ` +
      labelFiles.join(', '),
  );
}

function labelsIn(
  file: string,
  json: Readonly<Record<string, unknown>>,
): readonly string[] | undefined {
  try {
    return readLabels(json);
  } catch (error) {
    throw new Error(`${file} ${sentenceOf(error)}`, { cause: error });
  }
}

function distinct(file: string, labels: readonly string[]): readonly string[] {
  if (new Set(labels).size !== labels.length) throw new Error(`${file} repeats a label`);
  return labels;
}

/** A finding may stand anywhere in a text, a topic shows in its head and tail. */
function windowOf({
  manifest,
  task,
  maxTokens,
  hasPositives,
}: {
  readonly manifest: Manifest;
  readonly task: Task;
  readonly maxTokens: number;
  readonly hasPositives: boolean;
}): ModelWindow | undefined {
  const { window } = manifest;
  if (window !== undefined) {
    if (task === 'embedding') {
      throw new Error(
        'router-model.json: window is for classifiers; texts are embedded as a whole',
      );
    }
    if (window.tokens > maxTokens) {
      throw new Error(
        `router-model.json: window.tokens is more than ${maxTokens}, the most it reads`,
      );
    }
    return window;
  }
  if (task === 'embedding' || (task === 'sequence-classification' && !hasPositives)) {
    return undefined;
  }
  return { tokens: maxTokens, overlap: Math.floor(maxTokens / 8), reduce: 'max' };
}

async function findPooling(path: string): Promise<ModelDirectory['pooling']> {
  const pooling = await readJson(path, join('1_Pooling', 'config.json'), poolingSchema);
  if (pooling?.pooling_mode_cls_token === true) return 'cls';
  if (pooling?.pooling_mode_lasttoken === true) return 'last';
  return 'mean';
}

async function requireFile(path: string, file: string): Promise<void> {
  const files = await listFiles(join(path, file, '..'));
  if (!files.includes(basename(file))) throw new Error(`there is no ${file} in it`);
}

async function listFiles(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Undefined where there is no such file. */
async function readJson<Schema extends z.ZodType>(
  path: string,
  file: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  let text: string;
  try {
    text = await readFile(join(path, file), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Error(`${file} cannot be read: ${sentenceOf(error)}`, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON`, { cause: error });
  }
  return parseAs(schema, json, file);
}

function parseAs<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  file: string,
): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.join('.') ?? '';
  throw new Error(`${file}: ${at === '' ? '' : `${at}: `}${issue?.message ?? 'does not fit'}`);
}

function isMissing(error: unknown): boolean {
  return /^(ENOENT|ENOTDIR)$/.test(String((error as NodeJS.ErrnoException).code));
}
