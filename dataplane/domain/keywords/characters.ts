// What a character is to the keyword matcher: part of a word or not, and which characters are the
// same when case does not matter. Both go by code point and by Unicode, never by locale.

// Letters, marks, digits and the underscore make words. Scripts that are written without spaces
// between words, and Hangul, whose words take endings, do not: there a keyword may stand anywhere.
const wordPattern =
  /[[\p{L}\p{M}\p{N}_]--[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]]/v;

const pageSize = 1024;
const wordPages: (Uint8Array | undefined)[] = [];

/**
 * Whether the code point belongs to a word. A word boundary lies between a character that does and
 * one that does not; the ends of a text count as characters that do not, and so do lone surrogates.
 */
export function isWordCodePoint(codePoint: number): boolean {
  const pageNumber = Math.floor(codePoint / pageSize);
  const page = (wordPages[pageNumber] ??= buildWordPage(pageNumber * pageSize));
  return page[codePoint % pageSize] === 1;
}

// Asking the regular expression takes some 60 ns a character: once for each, then it is a look-up.
function buildWordPage(first: number): Uint8Array {
  return Uint8Array.from({ length: pageSize }, (_, offset) =>
    wordPattern.test(String.fromCodePoint(first + offset)) ? 1 : 0,
  );
}

// What simple case folding joins although neither letter is the other's upper or lower case form.
const joined: ReadonlyMap<string, string> = new Map([
  ['\u1fd3', '\u0390'],
  ['\u1fe3', '\u03b0'],
  ['\ufb05', '\ufb06'],
]);

/** The dotless i, which is an I in Turkish alone: Unicode folds it to itself. */
const dotlessI = '\u0131';

/**
 * Unicode simple case folding of one code point: the relation that `iu` regular expressions go by,
 * one character to one character. `ß` is not `ss`, `İ` and `ı` are not `i`, `ς` is `σ`, and the
 * Kelvin sign is `k`.
 */
export function foldCodePoint(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (character === dotlessI) return codePoint;
  const upper = character.toUpperCase();
  const lower = (isSingle(upper) ? upper : character).toLowerCase();
  const folded = isSingle(lower) ? lower : character;
  return (joined.get(folded) ?? folded).codePointAt(0) ?? codePoint;
}

/** A text with each of its code points folded. */
export function foldText(text: string): string {
  return Array.from(text, (character) =>
    String.fromCodePoint(foldCodePoint(character.codePointAt(0) ?? 0)),
  ).join('');
}

function isSingle(text: string): boolean {
  return text.length === ((text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
}

let variantsByFold: Map<number, number[]> | undefined;

// No script with case lies beyond the second plane.
const lastCasedCodePoint = 0x1ffff;

/** Every code point that folds to `folded`, itself included. */
export function caseVariants(folded: number): readonly number[] {
  variantsByFold ??= collectVariants();
  return variantsByFold.get(folded) ?? [folded];
}

function collectVariants(): Map<number, number[]> {
  const cased = /\p{Changes_When_Casemapped}/u;
  const variants = new Map<number, number[]>();
  for (let codePoint = 0; codePoint <= lastCasedCodePoint; codePoint++) {
    if (!cased.test(String.fromCodePoint(codePoint))) continue;
    const folded = foldCodePoint(codePoint);
    const known = variants.get(folded);
    if (known === undefined) variants.set(folded, [codePoint]);
    else known.push(codePoint);
  }
  return variants;
}
