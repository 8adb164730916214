// The form in which rules and n-grams compare words: lower case, no accents, one letter for all that
// look like it. Rules' own words go through the same fold, so that every script matches itself.
import { latinOf } from './look-alikes.ts';

const ascii = /^[\u0000-\u007f]*$/;
const accents =
  /[\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]/g;
const apostrophes = /['’‘ʼ`´]/g;
const ligatures: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe' };
const beyondLatin1 = /[ßæœ\u0100-\uffff]|[\u{10000}-\u{10ffff}]/gu;

/** Linear in the text, at most three times as long: a ligature falls apart, an accent never stays. */
export function matchingText(plain: string): string {
  const closed = plain.replace(apostrophes, '');
  if (ascii.test(closed)) return closed.toLowerCase();
  return closed
    .normalize('NFD')
    .replace(accents, '')
    .replace(beyondLatin1, (character) => {
      const latin = latinOf.get(character.codePointAt(0) ?? 0);
      return latin ?? ligatures[character] ?? character;
    })
    .toLowerCase()
    .normalize('NFC');
}
