// Titles before names. They say little about a person by themselves, and so are too low to act on by
// default; they tell that the word after them is a name.
import type { PiiSpan } from '../../findings.ts';

const title =
  /\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Doctor|Sir|Madam|Rev|Reverend|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Signora?)\b\.?(?= \p{Lu})/gu;

export function* findTitles(text: string): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(title)) {
    yield { type: 'TITLE', start: index, end: index + found.length, score: 0.5 };
  }
}
