// Where the words of a text in matching form are. Scripts without spaces are read sign by sign.
import { isWordCodePoint } from '../../keywords/characters.ts';

const signScripts = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const isNone = 0;
const isLetter = 1;
const isSign = 2;
const isBreak = 3;

/** What each UTF-16 unit is; halves of a code point beyond 0xffff are none. */
const kindOf = buildKinds();

function buildKinds(): Uint8Array {
  const kinds = new Uint8Array(0x10000);
  for (let unit = 0; unit < kinds.length; unit++) {
    if (unit < 0xd800 || unit > 0xdfff) kinds[unit] = kindOfUnit(unit);
  }
  for (const mark of '.!?\n。！？') kinds[mark.charCodeAt(0)] = isBreak;
  kinds['_'.charCodeAt(0)] = isNone;
  return kinds;
}

function kindOfUnit(unit: number): number {
  if (isWordCodePoint(unit)) return isLetter;
  return signScripts.test(String.fromCharCode(unit)) ? isSign : isNone;
}

/**
 * Calls back with the start and end of each word in UTF-16 units, and with its place: words count one,
 * the end of a sentence or line as many as `breakWidth` more.
 */
export function readWords(
  text: string,
  visit: (start: number, end: number, place: number) => void,
): void {
  let place = 0;
  for (let at = 0; at < text.length;) {
    const kind = kindOf[text.charCodeAt(at)];
    const start = at++;
    if (kind === isNone) continue;
    if (kind === isBreak) {
      // A row of them is one end.
      while (at < text.length && kindOf[text.charCodeAt(at)] === isBreak) at++;
      place += breakWidth;
      continue;
    }
    if (kind === isLetter) {
      while (at < text.length && kindOf[text.charCodeAt(at)] === isLetter) at++;
    }
    visit(start, at, place++);
  }
}

/** Words that the end of a sentence counts for: patterns with narrow gaps do not reach across. */
const breakWidth = 2;
