// One name for all words that mean the same.
import { derivations } from '../lexicon/derivations.ts';
import { synonyms } from '../lexicon/synonyms.ts';
import { stem } from './stem.ts';

const synonymOfStem = stems(synonyms);
const verbOfStem = stems(derivations);

function stems(words: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...words].map(([word, other]) => [stem(word), stem(other)]));
}

/** The key of a lower-case word: the stem of what its group of synonyms is called. */
export function termKey(word: string): string {
  const base = stem(word);
  const verb = verbOfStem.get(base) ?? base;
  return synonymOfStem.get(verb) ?? verb;
}
