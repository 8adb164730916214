// Which texts are plain ASCII, as most are and need none of the work that others do, and which are written
// in Latin letters.
import { latinOf } from './look-alikes.ts';

const beyondAscii = /[^\p{ASCII}]/u;

export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

/** Whether at most a fifth of the letters can be taken for no Latin one. */
export function isLatinText(text: string): boolean {
  let latin = 0;
  let foreign = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) latin += isAsciiLetter(unit) ? 1 : 0;
    else if (unit < firstForeign || latinOf.has(unit)) latin++;
    else if (!isSign(unit)) foreign++;
  }
  return latin >= foreign * 4;
}

/** Latin letters of Europe's languages lie below. */
const firstForeign = 0x250;

function isAsciiLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Punctuation, symbols and what makes up emoji. */
function isSign(unit: number): boolean {
  return (
    (unit >= 0x2000 && unit < 0x2c00) ||
    (unit >= 0x2e00 && unit < 0x2e80) ||
    (unit >= 0x3000 && unit < 0x3040) ||
    (unit >= 0xd800 && unit < 0xe000) ||
    (unit >= 0xfe00 && unit < 0xfe10)
  );
}
