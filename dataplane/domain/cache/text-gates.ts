// What a prompt must not be for a similar one to be answered in its place. Identical prompts are
// another matter, but for those whose answer is another one tomorrow.
import { timePointers, timeSigns, timeUnits, timeWords } from './lexicon/function-words.ts';

/** Beyond this, what is left out of a comparison outweighs what is in it. About 170 tokens. */
const maxSimilarCharacters = 700;

const foreignLetter = /[^\P{L}\p{Script=Latin}]/u;
// Fences, braces, statements, comparisons, tags, calls, indented lines.
const code = /```|[{}]|;\s*(?:\n|$)|=>|[=!<>]=|<\/?[a-z]\w*>|\w\(\)|\n(?: {4}|\t)\S/i;

export type TextGate = 'script' | 'code' | 'length';

/** Why no similar prompt may stand for this one; undefined: it may. */
export function textGate(text: string): TextGate | undefined {
  if (text.length > maxSimilarCharacters) return 'length';
  // Neither the embeddings nor the verifier's lexicons know other letters than Latin ones.
  if (foreignLetter.test(text)) return 'script';
  return code.test(text) ? 'code' : undefined;
}

/** Whether the answer depends on when the question is asked. */
export function asksAboutNow(text: string): boolean {
  const lower = text.toLowerCase();
  if (timeSigns.some((sign) => lower.includes(sign))) return true;
  const words = lower.match(/[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)?/gu) ?? [];
  return words.some((word, index) => {
    if (timeWords.has(word)) return true;
    return timeUnits.has(word) && timePointers.has(words[index - 1] ?? '');
  });
}
