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

// Rows of the table of one comparison, which is over before the next begins.
const longestCompared = 512;
let before = new Uint16Array(longestCompared + 1);
let above = new Uint16Array(longestCompared + 1);
let current = new Uint16Array(longestCompared + 1);

/**
 * Whether one word becomes the other by at most so many changes of a character: replaced, left out,
 * added, or swapped with its neighbour, none of them twice (optimal string alignment).
 */
export function differsByAtMost(left: string, right: string, most: number): boolean {
  if (Math.abs(left.length - right.length) > most) return false;
  // What both begin and end with changes nothing; it often is most of the words.
  let start = 0;
  const shorter = Math.min(left.length, right.length);
  while (start < shorter && left.charCodeAt(start) === right.charCodeAt(start)) start++;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (
    leftEnd > start &&
    rightEnd > start &&
    left.charCodeAt(leftEnd - 1) === right.charCodeAt(rightEnd - 1)
  ) {
    leftEnd--;
    rightEnd--;
  }
  const rows = leftEnd - start;
  const columns = rightEnd - start;
  if (rows === 0 || columns === 0) return rows + columns <= most;
  if (columns > longestCompared) return false;
  for (let column = 0; column <= columns; column++) above[column] = column;
  for (let row = 1; row <= rows; row++) {
    const character = left.charCodeAt(start + row - 1);
    current[0] = row;
    let least = row;
    for (let column = 1; column <= columns; column++) {
      const other = right.charCodeAt(start + column - 1);
      let cost = (above[column - 1] as number) + (character === other ? 0 : 1);
      cost = Math.min(cost, (above[column] as number) + 1, (current[column - 1] as number) + 1);
      if (
        row > 1 &&
        column > 1 &&
        character === right.charCodeAt(start + column - 2) &&
        other === left.charCodeAt(start + row - 2)
      ) {
        cost = Math.min(cost, (before[column - 2] as number) + 1);
      }
      current[column] = cost;
      if (cost < least) least = cost;
    }
    // A swap reaches back one row further, and costs one more.
    if (least > most + 1) return false;
    [before, above, current] = [above, current, before];
  }
  return (above[columns] as number) <= most;
}
