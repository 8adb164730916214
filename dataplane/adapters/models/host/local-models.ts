// The ports of the router over a model in a worker of ours.
import { isUnavailable, type Unavailable } from '../../../domain/unavailable.ts';
import type {
  Embedder,
  Embedding,
  ModelCallOptions,
  TaggedSpan,
  TextClassifier,
  TokenClassifier,
} from '../../../ports.ts';
import type { Answer } from '../worker/job.ts';
import type { ModelInfo } from '../worker/load-model.ts';
import type { ModelHost } from './model-host.ts';

type Call = Pick<ModelHost, 'call'>;

// Copying a text to the worker takes the router's thread: what a model could never read in time is
// not sent there.
const mostCharacters = 1_000_000;
const endCharacters = 50_000;

/**
 * Of texts longer than 100,000 characters the first and last 50,000 are looked at, which are more
 * than the model reads; their tokens and unknown tokens are counted there.
 */
export function localEmbedder(host: Call, { id, dimensions }: ModelInfo): Embedder {
  return {
    id,
    dimensions,
    embed: async (text, options) => {
      const isLong = text.length > 2 * endCharacters;
      const seen = isLong ? `${text.slice(0, endCharacters)}\n${text.slice(-endCharacters)}` : text;
      const answer = await host.call(seen, options);
      if (isUnavailable(answer)) return answer;
      if (answer.kind !== 'embedding') return { unavailable: 'failed' };
      const { vector, tokens, unknownTokens, truncated } = answer;
      return { vector, tokens, unknownTokens, truncated } satisfies Embedding;
    },
  };
}

/** Texts of more than a million characters are `unsupported`. */
export function localTokenClassifier(host: Call, { id, labels }: ModelInfo): TokenClassifier {
  return {
    id,
    labels,
    tag: async (text, options): Promise<readonly TaggedSpan[] | Unavailable> => {
      const answer = await callWhole(host, text, options);
      if (isUnavailable(answer)) return answer;
      return answer.kind === 'spans' ? answer.spans : { unavailable: 'failed' };
    },
  };
}

/** Texts of more than a million characters are `unsupported`. */
export function localTextClassifier(host: Call, { id, labels }: ModelInfo): TextClassifier {
  return {
    id,
    labels,
    classify: async (text, options) => {
      const answer = await callWhole(host, text, options);
      if (isUnavailable(answer)) return answer;
      if (answer.kind !== 'labels') return { unavailable: 'failed' };
      const { probabilities } = answer;
      return new Map(labels.map((label, index) => [label, probabilities[index] ?? 0]));
    },
  };
}

async function callWhole(
  host: Call,
  text: string,
  options: ModelCallOptions | undefined,
): Promise<Answer | Unavailable> {
  return text.length > mostCharacters ? { unavailable: 'unsupported' } : host.call(text, options);
}
