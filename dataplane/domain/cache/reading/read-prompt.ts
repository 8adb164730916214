// What a prompt says, as far as two prompts have to agree in it: what is asked, the words that carry
// content in their order and part, and the small words that turn a meaning round. English; it knows
// no embeddings and no caches.
import { futureWords, languageWords, pastWords, presentWords } from '../lexicon/function-words.ts';
import { withPhrases } from './phrases.ts';
import { expanded, plainText } from './plain-text.ts';
import { readQuestion } from './question.ts';
import { readWords } from './reader.ts';
import type { PromptReading } from './reading.ts';
import { tokensOf } from './tokens.ts';

export function readPrompt(text: string): PromptReading {
  const plain = expanded(plainText(text));
  const { kind, rest, asked } = readQuestion(plain.replace(/(?:[\s?.]|(?<!\d)!)+$/, ''));
  const tokens = tokensOf(rest, /\p{Ll}/u.test(plain));
  const isAboutWords = kind === 'mean' || tokens.some(({ text: word }) => languageWords.has(word));
  return {
    ...readWords(withPhrases(tokens), isAboutWords),
    question: kind,
    tense: tenseOf(asked),
    opensWithSubject: /^(?:how|why|when|where|who)/.test(kind) || opensWithVerb.test(rest),
  };
}

const opensWithVerb =
  /^(?:do|does|did|can|could|should|would|will|shall|may|might|must|has|have|had|is|are|was|were)\b/i;

/** By the first auxiliary verb that tells. */
function tenseOf(text: string): PromptReading['tense'] {
  for (const [word] of text.toLowerCase().matchAll(/[a-z]+/g)) {
    if (pastWords.has(word)) return 'past';
    if (futureWords.has(word)) return 'future';
    if (presentWords.has(word)) return 'present';
  }
  return '';
}
