// The words around a find, by which a bare number becomes a phone number or a postal code.

/** How far words count. */
const reach = 5;
/** Characters looked at on each side: room for five words, whatever the length of the text. */
const room = 72;

const word = /[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*/gu;
const sentenceEnd = /[.!?;]\s|[\n|]/;

export interface Surroundings {
  /** Up to five words before, in lower case, each between blanks. */
  readonly before: string;
  /** Up to five words after it and before the sentence or line ends, likewise. */
  readonly after: string;
}

export function surroundingsOf(text: string, start: number, end: number): Surroundings {
  const before = text.slice(Math.max(0, start - room), start);
  const after = text.slice(end, end + room);
  const stop = after.search(sentenceEnd);
  return {
    before: spaced(wordsOf(before).slice(-reach)),
    after: spaced(wordsOf(stop < 0 ? after : after.slice(0, stop)).slice(0, reach)),
  };
}

/** Whether a word on either side matches; the pattern sees each word between blanks. */
export function isNear(pattern: RegExp, { before, after }: Surroundings): boolean {
  return pattern.test(before) || pattern.test(after);
}

function wordsOf(text: string): string[] {
  // Names of fields, such as phoneNumber, are words too.
  return (
    text
      .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
      .toLowerCase()
      .match(word) ?? []
  );
}

function spaced(words: readonly string[]): string {
  return ` ${words.join(' ')} `;
}
