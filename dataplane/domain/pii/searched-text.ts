// A text as recognisers search it: characters that are not seen are dropped, full-width forms and odd
// blanks are plain ones, and each place knows where it is in the text that came.

const hidden = /[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/;
const odd =
  /[\u00a0\u00ad\u180e\u2000-\u200f\u2010-\u2015\u202a-\u202f\u205f-\u2064\u3000\ufeff\uff01-\uff5e]/;

export interface SearchedText {
  readonly text: string;
  /** The place in the text that came, for a place in this one; its length included. */
  readonly originOf: (place: number) => number;
}

export function searchedText(original: string): SearchedText {
  if (!odd.test(original)) return { text: original, originOf: (place) => place };
  const places = new Uint32Array(original.length + 1);
  const kept: string[] = [];
  for (let index = 0; index < original.length; index += 1) {
    const unit = original[index] ?? '';
    if (hidden.test(unit)) continue;
    places[kept.length] = index;
    kept.push(plainForm(unit));
  }
  places[kept.length] = original.length;
  return { text: kept.join(''), originOf: (place) => places[place] ?? original.length };
}

/** One unit for one unit, so that places are kept. */
function plainForm(unit: string): string {
  const code = unit.charCodeAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if (code >= 0x2010 && code <= 0x2015) return '-';
  if (code === 0xa0 || code === 0x3000 || (code >= 0x2000 && code <= 0x200a)) return ' ';
  return code === 0x202f || code === 0x205f ? ' ' : unit;
}
