// The few kinds of characters that a set of keywords tells apart. Everything that occurs in no
// keyword is one of two kinds, so that tables stay narrow whatever script a text is written in.
import { caseVariants, foldCodePoint, isWordCodePoint } from './characters.ts';

export interface Alphabet {
  /** Class of each UTF-16 unit; `surrogateClass` where the code point must be read first. */
  readonly classOf: Uint32Array;
  /** Class of the code points beyond 0xffff, and of the lone surrogates, that keywords hold. */
  readonly rare: ReadonlyMap<number, number>;
  /** Classes up to this one belong to no word, those above it do. */
  readonly lastNonWord: number;
  readonly size: number;
}

/** Stands for no character: the unit is half of one, or alone. */
export const surrogateClass = 0;
const otherNonWord = 1;

/** An alphabet for keywords given as code points, folded already where case does not matter. */
export function buildAlphabet(
  keywords: readonly (readonly number[])[],
  foldsCase: boolean,
): Alphabet {
  const codePoints = [...new Set(keywords.flat())].sort((left, right) => left - right);
  const nonWord = codePoints.filter((codePoint) => !isWordCodePoint(codePoint));
  const word = codePoints.filter(isWordCodePoint);
  const lastNonWord = otherNonWord + nonWord.length;
  const otherWord = lastNonWord + 1;

  const classOf = new Uint32Array(0x10000);
  for (let unit = 0; unit < 0x10000; unit++) {
    if (isSurrogate(unit)) classOf[unit] = surrogateClass;
    else classOf[unit] = isWordCodePoint(unit) ? otherWord : otherNonWord;
  }
  const rare = new Map<number, number>();
  const assign = (members: readonly number[], first: number): void => {
    members.forEach((codePoint, index) => {
      for (const variant of foldsCase ? caseVariants(codePoint) : [codePoint]) {
        if (variant > 0xffff || isSurrogate(variant)) rare.set(variant, first + index);
        else classOf[variant] = first + index;
      }
    });
  };
  assign(nonWord, otherNonWord + 1);
  assign(word, otherWord + 1);
  return { classOf, rare, lastNonWord, size: otherWord + 1 + word.length };
}

/** The code points of a text, folded where case does not matter. */
export function readCodePoints(text: string, foldsCase: boolean): number[] {
  return Array.from(text, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return foldsCase ? foldCodePoint(codePoint) : codePoint;
  });
}

/** Class of any code point, lone surrogates included. */
export function classOfCodePoint(alphabet: Alphabet, codePoint: number): number {
  if (codePoint <= 0xffff && !isSurrogate(codePoint)) return alphabet.classOf[codePoint] as number;
  return (
    alphabet.rare.get(codePoint) ??
    (isWordCodePoint(codePoint) ? alphabet.lastNonWord + 1 : otherNonWord)
  );
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800 && unit <= 0xffff;
}
