// Phrases of words that are alike, not equal: which of the keywords of some rules occur in a prompt,
// word after word, when a word of the prompt may stand for several words of keywords.
import { wordsOf } from '../../../config/keyword-pattern.ts';
import type { KeywordRule } from '../../../config/schema/index.ts';
import type { Finder } from './finder.ts';
import { PromptWords } from './prompt-words.ts';

/** Units of a prompt that are looked at: each of its words is compared with all of the keywords. */
const mostUnits = 8192;

/** One word of a keyword, with how alike a word must be to stand for it. */
export interface WantedWord {
  readonly word: string;
  readonly rule: KeywordRule;
}

/** Which of the wanted words a word may stand for, by their places; empty for most. */
export type LikeWords = (word: string) => readonly number[];

interface Phrase {
  readonly rule: number;
  /** Places of its words among the wanted ones. */
  readonly words: readonly number[];
}

/** The finder of rules by `method`; `rules` are all rules, of which it takes its own. */
export function phraseFinder(
  rules: readonly KeywordRule[],
  method: 'fuzzy' | 'ngram',
  compile: (wanted: readonly WantedWord[]) => LikeWords,
): Finder | undefined {
  const wanted: WantedWord[] = [];
  const phrases: Phrase[] = [];
  const totals = new Int32Array(rules.length);
  for (const [rule, source] of rules.entries()) {
    if (source.method !== method) continue;
    const keywords = new Set(source.keywords.map((keyword) => keyword.toLowerCase()));
    for (const keyword of keywords) {
      const words = wordsOf(keyword).map((word) => wanted.push({ word, rule: source }) - 1);
      phrases.push({ rule, words });
    }
    totals[rule] = keywords.size;
  }
  if (phrases.length === 0) return undefined;
  const likeWords = compile(wanted);
  const beginningWith = new Map(phrases.map((phrase) => [phrase.words[0], phrase]));
  return {
    totals,
    find: (text) =>
      count(new PromptWords(text.toString(), mostUnits).words, { likeWords, beginningWith }),
  };
}

interface Search {
  readonly likeWords: LikeWords;
  /** Each wanted word begins at most one phrase, since phrases have no words in common. */
  readonly beginningWith: ReadonlyMap<number | undefined, Phrase>;
}

function count(
  words: readonly string[],
  { likeWords, beginningWith }: Search,
): ReadonlyMap<number, number> {
  const known = new Map<string, readonly number[]>();
  const standsFor = words.map((word) => {
    let like = known.get(word);
    if (like === undefined) {
      like = likeWords(word);
      known.set(word, like);
    }
    return like;
  });
  const found = new Set<Phrase>();
  for (const [at, like] of standsFor.entries()) {
    for (const first of like) {
      const phrase = beginningWith.get(first);
      if (phrase === undefined || found.has(phrase)) continue;
      const isThere = phrase.words.every((word, offset) => standsFor[at + offset]?.includes(word));
      if (isThere) found.add(phrase);
    }
  }
  const counts = new Map<number, number>();
  for (const { rule } of found) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}
