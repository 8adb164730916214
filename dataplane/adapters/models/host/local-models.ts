// The ports of the router over a model in a worker of ours.
import { isUnavailable, type Unavailable } from '../../../domain/unavailable.ts';
import type {
  Embedder,
  Embedding,
  TaggedSpan,
  TextClassifier,
  TokenClassifier,
} from '../../../ports.ts';
import type { ModelInfo } from '../worker/load-model.ts';
import type { ModelHost } from './model-host.ts';

type Call = Pick<ModelHost, 'call'>;

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

export function localTokenClassifier(host: Call, { id, labels }: ModelInfo): TokenClassifier {
  return {
    id,
    labels,
    tag: async (text, options): Promise<readonly TaggedSpan[] | Unavailable> => {
      const answer = await host.call(text, options);
      if (isUnavailable(answer)) return answer;
      return answer.kind === 'spans' ? answer.spans : { unavailable: 'failed' };
    },
  };
}

export function localTextClassifier(host: Call, { id, labels }: ModelInfo): TextClassifier {
  return {
    id,
    labels,
    classify: async (text, options) => {
      const answer = await host.call(text, options);
      if (isUnavailable(answer)) return answer;
      if (answer.kind !== 'labels') return { unavailable: 'failed' };
      const { probabilities } = answer;
      return new Map(labels.map((label, index) => [label, probabilities[index] ?? 0]));
    },
  };
}
