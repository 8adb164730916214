// How near a prompt is to examples, as vectors of length 1. It knows no model.
import type { RouterConfig } from '../../../config/schema/index.ts';
import { atLeast, type SignalValue } from '../signal-values.ts';

type EmbeddingRule = RouterConfig['embedding_rules'][number];

/** Vectors of examples by their text; undefined for a text that no model has seen. */
export interface CandidateVectors {
  get(text: string): Float32Array | undefined;
}

/** The vectors of examples; undefined when one of them is missing or has another length. */
export function bankOf(
  texts: readonly string[],
  candidates: CandidateVectors,
  dimensions: number,
): readonly Float32Array[] | undefined {
  const bank: Float32Array[] = [];
  for (const text of texts) {
    const vector = candidates.get(text);
    if (vector?.length !== dimensions) return undefined;
    bank.push(vector);
  }
  return bank;
}

export function embeddingSignal(
  { aggregation_method: method, threshold }: EmbeddingRule,
  prompt: Float32Array,
  bank: readonly Float32Array[],
): SignalValue {
  const similarities = bank.map((vector) => similarity(prompt, vector));
  const held =
    method === 'mean'
      ? similarities.reduce((sum, one) => sum + one, 0) / similarities.length
      : Math.max(...similarities);
  return atLeast(threshold, held);
}

/** The nearest example counts most, so that a bank may hold unlike ones. */
export function nearness(prompt: Float32Array, bank: readonly Float32Array[]): number {
  let best = -1;
  let second = -1;
  for (const vector of bank) {
    const one = similarity(prompt, vector);
    if (one > best) {
      second = best;
      best = one;
    } else if (one > second) second = one;
  }
  return bank.length < 2 ? best : 0.75 * best + 0.125 * (best + second);
}

function similarity(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += (left[at] as number) * (right[at] as number);
  return sum;
}
