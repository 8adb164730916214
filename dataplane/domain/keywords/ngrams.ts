// Words of like spelling: the share of pieces of a few characters that two words have in common, the
// edges of the words being pieces of their own.
import type { LikeWords, WantedWord } from './phrases.ts';

const defaultThreshold = 0.4;
const defaultArity = 3;

export function ngramWords(wanted: readonly WantedWord[]): LikeWords {
  const arities = new Map<number, ArityIndex>();
  for (const [place, { word, rule }] of wanted.entries()) {
    const arity = rule.ngram_arity ?? defaultArity;
    let index = arities.get(arity);
    if (index === undefined) {
      index = new ArityIndex(arity);
      arities.set(arity, index);
    }
    index.add(place, word, rule.ngram_threshold ?? defaultThreshold);
  }
  const indices = [...arities.values()];
  return (word) => indices.flatMap((index) => index.like(word));
}

interface Entry {
  readonly place: number;
  /** Number of its pieces. */
  readonly size: number;
  readonly threshold: number;
  /** While a word is looked at: pieces in common with it. */
  shared: number;
}

/** Wanted words by the pieces that they are made of, so that a word meets only those that share one. */
class ArityIndex {
  readonly #arity: number;
  readonly #entriesWith = new Map<string, Entry[]>();

  constructor(arity: number) {
    this.#arity = arity;
  }

  add(place: number, word: string, threshold: number): void {
    const pieces = piecesOf(word, this.#arity);
    const entry = { place, size: pieces.size, threshold, shared: 0 };
    for (const piece of pieces) {
      const entries = this.#entriesWith.get(piece);
      if (entries === undefined) this.#entriesWith.set(piece, [entry]);
      else entries.push(entry);
    }
  }

  like(word: string): readonly number[] {
    const pieces = piecesOf(word, this.#arity);
    const touched: Entry[] = [];
    for (const piece of pieces) {
      for (const entry of this.#entriesWith.get(piece) ?? []) {
        if (entry.shared === 0) touched.push(entry);
        entry.shared++;
      }
    }
    const like: number[] = [];
    for (const entry of touched) {
      const either = entry.size + pieces.size - entry.shared;
      if (entry.shared / either >= entry.threshold) like.push(entry.place);
      entry.shared = 0;
    }
    return like;
  }
}

/** Each once, of a word padded on both sides. */
function piecesOf(word: string, arity: number): ReadonlySet<string> {
  const edge = ' '.repeat(arity - 1);
  const padded = `${edge}${word}${edge}`;
  const pieces = new Set<string>();
  for (let at = 0; at + arity <= padded.length; at++) pieces.add(padded.slice(at, at + arity));
  return pieces;
}
