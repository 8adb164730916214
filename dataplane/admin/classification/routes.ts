// The classification API: what stands at which path, what is asked for there, and what is answered.
// Port 8080 serves it beside health and configuration.
import type { z } from 'zod';
import { isUnavailable, type Unavailable } from '../../domain/unavailable.ts';
import type { Embedding } from '../../ports.ts';
import { askAll, askIntent, askPii, askSecurity, vectorsOf, type Asked } from './ask.ts';
import {
  batchSchema,
  embeddingsSchema,
  promptSchema,
  similarityBatchSchema,
  similaritySchema,
  type Prompt,
} from './shapes.ts';

export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

export interface ApiDeps extends Asked {
  /** Most texts of one call, as configured. */
  readonly maxBatchSize: () => number;
  /** The whole decision for a prompt, as `explain` tells it. */
  readonly evaluate: (prompt: Prompt) => Promise<unknown>;
}

export interface ApiRoute {
  readonly summary: string;
  readonly schema: z.ZodType;
  /** Takes what was sent, of any shape. */
  readonly answer: (sent: unknown, deps: ApiDeps) => Promise<ApiReply>;
}

export const apiRoutes: Readonly<Record<string, ApiRoute>> = {
  '/api/v1/classify/intent': route(
    'The domain of a prompt, and where it goes.',
    promptSchema,
    ask(askIntent),
  ),
  '/api/v1/classify/pii': route('Personal data in a prompt.', promptSchema, ask(askPii)),
  '/api/v1/classify/security': route('Whether a prompt attacks.', promptSchema, ask(askSecurity)),
  '/api/v1/classify/combined': route('All three.', promptSchema, ask(askAll)),
  '/api/v1/classify/batch': route('One of these, of many texts.', batchSchema, classifyBatch),
  '/api/v1/eval': route('The whole decision for a prompt.', promptSchema, async (prompt, deps) =>
    ok(await deps.evaluate(prompt)),
  ),
  '/api/v1/embeddings': route('The vectors of texts.', embeddingsSchema, embed),
  '/api/v1/similarity': route('How alike two texts are.', similaritySchema, compare),
  '/api/v1/similarity/batch': route(
    'How alike a text is to others.',
    similarityBatchSchema,
    compareAll,
  ),
};

/** An error as callers of semantic-router know it. */
export function apiFailure(status: number, code: string, message: string): ApiReply {
  return { status, body: { error: { code, message } } };
}

function route<Schema extends z.ZodType>(
  summary: string,
  schema: Schema,
  answer: (sent: z.output<Schema>, deps: ApiDeps) => Promise<ApiReply>,
): ApiRoute {
  return {
    summary,
    schema,
    answer: async (sent, deps) => {
      const read = schema.safeParse(sent);
      if (read.success) return answer(read.data, deps);
      const [issue] = read.error.issues;
      const place =
        issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
      return apiFailure(
        400,
        'INVALID_INPUT',
        `${place}${issue?.message ?? 'is not as it should be'}`,
      );
    },
  };
}

function ask(question: (prompt: Prompt, asked: Asked) => Promise<object>) {
  return async (prompt: Prompt, deps: ApiDeps): Promise<ApiReply> =>
    ok(await question(prompt, deps));
}

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}

const questions = { intent: askIntent, pii: askPii, security: askSecurity, all: askAll } as const;

async function classifyBatch(
  { options, task_type, texts }: z.output<typeof batchSchema>,
  deps: ApiDeps,
): Promise<ApiReply> {
  const tooMany = overLimit(texts.length, deps);
  if (tooMany !== undefined) return tooMany;
  const begun = deps.now();
  const results: object[] = [];
  for (const text of texts) results.push(await questions[task_type]({ text, options }, deps));
  const processing_time_ms = deps.now() - begun;
  return ok({ results, total_count: texts.length, processing_time_ms });
}

async function embed(
  { texts }: z.output<typeof embeddingsSchema>,
  deps: ApiDeps,
): Promise<ApiReply> {
  const tooMany = overLimit(texts.length, deps);
  if (tooMany !== undefined) return tooMany;
  const begun = deps.now();
  const vectors = await vectorsOf(texts, deps.analysers);
  if (isUnavailable(vectors)) return noVector(vectors);
  return ok({
    embeddings: vectors.map(({ tokens, truncated, vector }, index) => ({
      text: texts[index],
      embedding: [...vector],
      dimension: vector.length,
      tokens,
      truncated,
    })),
    model_used: deps.analysers.embedder?.id,
    total_count: texts.length,
    processing_time_ms: deps.now() - begun,
  });
}

async function compare(
  { text1, text2 }: z.output<typeof similaritySchema>,
  deps: ApiDeps,
): Promise<ApiReply> {
  const begun = deps.now();
  const vectors = await vectorsOf([text1, text2], deps.analysers);
  if (isUnavailable(vectors)) return noVector(vectors);
  const [similarity] = similarities(vectors);
  const model_used = deps.analysers.embedder?.id;
  return ok({ similarity, model_used, processing_time_ms: deps.now() - begun });
}

async function compareAll(
  { candidates, query, top_k }: z.output<typeof similarityBatchSchema>,
  deps: ApiDeps,
): Promise<ApiReply> {
  const tooMany = overLimit(candidates.length, deps);
  if (tooMany !== undefined) return tooMany;
  const begun = deps.now();
  const vectors = await vectorsOf([query, ...candidates], deps.analysers);
  if (isUnavailable(vectors)) return noVector(vectors);
  const matches = similarities(vectors)
    .map((similarity, index) => ({ index, text: candidates[index], similarity }))
    .sort((a, b) => b.similarity - a.similarity || a.index - b.index);
  return ok({
    matches: top_k === 0 ? matches : matches.slice(0, top_k),
    total_candidates: candidates.length,
    model_used: deps.analysers.embedder?.id,
    processing_time_ms: deps.now() - begun,
  });
}

/** The cosine of the first with each of the others. */
function similarities([first, ...others]: readonly Embedding[]): number[] {
  if (first === undefined) return [];
  return others.map(({ vector }) =>
    vector.reduce((sum, value, index) => sum + value * (first.vector[index] ?? 0), 0),
  );
}

function noVector({ unavailable }: Unavailable): ApiReply {
  const message = `There is no vector to be had: ${unavailable}.`;
  return apiFailure(503, 'MODEL_UNAVAILABLE', message);
}

function overLimit(count: number, { maxBatchSize }: ApiDeps): ApiReply | undefined {
  const most = maxBatchSize();
  if (count <= most) return undefined;
  return apiFailure(400, 'BATCH_TOO_LARGE', `${count} texts are more than ${most} in one call.`);
}
