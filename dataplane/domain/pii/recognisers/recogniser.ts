// What a recogniser of personal data is: a search for one type, by form, checksum and the words
// around. Patterns are bounded everywhere, so that the time taken grows with the text and not faster.
import type { PiiType } from '../../../../config/pii-types.ts';

export interface Found {
  readonly start: number;
  readonly end: number;
  /** 1 where a checksum holds; less where the form alone speaks, and more again by context. */
  readonly score: number;
}

export interface Recogniser {
  readonly type: PiiType;
  readonly find: (text: string) => Iterable<Found>;
}

/** How far before a place words count as its context: about five words. */
const contextLength = 40;

/** Whether the words right before a place, in the same sentence, match. */
export function follows(text: string, place: number, words: RegExp): boolean {
  const before = text.slice(Math.max(0, place - contextLength), place);
  const sentence = Math.max(
    before.lastIndexOf('\n'),
    before.lastIndexOf('? '),
    before.lastIndexOf('! '),
  );
  return words.test(before.slice(sentence + 1));
}

export function* matches(text: string, pattern: RegExp): Generator<RegExpExecArray> {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    yield match;
    if (match[0] === '') pattern.lastIndex += 1;
  }
}

/** The span of a whole match. */
export function spanOf(match: RegExpExecArray, score: number): Found {
  return { start: match.index, end: match.index + match[0].length, score };
}
