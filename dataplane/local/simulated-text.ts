// What the simulated model says, and how many tokens it claims for it. Deterministic: the same
// request gets the same answer.
import type { SimulatedRequest } from './simulated-request.ts';

export interface SimulatedAnswer {
  /** Pieces of reasoning text; empty where reasoning was not asked for. */
  readonly reasoning: readonly string[];
  readonly tokens: readonly string[];
  readonly finishReason: 'stop' | 'length';
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly completion_tokens_details?: { readonly reasoning_tokens: number };
  };
}

const maxEchoWords = 12;

/** About 1.3 tokens a word, as English text has with common tokenizers. */
export function countTokens(text: string): number {
  const words = text.split(/\s+/).filter((word) => word !== '').length;
  return Math.ceil(words * 1.3);
}

export function composeAnswer(request: SimulatedRequest): SimulatedAnswer {
  const prompt = request.inputs.join('\n');
  const latest = (request.inputs.at(-1) ?? '').split(/\s+/).filter((word) => word !== '');
  const echo = latest.slice(0, maxEchoWords).join(' ');
  const more = latest.length > maxEchoWords ? ' …' : '';
  const text =
    `This is a simulated answer of ${request.model}. You wrote: "${echo}${more}". ` +
    placeholdersIn(latest) +
    'Point the configuration at a real model server to get a real one.';
  const thoughts = request.reasons
    ? wordsOf('Simulated reasoning: read the question, think it over, decide what to say.')
    : [];
  const all = wordsOf(text);
  // A limit counts both: a short one is used up before the answer begins.
  const limit = request.maxTokens ?? Infinity;
  const reasoning = thoughts.slice(0, limit);
  const tokens = all.slice(0, limit - reasoning.length);
  const completion = (reasoning.length + tokens.length) * request.n;
  const promptTokens = countTokens(prompt);
  return {
    reasoning,
    tokens,
    finishReason: tokens.length < all.length ? 'length' : 'stop',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completion,
      total_tokens: promptTokens + completion,
      ...(request.reasons
        ? { completion_tokens_details: { reasoning_tokens: reasoning.length * request.n } }
        : {}),
    },
  };
}

/** Names what was masked, without the brackets by which the router would restore it. */
function placeholdersIn(words: readonly string[]): string {
  const names = words.flatMap((word) => /<([A-Z_]+_\d+)>/.exec(word)?.[1] ?? []);
  return names.length === 0 ? '' : `I saw ${[...new Set(names)].join(' and ')} there. `;
}

/** One token a word, with the space that stands before it. */
function wordsOf(text: string): string[] {
  return text.split(/(?= )/);
}
