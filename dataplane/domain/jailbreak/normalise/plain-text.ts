// The text as a reader sees it, in the letters that it imitates: what models are given when the
// original is disguised.
import { latinOf, letterOfSymbol } from './look-alikes.ts';

export interface PlainText {
  readonly text: string;
  /**
   * Whether letters came out that were written as others, or were torn apart by characters without
   * width: the original would mislead a model. Typographic quotes, accents and emoji are no disguise.
   */
  readonly isDisguised: boolean;
}

const ascii = /^[\u0000-\u007f]*$/;
// Format characters, fillers and joiners: nothing of them is seen. Emoji lose their joiners too.
const invisible = /[\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]/gu;
const tornWord =
  /[a-z][\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]{1,64}[a-z]/iu;
const softHyphens = /\u00ad/g;
const symbols =
  /[\u249c-\u24b5\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]|[\u{1f1e6}-\u{1f1ff}]{1,64}/gu;
const compatibilityLetters =
  /[\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d6a5}\u{1f130}-\u{1f149}]{2}/u;
const words = /[\p{L}\p{M}\p{N}]{1,256}/gu;

// Latin letters of living languages: ø, ł and ı below this code point, and some phonetic ones.
const firstSuspect = 0x250;
const spellings: ReadonlySet<string> = new Set('ɓɗɖɛɔəɣɩʋɨʉ');

/** NFKC can make one character eighteen; no more than this many come out for each that went in. */
const growth = 4;

/** Linear in the text, and at most four times as long. ASCII comes out as it went in. */
export function plainText(original: string): PlainText {
  if (ascii.test(original)) return { text: original, isDisguised: false };
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
  const { latin, foreign } = countLetters(text);
  const isLatinText = latin >= foreign * 4;
  return text.replace(words, (word) => {
    const kind = kindOf(word);
    if (kind === 'ordinary' || (kind === 'look-alike' && !isLatinText)) return word;
    // Units such as µm and kΩ mix scripts and hide nothing.
    if (word.length > 2) disguised();
    let folded = '';
    for (const character of word) folded += latinOf.get(character.codePointAt(0) ?? 0) ?? character;
    return folded;
  });
}

/** Letters that are Latin, or could be taken for it, and those that could not. */
function countLetters(text: string): { latin: number; foreign: number } {
  let latin = 0;
  let foreign = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isAsciiLetter(unit) || latinOf.has(unit)) latin++;
    else if (unit >= firstSuspect && !(unit >= 0x2000 && unit < 0x2c00)) foreign++;
  }
  return { latin, foreign };
}

function kindOf(word: string): 'ordinary' | 'mixed' | 'look-alike' {
  let ascii = 0;
  let alike = 0;
  let others = 0;
  for (const character of word) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (isAsciiLetter(codePoint)) ascii++;
    else if (codePoint < firstSuspect || spellings.has(character)) continue;
    else if (latinOf.has(codePoint)) alike++;
    else others++;
  }
  if (alike === 0) return 'ordinary';
  if (ascii > 0) return 'mixed';
  return others === 0 ? 'look-alike' : 'ordinary';
}

function isAsciiLetter(codePoint: number): boolean {
  const lower = codePoint | 0x20;
  return lower >= 0x61 && lower <= 0x7a && codePoint < 0x80;
}
