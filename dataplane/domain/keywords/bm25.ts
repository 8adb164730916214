// Keywords by their weight in a prompt: how often their stems occur in it, damped, and the less the
// longer it is (BM25's saturation and length, with one prompt as the document). There is no rarity of
// words in it: that would make a keyword's weight depend on which others its rule lists.
//
// A phrase counts where all its words occur, as often as the rarest of them. The score of a rule is
// the sum of those of its keywords.
import type { KeywordRule } from '../../../config/schema/index.ts';
import { wordsOf } from '../../../config/keyword-pattern.ts';
import type { Finder } from './finder.ts';
import { PromptWords } from './prompt-words.ts';
import { stem } from './stem.ts';
import { isStopWord } from './stop-words.ts';

const defaultThreshold = 0.1;
const saturation = 1.2;
const lengthWeight = 0.75;
/** Words of a prompt that is neither long nor short. */
const usualWords = 64;
/** Units of a prompt that are looked at. */
const mostUnits = 65_536;

interface Phrase {
  /** Place of its rule. */
  readonly rule: number;
  readonly size: number;
}

/** The finder of rules by the method `bm25`; `rules` are all rules, of which it takes its own. */
export function bm25Finder(rules: readonly KeywordRule[]): Finder | undefined {
  const thresholds = new Map<number, number>();
  const phrases: Phrase[] = [];
  const phrasesOf = new Map<string, number[]>();
  for (const [rule, { method, keywords, bm25_threshold: threshold }] of rules.entries()) {
    if (method !== 'bm25') continue;
    thresholds.set(rule, threshold ?? defaultThreshold);
    for (const stems of new Map(
      keywords.map(stemsOf).map((all) => [all.join(' '), all]),
    ).values()) {
      for (const one of stems) listIn(phrasesOf, one).push(phrases.length);
      phrases.push({ rule, size: stems.length });
    }
  }
  if (thresholds.size === 0) return undefined;
  const totals = new Int32Array(rules.length);
  for (const { rule } of phrases) totals[rule] = (totals[rule] ?? 0) + 1;
  return {
    totals,
    find(text) {
      const { scores, counts } = score(new PromptWords(text.toString(), mostUnits).words, {
        phrases,
        phrasesOf,
      });
      for (const [rule, threshold] of thresholds) {
        // Too little of them all is none of them.
        if ((scores.get(rule) ?? 0) < threshold) counts.delete(rule);
      }
      return counts;
    },
  };
}

interface Index {
  readonly phrases: readonly Phrase[];
  /** The phrases that a stem is in. */
  readonly phrasesOf: ReadonlyMap<string, readonly number[]>;
}

/** Goes through the words of the prompt once: the cost is theirs, not that of the rules. */
function score(words: readonly string[], { phrases, phrasesOf }: Index) {
  const occurrences = new Map<string, number>();
  for (const word of words) {
    const own = stem(word);
    if (phrasesOf.has(own)) occurrences.set(own, (occurrences.get(own) ?? 0) + 1);
  }
  const seen = new Map<number, { stems: number; rarest: number }>();
  for (const [own, count] of occurrences) {
    for (const phrase of phrasesOf.get(own) ?? []) {
      const { stems, rarest } = seen.get(phrase) ?? { stems: 0, rarest: Infinity };
      seen.set(phrase, { stems: stems + 1, rarest: Math.min(rarest, count) });
    }
  }
  const length = 1 - lengthWeight + lengthWeight * (words.length / usualWords);
  const scores = new Map<number, number>();
  const counts = new Map<number, number>();
  for (const [phrase, { stems, rarest }] of seen) {
    const { rule, size } = phrases[phrase] as Phrase;
    if (stems < size) continue;
    const weight = (rarest * (saturation + 1)) / (rarest + saturation * length);
    scores.set(rule, (scores.get(rule) ?? 0) + weight);
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return { scores, counts };
}

/** Stop words count only where a keyword has no others. */
function stemsOf(keyword: string): readonly string[] {
  const words = wordsOf(keyword.toLowerCase());
  const telling = words.filter((word) => !isStopWord(word));
  return [...new Set((telling.length > 0 ? telling : words).map(stem))];
}

function listIn<Key>(map: Map<Key, number[]>, key: Key): number[] {
  const known = map.get(key);
  if (known !== undefined) return known;
  const list: number[] = [];
  map.set(key, list);
  return list;
}
