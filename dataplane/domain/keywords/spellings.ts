// How characters may stand in a JSON string, as sets of bytes: in UTF-8, or escaped.
import { caseVariants } from './characters.ts';

/** Bytes that may stand at one place; undefined: any. */
export type ByteSet = readonly number[] | undefined;

export const backslash = 0x5c;
export const letterU = 0x75;

const escapeLetters: ReadonlyMap<number, string> = new Map([
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x22, '"'],
  [0x2f, '/'],
  [0x5c, '\\'],
]);

/**
 * Every way to spell a character but \uXXXX, each as what may stand at its first byte, its second and
 * so on. Variants of equal length are one spelling, which may then allow more than there is.
 */
export function spellingsOf(codePoint: number, foldsCase: boolean): readonly ByteSet[][] {
  const byLength = new Map<number, number[][]>();
  for (const variant of foldsCase ? caseVariants(codePoint) : [codePoint]) {
    for (const bytes of encodings(variant)) {
      const places = byLength.get(bytes.length) ?? Array.from(bytes, () => []);
      byLength.set(bytes.length, places);
      bytes.forEach((byte, index) => {
        if (places[index]?.includes(byte) === false) places[index].push(byte);
      });
    }
  }
  return [...byLength.values()];
}

function encodings(codePoint: number): readonly (readonly number[])[] {
  const letter = escapeLetters.get(codePoint);
  const escaped = letter === undefined ? [] : [[backslash, letter.charCodeAt(0)]];
  const mustBeEscaped = codePoint < 0x20 || codePoint === 0x22 || codePoint === backslash;
  // Half of a surrogate pair has no encoding: it stands as \uXXXX alone.
  const isHalf = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (mustBeEscaped || isHalf) return escaped;
  return [[...Buffer.from(String.fromCodePoint(codePoint))], ...escaped];
}

/** First bytes of characters that belong to no word, and of some that do. */
export const mayBeginNonWord: ByteSet = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => !/\w/.test(String.fromCharCode(byte)),
);

/** Last bytes of characters that belong to no word and do not stand as \uXXXX, and of some that do. */
export const mayEndNonWord: ByteSet = [...mayBeginNonWord, ...Buffer.from('bfnrt')];
