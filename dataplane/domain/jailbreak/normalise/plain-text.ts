// The text as a reader sees it, in the letters that it imitates: what models are given when the
// original is disguised.
import { isAscii, isLatinText } from './latin.ts';
import { anyOf, disguises, latinOf, letterOfSymbol } from './look-alikes.ts';

export interface PlainText {
  readonly text: string;
  /**
   * Whether letters came out that were written as others, or were torn apart by characters without
   * width: the original would mislead a model. Typographic quotes, accents and emoji are no disguise.
   */
  readonly isDisguised: boolean;
}

// Nothing is seen of them: format characters, fillers, selectors, an empty Braille cell.
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const tornWord = /[a-z][\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]{1,64}[a-z]/iu;
const softHyphens = /\u00ad/g;
const symbols =
  /[\u249c-\u24b5\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]|[\u{1f1e6}-\u{1f1ff}]{1,64}/gu;
const compatibilityLetters =
  /[\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d6a5}\u{1f130}-\u{1f149}]{2}/u;
const words = /[\p{L}\p{M}\p{N}]{1,256}/gu;
const disguise = anyOf(disguises, 'u');

/** NFKC can make one character eighteen; no more than this many come out for each that went in. */
const growth = 2;

/** Linear in the text, and at most twice as long. ASCII comes out as it went in. */
export function plainText(original: string): PlainText {
  if (isAscii(original)) return { text: original, isDisguised: false };
  let isDisguised = false;
  const disguised = (): void => {
    isDisguised = true;
  };
  // A soft hyphen is what text processors leave in honest words.
  const hyphenless = original.replace(softHyphens, '');
  if (tornWord.test(hyphenless) || compatibilityLetters.test(hyphenless)) disguised();
  const spelled = hyphenless.replace(symbols, (run) => readSymbols(run, disguised));
  const composed = spelled.normalize('NFKC').slice(0, original.length * growth);
  const text = foldWords(composed.replace(invisible, ''), disguised);
  return { text, isDisguised };
}

/** A pair of regional indicators alone is a flag, and stays one; longer runs spell words. */
function readSymbols(run: string, disguised: () => void): string {
  const codePoints = Array.from(run, (symbol) => symbol.codePointAt(0) ?? 0);
  if ((codePoints[0] ?? 0) >= 0x1f1e6 && codePoints.length <= 2) return run;
  disguised();
  return codePoints.map((codePoint) => letterOfSymbol(codePoint) ?? '').join('');
}

/**
 * Look-alikes become Latin in words that mix them with Latin letters, and in words of nothing else
 * where the text as a whole is Latin: honest Russian or Greek stays what it is.
 */
function foldWords(text: string, disguised: () => void): string {
  if (!disguise.test(text)) return text;
  const isLatin = isLatinText(text);
  return text.replace(words, (word) => {
    if (!disguise.test(word)) return word;
    const kind = kindOf(word);
    if (kind === 'ordinary' || (kind === 'look-alike' && !isLatin)) return word;
    // Units such as µm and kΩ mix scripts and hide nothing.
    if (word.length > 2) disguised();
    return Array.from(
      word,
      (character) => latinOf.get(character.codePointAt(0) ?? 0) ?? character,
    ).join('');
  });
}

function kindOf(word: string): 'ordinary' | 'mixed' | 'look-alike' {
  let latin = 0;
  let alike = 0;
  let others = 0;
  for (const character of word) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (isAscii(character)) latin++;
    else if (disguises.has(codePoint)) alike++;
    else if (!latinOf.has(codePoint)) others++;
  }
  if (latin > 0) return 'mixed';
  return others === 0 && alike > 0 ? 'look-alike' : 'ordinary';
}
