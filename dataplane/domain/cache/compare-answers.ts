// How alike two answers to one question are, by their words: a measure of the cache and not of models,
// which word the same answer differently each time. It knows no embeddings.
import { readPrompt } from './reading/read-prompt.ts';

export type AnswerLikeness = 'identical' | 'similar' | 'different';

/** Share of content words, as the harmonic mean over both answers, from which two are similar. */
const similarFrom = 0.5;

// A comparison is a sample: what stands beyond this in two answers adds little.
const maxCharacters = 8_000;

export function compareAnswers(one: string, other: string): AnswerLikeness {
  const [a, b] = [plain(one), plain(other)];
  if (a === b) return 'identical';
  const [words, otherWords] = [contentOf(a), contentOf(b)];
  const [size, otherSize] = [total(words), total(otherWords)];
  if (size === 0 || otherSize === 0) return 'different';
  let shared = 0;
  for (const [word, count] of words) shared += Math.min(count, otherWords.get(word) ?? 0);
  return (2 * shared) / (size + otherSize) >= similarFrom ? 'similar' : 'different';
}

function plain(text: string): string {
  return text.trim().replace(/\s+/g, ' ').slice(0, maxCharacters);
}

function contentOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of readPrompt(text).terms) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
