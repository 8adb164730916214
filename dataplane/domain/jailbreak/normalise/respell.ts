// Other ways to read the whole of a text: digits as letters, letters with gaps between, escapes, letters
// turned by thirteen places, words backwards. Each gives undefined where the text gives no cause.
import { Buffer } from 'node:buffer';

export type Respelling = (text: string) => string | undefined;

const leetWords = /[a-z0-9@$!|]{2,1024}/gi;
const leetInside = /[a-z][0-9@$!|]{1,4}[a-z]|^[0-9@$|]{1,3}[a-z]{2}|[a-z]{2}[0-9@$|]{1,3}$/i;
const longestLeetWord = 24;
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
  let changed = 0;
  const read = text.replace(leetWords, (word) => {
    if (word.length > longestLeetWord || !hasLetter.test(word)) return word;
    if (leetInside.test(word)) changed++;
    return word.replaceAll('11', 'll').replace(leetSigns, (sign) => leetLetters[sign] ?? sign);
  });
  return changed >= 3 ? read : undefined;
}

const letter = /[\p{L}\p{N}]/u;
const separator = /[ ._*|/\t-]/;

/**
 * Closes `i g n o r e`, whatever stands between the letters. Where most gaps are alike, a wider one
 * ends a word; where all are, the words stay in one piece.
 */
export function closeGaps(text: string): string | undefined {
  let read = '';
  let done = 0;
  let found = false;
  for (let at = 0; at < text.length;) {
    const run = readSpacedRun(text, at);
    if (run === undefined) {
      at++;
      continue;
    }
    read += text.slice(done, at) + run.word;
    found = true;
    at = run.end;
    done = run.end;
  }
  return found ? read + text.slice(done) : undefined;
}

const fewestSpacedLetters = 5;

function readSpacedRun(text: string, start: number): { word: string; end: number } | undefined {
  if (!isLoneLetter(text, start)) return undefined;
  let word = text.charAt(start);
  let letters = 1;
  let end = start + 1;
  for (;;) {
    const gap = readGap(text, end);
    if (gap === 0 || !isLoneLetter(text, end + gap)) break;
    word += (gap > 1 ? ' ' : '') + text.charAt(end + gap);
    letters++;
    end += gap + 1;
  }
  if (letters < fewestSpacedLetters) return undefined;
  // With every gap wide, none of them ends a word.
  return { word: word.length === letters * 2 - 1 ? word.replaceAll(' ', '') : word, end };
}

function readGap(text: string, start: number): number {
  let end = start;
  while (end < text.length && end - start < 4 && separator.test(text.charAt(end))) end++;
  return end - start;
}

function isLoneLetter(text: string, at: number): boolean {
  return (
    at < text.length &&
    letter.test(text.charAt(at)) &&
    !letter.test(text.charAt(at - 1)) &&
    !letter.test(text.charAt(at + 1))
  );
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

const asciiWords = /[a-z]{3,12}/gi;
const turnedWords = new Set('gur naq lbh nyy lbhe guvf sebz jvgu gung vtaber nafjre ab'.split(' '));
const mirroredWords = new Set('eht dna uoy lla ruoy siht morf htiw taht erongi rewsna'.split(' '));

/** Turns every letter by thirteen places where common English words appear turned so. */
export function readTurned(text: string): string | undefined {
  if (countWords(text, turnedWords) < 2) return undefined;
  return text.replace(/[a-z]/gi, (character) => {
    const code = character.charCodeAt(0);
    const first = code < 0x61 ? 0x41 : 0x61;
    return String.fromCharCode(((code - first + 13) % 26) + first);
  });
}

/** Reads from the end where common English words appear backwards. */
export function readBackwards(text: string): string | undefined {
  if (countWords(text, mirroredWords) < 2) return undefined;
  return Array.from(text).toReversed().join('');
}

function countWords(text: string, set: ReadonlySet<string>): number {
  let count = 0;
  for (const [word] of text.matchAll(asciiWords)) {
    if (set.has(word.toLowerCase())) count++;
  }
  return count;
}

/** In the order in which they are tried. */
export const respellings: readonly Respelling[] = [
  readEscapes,
  closeGaps,
  readLeet,
  readTurned,
  readBackwards,
];
