// The form in which rules and n-grams compare words: lower case, no accents, one letter for all that
// look like it. Rules' own words go through the same fold, so that every script matches itself.
import { isAscii } from './latin.ts';
import { anyOf, latinOf } from './look-alikes.ts';

const accents = /[\p{Mn}\p{Me}]/gu;
const apostrophes = /['’‘ʼ`´]/g;
const ligatures: ReadonlyMap<number, string> = new Map(
  Object.entries({ ß: 'ss', æ: 'ae', œ: 'oe', Æ: 'AE', Œ: 'OE' }).map(([ligature, letters]) => [
    ligature.charCodeAt(0),
    letters,
  ]),
);
const foldable = anyOf([...latinOf.keys(), ...ligatures.keys()], 'gu');

/** Linear in the text, at most three times as long: a syllable may fall apart, an accent never stays. */
export function matchingText(plain: string): string {
  const closed = plain.replace(apostrophes, '');
  if (isAscii(closed)) return closed.toLowerCase();
  return closed
    .normalize('NFD')
    .replace(accents, '')
    .replace(foldable, (character) => {
      const codePoint = character.codePointAt(0) ?? 0;
      return latinOf.get(codePoint) ?? ligatures.get(codePoint) ?? character;
    })
    .toLowerCase()
    .normalize('NFC');
}
