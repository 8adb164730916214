// Embeddings from any server that speaks OpenAI's `POST /v1/embeddings`.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { estimatePromptTokens } from '../../../domain/estimate-tokens.ts';
import type { Embedder } from '../../../ports.ts';
import type { Answering } from '../answering.ts';
import { HttpModel, type HttpModelOptions, type OnFailure } from './http-model.ts';

export interface RemoteEmbedderOptions extends HttpModelOptions {
  /** As the server knows it. */
  readonly model: string;
  /** Length of its vectors; an answer of another length is `failed`. */
  readonly dimensions: number;
}

const answerSchema = z.object({
  data: z.tuple([z.object({ embedding: z.array(z.number()) })]),
  usage: z.object({ prompt_tokens: z.number().int().min(0) }).optional(),
});

/**
 * Sends `{model, input: [text], encoding_format: "float"}` to the URL. Vectors are brought to length
 * 1. How many tokens are unknown, and whether the server cut the text, nobody tells: 0 and false.
 */
export function remoteEmbedder(
  options: RemoteEmbedderOptions,
  onFailure: OnFailure = () => undefined,
): Answering<Embedder> {
  const { url, model, dimensions } = options;
  const http = new HttpModel(options, onFailure);
  const digest = createHash('sha256').update(JSON.stringify([url, model, dimensions]));
  const id = `${model}@${digest.digest('hex').slice(0, 16)}`;
  const embedder: Embedder = {
    id,
    dimensions,
    embed: (text, call) =>
      http.ask(
        { model, input: [text], encoding_format: 'float' },
        (json) => {
          const { data, usage } = answerSchema.parse(json);
          return {
            vector: normalise(data[0].embedding, dimensions),
            tokens: usage?.prompt_tokens ?? estimatePromptTokens(Buffer.byteLength(text)),
            unknownTokens: 0,
            truncated: false,
          };
        },
        call,
      ),
  };
  return http.answering(embedder, id);
}

function normalise(values: readonly number[], dimensions: number): Float32Array {
  const length = Math.hypot(...values);
  if (values.length !== dimensions || length === 0) throw new Error('is no vector as expected');
  return Float32Array.from(values, (value) => value / length);
}
