// How BERT tells characters apart, which is not how Unicode would today.

const unseen = /^[\p{Cc}\p{Cf}\p{Co}\p{Cs}]$/u;
const whitespace = /^\p{White_Space}$/u;
const punctuation = /^\p{P}$/u;
const accent = /^\p{Mn}$/u;

/** Removed before anything else: NUL, the replacement character, and what cannot be seen. */
export function isRemoved(codePoint: number, character: string): boolean {
  if (codePoint < 0x20) return codePoint !== 0x09 && codePoint !== 0x0a && codePoint !== 0x0d;
  if (codePoint < 0x7f) return false;
  return codePoint === 0xfffd || unseen.test(character);
}

export function isWhitespace(codePoint: number, character: string): boolean {
  if (codePoint < 0x80) return codePoint === 0x20 || (codePoint >= 0x09 && codePoint <= 0x0d);
  return whitespace.test(character);
}

/** Symbols of ASCII count as punctuation, other symbols do not. */
export function isPunctuation(codePoint: number, character: string): boolean {
  if (codePoint < 0x80) {
    return (
      (codePoint >= 0x21 && codePoint <= 0x2f) ||
      (codePoint >= 0x3a && codePoint <= 0x40) ||
      (codePoint >= 0x5b && codePoint <= 0x60) ||
      (codePoint >= 0x7b && codePoint <= 0x7e)
    );
  }
  return punctuation.test(character);
}

/** A mark that takes no room of its own. */
export function isAccent(codePoint: number, character: string): boolean {
  return codePoint >= 0x300 && accent.test(character);
}

const chinese: readonly (readonly [from: number, to: number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  // The block begins at 2b820; the tokenizers that models are trained with begin here.
  [0x2b920, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

/** Characters that are a word each. Neither Kana nor Hangul are among them. */
export function isChinese(codePoint: number): boolean {
  return codePoint >= 0x3400 && chinese.some(([from, to]) => codePoint >= from && codePoint <= to);
}
