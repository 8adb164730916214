// Other ways to read the whole of a text: digits as letters, letters with gaps between, escapes, letters
// turned by thirteen places, words backwards. Each gives undefined where the text gives no cause.
import { Buffer } from 'node:buffer';

export type Respelling = (text: string) => string | undefined;

const leetWords = /[a-z0-9@$!|]{2,1024}/gi;
const leetInside = /[a-z][0-9@$!|]{1,4}[a-z]|^[0-9@$|]{1,3}[a-z]{2}|[a-z]{2}[0-9@$|]{1,3}$/i;
const leetSeams = /[a-z][0-9@$!|]|[0-9@$|][a-z]/gi;
const longestLeetWord = 24;
const fewestLeetWords = 3;
const hasLetter = /[a-z]/i;
const leetSigns = /[0-9@$!|]/g;
const leetLetters: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
};

/** A version, a model's name or a unit is one such word; a sentence in leet has several. */
export function readLeet(text: string): string | undefined {
  if (count(text, leetSeams) < fewestLeetWords) return undefined;
  let changed = 0;
  const read = text.replace(leetWords, (word) => {
    if (word.length > longestLeetWord || !hasLetter.test(word)) return word;
    if (leetInside.test(word)) changed++;
    return word.replaceAll('11', 'll').replace(leetSigns, (sign) => leetLetters[sign] ?? sign);
  });
  return changed >= fewestLeetWords ? read : undefined;
}

const spacedLetters =
  /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:[ ._*|/\t-]{1,4}[\p{L}\p{N}](?![\p{L}\p{N}])){4,4096}/gu;
const gaps = /[ ._*|/\t-]{1,4}/g;

/**
 * Closes `i g n o r e`, whatever stands between the letters. A gap wider than the narrowest ends a
 * word; where all are alike, the words stay in one piece.
 */
export function closeGaps(text: string): string | undefined {
  const read = text.replace(spacedLetters, (run) => {
    let narrowest = Infinity;
    for (const [gap] of run.matchAll(gaps)) narrowest = Math.min(narrowest, gap.length);
    return run.replace(gaps, (gap) => (gap.length > narrowest ? ' ' : ''));
  });
  return read === text ? undefined : read;
}

const escapes =
  /(?:%[0-9a-f]{2}){1,1024}|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|&#(?:x[0-9a-f]{1,6}|[0-9]{1,7});/gi;

/** Reads percent signs, backslash escapes and numeric entities, where there are at least three. */
export function readEscapes(text: string): string | undefined {
  let characters = 0;
  const read = text.replace(escapes, (escape) => {
    characters += escape.startsWith('%') ? escape.length / 3 : 1;
    return readEscape(escape);
  });
  return characters >= 3 ? read : undefined;
}

function readEscape(escape: string): string {
  if (escape.startsWith('%')) {
    return Buffer.from(escape.replaceAll('%', ''), 'hex').toString('utf8');
  }
  const digits = escape.replace(/^(?:\\[xu]|&#)/i, '').replace(';', '');
  const isDecimal = escape.startsWith('&') && !/^x/i.test(digits);
  const codePoint = isDecimal ? Number(digits) : Number.parseInt(digits.replace(/^x/i, ''), 16);
  return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '';
}

const turnedWords = /\b(?:gur|naq|lbh|nyy|lbhe|guvf|sebz|jvgu|gung|vtaber|nafjre)\b/gi;
const mirroredWords = /\b(?:eht|dna|uoy|lla|ruoy|siht|morf|htiw|taht|erongi|rewsna)\b/gi;

/** Turns every letter by thirteen places where common English words appear turned so. */
export function readTurned(text: string): string | undefined {
  if (count(text, turnedWords) < 2) return undefined;
  return text.replace(/[a-z]/gi, (character) => {
    const code = character.charCodeAt(0);
    const first = code < 0x61 ? 0x41 : 0x61;
    return String.fromCharCode(((code - first + 13) % 26) + first);
  });
}

/** Reads from the end where common English words appear backwards. */
export function readBackwards(text: string): string | undefined {
  if (count(text, mirroredWords) < 2) return undefined;
  return Array.from(text).toReversed().join('');
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** In the order in which they are tried. */
export const respellings: readonly Respelling[] = [
  readEscapes,
  closeGaps,
  readLeet,
  readTurned,
  readBackwards,
];
