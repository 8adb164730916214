// What BERT makes of single characters.
import { isAccent, isChinese, isPunctuation, isRemoved, isWhitespace } from './characters.ts';

export interface Normalisation {
  /** Removes what cannot be seen; any white space becomes a blank. */
  readonly cleansText: boolean;
  /** Makes a word of each Chinese character. */
  readonly splitsChinese: boolean;
  readonly stripsAccents: boolean;
  readonly lowercases: boolean;
}

export interface Letter {
  /**
   * `alone`: a word by itself. `accent`: belongs to the letter before and is left out, as what is
   * `removed` is.
   */
  readonly kind: 'letter' | 'alone' | 'blank' | 'accent' | 'removed';
  /** What it becomes; nothing for blanks, accents and what is removed. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly text: string;
  /** A letter may decompose into punctuation, which is a word by itself. */
  readonly isAlone: boolean;
}

/** Looks characters up, by code point; those of most scripts are worked out once. */
export function compileLetters(normalisation: Normalisation): (codePoint: number) => Letter {
  const known: (Letter | undefined)[] = [];
  return (codePoint) => {
    if (codePoint > 0xffff) return readLetter(codePoint, normalisation);
    return (known[codePoint] ??= readLetter(codePoint, normalisation));
  };
}

function readLetter(codePoint: number, normalisation: Normalisation): Letter {
  const character = String.fromCodePoint(codePoint);
  const kind = kindOf(codePoint, character, normalisation);
  if (kind !== 'letter' && kind !== 'alone') return { kind, parts: [] };
  const parts = Array.from(normalise(codePoint, character, normalisation), (text) => ({
    text,
    isAlone: isPunctuation(text.codePointAt(0) ?? 0, text),
  }));
  return { kind, parts };
}

function kindOf(
  codePoint: number,
  character: string,
  normalisation: Normalisation,
): Letter['kind'] {
  if (normalisation.cleansText && isRemoved(codePoint, character)) return 'removed';
  if (isWhitespace(codePoint, character)) return 'blank';
  if (isPunctuation(codePoint, character)) return 'alone';
  if (normalisation.splitsChinese && isChinese(codePoint)) return 'alone';
  if (normalisation.stripsAccents && isAccent(codePoint, character)) return 'accent';
  return 'letter';
}

function normalise(
  codePoint: number,
  character: string,
  { stripsAccents, lowercases }: Normalisation,
): string {
  if (codePoint < 0x80) return lowercases ? character.toLowerCase() : character;
  const plain = stripsAccents ? character.normalize('NFD').replace(/\p{Mn}/gu, '') : character;
  // One character at a time: the rule for a sigma at the end of a word must not apply.
  return lowercases ? Array.from(plain, (part) => part.toLowerCase()).join('') : plain;
}
