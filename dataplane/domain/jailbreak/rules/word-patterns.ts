// Patterns of words with gaps, compiled into one trie. Knows words, not what they are rules for.
import { matchingText } from '../normalise/matching-text.ts';
import { readWords } from './words.ts';

/** A name and the patterns of words that mean it: see `compileWordPatterns`. */
export interface WordRule<Name extends string> {
  readonly name: Name;
  readonly patterns: readonly string[];
}

/** What a word does: it fills a cell, where the cell before was filled shortly before. */
export interface Step<Name extends string> {
  /** Index of the cell that must have been filled; undefined where a pattern begins. */
  readonly after: number | undefined;
  /** Most words between the two. */
  readonly gap: number;
  /** Index of the cell that is filled. */
  readonly fills: number;
  /** Name of the rule where the pattern ends so. */
  readonly name: Name | undefined;
}

export interface TrieNode<Name extends string> {
  readonly next: ReadonlyMap<number, TrieNode<Name>>;
  /** Steps of a word that ends here. A step stands before those that fill what it comes after. */
  readonly atEnd: readonly Step<Name>[];
  /** Steps of a word that goes on where the trie does not. */
  readonly beyond: readonly Step<Name>[];
  /** Whether a word of some pattern ends here. */
  readonly isWord: boolean;
}

export interface WordPatterns<Name extends string> {
  readonly root: TrieNode<Name>;
  /** How many cells the steps fill. */
  readonly cells: number;
}

interface OpenNode<Name extends string> {
  readonly next: Map<number, OpenNode<Name>>;
  readonly whole: Step<Name>[];
  readonly prefix: Step<Name>[];
}

interface Slot {
  /** Most words between this one and the one before. */
  readonly gap: number;
  /** Each an alternative of one or more words. */
  readonly alternatives: readonly (readonly string[])[];
}

/**
 * Compiles patterns such as `ignore|disregard ~3 previous|prior ~2 instruction*`. Words separated by
 * spaces follow each other; `~3` allows up to three words between; `|` separates alternatives; `*`
 * stands for any ending; `_` joins the words of an alternative. Patterns are folded as texts are. Throws
 * where a pattern is empty: patterns are code.
 */
export function compileWordPatterns<Name extends string>(
  rules: readonly WordRule<Name>[],
): WordPatterns<Name> {
  const root = openNode<Name>();
  let cells = 0;
  for (const { name, patterns } of rules) {
    for (const pattern of patterns) {
      let after: number | undefined;
      const slots = readPattern(pattern);
      for (const [at, { gap, alternatives }] of slots.entries()) {
        // The words of an alternative fill cells of their own, the last of them that of the slot.
        const inner = alternatives.reduce((sum, words) => sum + words.length - 1, 0);
        const slotCell = cells + inner;
        for (const words of alternatives) {
          let before = after;
          for (const [index, word] of words.entries()) {
            const isLast = index === words.length - 1;
            const fills = isLast ? slotCell : cells++;
            const ends = isLast && at === slots.length - 1;
            const width = index === 0 ? gap : 0;
            plant(root, word, { after: before, gap: width, fills, name: ends ? name : undefined });
            before = fills;
          }
        }
        cells = slotCell + 1;
        after = slotCell;
      }
    }
  }
  return { root: closeNode(root, []), cells };
}

function readPattern(pattern: string): Slot[] {
  const slots: Slot[] = [];
  let gap = 0;
  for (const part of pattern.split(/\s+/)) {
    if (part.startsWith('~')) gap = Number(part.slice(1));
    else {
      slots.push({ gap, alternatives: part.split('|').map(readAlternative) });
      gap = 0;
    }
  }
  return slots;
}

function readAlternative(alternative: string): string[] {
  const text = matchingText(alternative.replaceAll('_', ' '));
  const words: string[] = [];
  readWords(text, (start, end) => {
    words.push(text.slice(start, end) + (text.charAt(end) === '*' ? '*' : ''));
  });
  if (words.length === 0) throw new Error(`a word pattern without a word: "${alternative}"`);
  return words;
}

function plant<Name extends string>(root: OpenNode<Name>, word: string, step: Step<Name>): void {
  const isPrefix = word.endsWith('*');
  let node = root;
  for (let at = 0; at < word.length - (isPrefix ? 1 : 0); at++) {
    const unit = word.charCodeAt(at);
    const next = node.next.get(unit) ?? openNode<Name>();
    node.next.set(unit, next);
    node = next;
  }
  (isPrefix ? node.prefix : node.whole).push(step);
}

function openNode<Name extends string>(): OpenNode<Name> {
  return { next: new Map(), whole: [], prefix: [] };
}

function closeNode<Name extends string>(
  open: OpenNode<Name>,
  inherited: readonly Step<Name>[],
): TrieNode<Name> {
  const beyond = [...inherited, ...open.prefix].sort(laterFirst);
  const atEnd = [...beyond, ...open.whole].sort(laterFirst);
  const next = new Map([...open.next].map(([unit, node]) => [unit, closeNode(node, beyond)]));
  return { next, atEnd, beyond, isWord: open.whole.length > 0 || open.prefix.length > 0 };
}

function laterFirst<Name extends string>(left: Step<Name>, right: Step<Name>): number {
  return right.fills - left.fills;
}
