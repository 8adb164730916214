// Whether the answer to one prompt may stand for the answer to another: the whole of what the cache
// decides by, free of requests and stores, so that it can be measured on pairs of texts.
import { canonicalForm } from './canonical-form.ts';
import type { CachePolicy } from './policy.ts';
import { readPrompt } from './reading/read-prompt.ts';
import type { PromptReading } from './reading/reading.ts';
import { asksAboutNow, textGate } from './text-gates.ts';
import { findDifference } from './verify/verify.ts';

export type Match = 'exact' | 'canonical' | 'semantic';

export interface PromptPair {
  readonly one: string;
  readonly other: string;
  /**
   * Cosine of the two embeddings; undefined where there is none, or where one of the two must not be
   * compared: a token that the encoder does not know, or more of them than `maxPromptTokens`.
   */
  readonly similarity: number | undefined;
}

export type MatchPolicy = Pick<CachePolicy, 'mode' | 'threshold' | 'verifier'>;

/** How the two match; undefined: each needs an answer of its own. */
export function matchPrompts(pair: PromptPair, policy: MatchPolicy): Match | undefined {
  const { one, other, similarity } = pair;
  if (asksAboutNow(one) || asksAboutNow(other)) return undefined;
  if (one === other) return 'exact';
  if (policy.mode === 'exact' || textGate(one) !== undefined || textGate(other) !== undefined) {
    return undefined;
  }
  const reading = readPrompt(one);
  const form = canonicalForm(reading);
  if (form !== undefined && form === canonicalForm(readPrompt(other))) return 'canonical';
  if (policy.mode === 'canonical' || similarity === undefined || similarity < policy.threshold) {
    return undefined;
  }
  return isVerified(reading, other, policy.verifier) ? 'semantic' : undefined;
}

/** Whether a prompt that is similar enough asks for the same, as far as the verifier can tell. */
export function isVerified(
  reading: PromptReading,
  other: string,
  verifier: CachePolicy['verifier'],
): boolean {
  return verifier === 'off' || findDifference(reading, readPrompt(other), verifier) === undefined;
}
