// Words with typing errors: a word stands for one of a keyword when few of its characters were
// changed, left out, added or swapped with the next, in relation to its length. Words of up to four
// characters must be equal: with one error, `code` is `mode`, `core` and `node`.
import type { LikeWords, WantedWord } from './phrases.ts';

const defaultThreshold = 82;
const longestExact = 4;

interface Pattern extends WantedWord {
  /** Errors that may be in a word of this length. */
  readonly errors: number;
  readonly letters: number;
  readonly place: number;
}

export function fuzzyWords(wanted: readonly WantedWord[]): LikeWords {
  const exact = new Map<string, number[]>();
  const byLength = new Map<number, Pattern[]>();
  for (const [place, { word, rule }] of wanted.entries()) {
    const equal = exact.get(word);
    if (equal === undefined) exact.set(word, [place]);
    else equal.push(place);
    const errors = errorsIn(word, rule.fuzzy_threshold ?? defaultThreshold);
    if (errors === 0) continue;
    const pattern = { word, rule, errors, letters: lettersOf(word), place };
    for (let length = word.length - errors; length <= word.length + errors; length++) {
      const list = byLength.get(length);
      if (list === undefined) byLength.set(length, [pattern]);
      else list.push(pattern);
    }
  }
  return (word) => {
    const equal = exact.get(word) ?? [];
    const patterns = byLength.get(word.length);
    if (patterns === undefined || word.length <= longestExact) return equal;
    const letters = lettersOf(word);
    const like = patterns.filter(
      (pattern) =>
        // Each error changes at most two kinds of letters: most words are told apart by that.
        bits(pattern.letters ^ letters) <= 2 * pattern.errors &&
        pattern.word !== word &&
        differsByAtMost(pattern.word, word, pattern.errors),
    );
    return like.length === 0 ? equal : [...equal, ...like.map(({ place }) => place)];
  };
}

/** A word with so many errors is as alike as the threshold, in per cent, asks for. */
function errorsIn(word: string, threshold: number): number {
  return word.length <= longestExact
    ? 0
    : Math.floor((word.length * (100 - threshold)) / 100 + 1e-9);
}

function lettersOf(word: string): number {
  let letters = 0;
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) & 31);
  return letters;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Whether one word becomes the other by at most so many changes of a character: replaced, left out,
 * added, or swapped with its neighbour, none of them twice (optimal string alignment).
 */
export function differsByAtMost(left: string, right: string, most: number): boolean {
  if (Math.abs(left.length - right.length) > most) return false;
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= right.length; column++) {
      const isEqual = left[row - 1] === right[column - 1];
      let cost = Math.min(
        (above[column - 1] as number) + (isEqual ? 0 : 1),
        (above[column] as number) + 1,
        (current[column - 1] as number) + 1,
      );
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && isSwap)
        cost = Math.min(cost, (before[column - 2] as number) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    // A swap reaches back two rows, so one bad row decides nothing.
    if (least > most && Math.min(...above) > most) return false;
    before = above;
    above = current;
  }
  return (above[right.length] as number) <= most;
}
