// WordPiece as BERT uses it: each word is split into the longest pieces of a vocabulary, from the
// left. A word that does not come out even is one unknown token.
import { bertWords, type BertWord } from './bert-words.ts';
import { compileLetters, type Normalisation } from './letters.ts';
import type { Encoded, Tokenizer } from './tokenizer.ts';

export interface WordPieceVocabulary {
  readonly ids: ReadonlyMap<string, number>;
  /** What pieces that continue a word begin with, such as `##`. */
  readonly continuation: string;
  readonly unknownId: number;
  /** Words of more characters are unknown without a look. */
  readonly maxCharactersPerWord: number;
}

interface Growing {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
}

export function createWordPiece(
  vocabulary: WordPieceVocabulary,
  normalisation: Normalisation,
  special: Pick<Tokenizer, 'prefix' | 'suffix' | 'padId'>,
): Tokenizer {
  const split = pieceFinder(vocabulary);
  const letterOf = compileLetters(normalisation);
  return {
    ...special,
    unknownId: vocabulary.unknownId,
    encode: (text): Encoded => {
      const tokens: Growing = { ids: [], starts: [], ends: [] };
      for (const word of bertWords(text, letterOf)) split(word, tokens);
      return {
        ids: Int32Array.from(tokens.ids),
        starts: Int32Array.from(tokens.starts),
        ends: Int32Array.from(tokens.ends),
      };
    },
  };
}

function pieceFinder({
  ids,
  continuation,
  unknownId,
  maxCharactersPerWord,
}: WordPieceVocabulary): (word: BertWord, tokens: Growing) => void {
  // Pieces that begin a word and those that continue one, so that no strings are glued per look-up.
  const first = new Map<string, number>();
  const next = new Map<string, number>();
  let longest = 1;
  for (const [piece, id] of ids) {
    first.set(piece, id);
    if (piece.startsWith(continuation)) next.set(piece.slice(continuation.length), id);
    longest = Math.max(longest, piece.length);
  }
  return ({ text, starts, ends }, tokens) => {
    const begun = tokens.ids.length;
    const push = (id: number, from: number, to: number): void => {
      tokens.ids.push(id);
      tokens.starts.push(starts[from] ?? 0);
      tokens.ends.push(ends[to - 1] ?? 0);
    };
    let at = isTooLong(text, maxCharactersPerWord) ? -1 : 0;
    while (at >= 0 && at < text.length) {
      const pieces = at === 0 ? first : next;
      let end = Math.min(text.length, at + longest);
      let id: number | undefined;
      while (end > at && (id = pieces.get(text.slice(at, end))) === undefined) end--;
      if (id === undefined) at = -1;
      else {
        push(id, at, end);
        at = end;
      }
    }
    if (at >= 0) return;
    for (const list of Object.values(tokens) as number[][]) list.length = begun;
    push(unknownId, 0, text.length);
  };
}

function isTooLong(text: string, most: number): boolean {
  return text.length > most && Array.from(text).length > most;
}
