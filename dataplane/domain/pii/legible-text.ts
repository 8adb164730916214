// A text as a reader sees it: without characters that show nothing, and with one form for digits,
// dashes, dots and blanks that come in many. Whatever is found in it is told in offsets of the
// original, so that no trick with characters hides personal data or shifts what is masked.

export interface LegibleText {
  readonly text: string;
  /** Where a stretch of `text` stands in the original; UTF-16 offsets, the end exclusive. */
  readonly place: (start: number, end: number) => { readonly start: number; readonly end: number };
}

const unusual = /[^\t\n\r -~]/;
const invisible = /\p{Default_Ignorable_Code_Point}/u;
const blank = /\p{Zs}/u;
const digit = /\p{Nd}/u;
const letterOrMark = /[\p{L}\p{M}]/u;

const plainForms: ReadonlyMap<string, string> = new Map(
  [
    ['-', '‐‑‒–—―−﹘﹣'],
    ['.', '․。｡﹒'],
    ['@', '﹫'],
    ['/', '⁄∕'],
    ["'", '‘’ʼ'],
  ].flatMap(([plain = '', forms = '']) => Array.from(forms, (form) => [form, plain] as const)),
);

/** Most texts are plain already, which costs one look. */
export function readLegibly(original: string): LegibleText {
  if (!unusual.test(original)) {
    return { text: original, place: (start, end) => ({ start, end }) };
  }
  const characters: string[] = [];
  const starts = new Int32Array(original.length + 1);
  const ends = new Int32Array(original.length + 1);
  let length = 0;
  let at = 0;
  for (const character of original) {
    const begin = at;
    at += character.length;
    const shown = show(character);
    if (shown === '') continue;
    characters.push(shown);
    for (let unit = 0; unit < shown.length; unit += 1) {
      starts[length] = begin;
      ends[length] = at;
      length += 1;
    }
  }
  return {
    text: characters.join(''),
    place: (start, end) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }),
  };
}

/** The plain form of a character; empty where it shows nothing. Never longer than the character. */
function show(character: string): string {
  if (character <= '~') return character;
  const code = character.codePointAt(0) ?? 0;
  const plain = plainForms.get(character);
  if (plain !== undefined) return plain;
  if (letterOrMark.test(character)) {
    return isFullWidth(code)
      ? String.fromCharCode(code - fullWidthShift)
      : withoutSelector(character);
  }
  if (digit.test(character)) return String(digitValue(code));
  if (isFullWidth(code)) return String.fromCharCode(code - fullWidthShift);
  if (blank.test(character)) return ' ';
  return invisible.test(character) ? '' : character;
}

/** Variation selectors and fillers are letters or marks by name. */
function withoutSelector(character: string): string {
  return invisible.test(character) ? '' : character;
}

const fullWidthShift = 0xfee0;

/** `！` to `～`. */
function isFullWidth(code: number): boolean {
  return code >= 0xff01 && code <= 0xff5e;
}

/**
 * Decimal digits stand in tens that begin at a multiple of 16, or 6 after one; those of mathematics
 * follow each other without a gap.
 */
function digitValue(code: number): number {
  if (code >= 0x1d7ce && code <= 0x1d7ff) return (code - 0x1d7ce) % 10;
  const row = code & ~0xf;
  const beginsRow = digit.test(String.fromCodePoint(row));
  return (code - row - (beginsRow ? 0 : 6)) % 10;
}
