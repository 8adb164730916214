// Finds patterns of words in one pass. Whatever the text, the work is its length times a constant, the
// most steps that one word can take: no backtracking, nothing to explode.
import { readWords } from './words.ts';
import type { Step, TrieNode, WordPatterns } from './word-patterns.ts';

/** Words as long as this that no pattern knows are looked through for words glued together. */
const fewestGlued = 14;
const mostGlued = 1024;
const fewestInGlued = 3;

/**
 * The names of the patterns that a text in matching form holds. `visited` is told how many steps were
 * tried, which is what the work is proportional to.
 */
export function findPatterns<Name extends string>(
  { root, cells }: WordPatterns<Name>,
  text: string,
  visited?: (steps: number) => void,
): Set<Name> {
  const found = new Set<Name>();
  // Where each cell was filled last. A later filling serves whatever an earlier one would have served.
  const filledAt = new Int32Array(cells).fill(-never);
  let tried = 0;

  const take = (steps: readonly Step<Name>[], place: number): void => {
    tried += steps.length;
    for (const { after, gap, fills, name } of steps) {
      if (after !== undefined && place - (filledAt[after] ?? 0) > gap + 1) continue;
      filledAt[fills] = place;
      if (name !== undefined) found.add(name);
    }
  };

  let shift = 0;
  readWords(text, (start, end, place) => {
    const steps = stepsOf(root, text, start, end);
    if (steps.length > 0 || end - start < fewestGlued || end - start > mostGlued) {
      take(steps, place + shift);
      return;
    }
    readGlued(root, text.slice(start, end), (part, partEnd) => {
      take(stepsOf(root, text, start + part, start + partEnd), place + shift++);
    });
  });
  visited?.(tried);
  return found;
}

const never = 1_000_000;

function stepsOf<Name extends string>(
  root: TrieNode<Name>,
  text: string,
  start: number,
  end: number,
): readonly Step<Name>[] {
  let node = root;
  for (let at = start; at < end; at++) {
    const next = node.next.get(text.charCodeAt(at));
    if (next === undefined) return node.beyond;
    node = next;
  }
  return node.atEnd;
}

/** The patterns' words in a long one, each the longest that fits where the last one ended. */
function readGlued<Name extends string>(
  root: TrieNode<Name>,
  word: string,
  visit: (start: number, end: number) => void,
): void {
  for (let start = 0; start < word.length;) {
    const end = longestWord(root, word, start);
    if (end - start >= fewestInGlued) visit(start, end);
    start = Math.max(end, start + 1);
  }
}

function longestWord<Name extends string>(
  root: TrieNode<Name>,
  word: string,
  start: number,
): number {
  let node = root;
  let longest = start;
  for (let at = start; at < word.length; at++) {
    const next = node.next.get(word.charCodeAt(at));
    if (next === undefined) break;
    node = next;
    if (node.isWord) longest = at + 1;
  }
  return longest;
}
