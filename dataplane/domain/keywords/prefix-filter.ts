// Tells where in the bytes of a JSON string no keyword can begin, so that most of a text is passed
// at the speed of one look-up for two bytes. It may say "perhaps" without need, and never "no" wrongly.
//
// Keywords are sorted into groups. For each group, and for keywords that begin at an even and at an
// odd address, a table says of every pair of bytes whether it may be the first, second, third or
// fourth of a window, which is the byte before a keyword, its first six, and one that fills up. Where
// a group allows four pairs in a row, one of its keywords may begin. All that is one number for each
// pair: eight bits for the first place, eight for the second and so on, of which the lower four are
// for even addresses. (Pairs are numbers as little-endian machines read them.)
import { readCodePoints } from './alphabet.ts';
import { isWordCodePoint } from './characters.ts';
import type { Keyword } from './keyword.ts';
import {
  backslash,
  letterU,
  mayBeginNonWord,
  mayEndNonWord,
  spellingsOf,
  type ByteSet,
} from './spellings.ts';

const groupCount = 4;
/** The last group is not for keywords, but for \uXXXX, which may stand for any character. */
const escapeGroup = groupCount - 1;
const evenGroups = 0x0f;
const anyGroup = 0xff;
export const windowBytes = 6;

/** So many bytes before the end of a text its windows would reach beyond it: nothing is known. */
const unseen = 8;

export class PrefixFilter {
  readonly #table = new Int32Array(0x10000);
  #pairs: Uint16Array = new Uint16Array(0);
  /** Bytes of the first pair that come before the text's. */
  #lead = 0;

  constructor(keywords: readonly Keyword[]) {
    const builder = new TableBuilder(this.#table);
    const sorted = keywords.toSorted((left, right) => (left.text < right.text ? -1 : 1));
    for (const [index, keyword] of sorted.entries()) {
      const group = Math.floor((index * escapeGroup) / sorted.length);
      const codePoints = readCodePoints(keyword.text, !keyword.mindsCase);
      const before = isWordCodePoint(codePoints[0] ?? 0) ? mayEndNonWord : undefined;
      for (const window of windowsOf(codePoints, !keyword.mindsCase)) {
        builder.allow(group, before, window);
      }
    }
    builder.allow(escapeGroup, undefined, [[backslash], [letterU]]);
    builder.finish();
  }

  /** Takes the bytes for reading. */
  load(bytes: Buffer): void {
    this.#lead = bytes.byteOffset & 1;
    const start = bytes.byteOffset - this.#lead;
    const length = (bytes.length + this.#lead) >> 1;
    this.#pairs = new Uint16Array(bytes.buffer, start, length);
  }

  /**
   * The first position from `from` on at which a keyword may begin; in the last bytes before `end`
   * that is any. It may lie within a character. A byte stands before `from`.
   */
  skip(from: number, end: number): number {
    const table = this.#table;
    const pairs = this.#pairs;
    const lead = this.#lead;
    let index = (from + lead - 1) >> 1;
    const last = (end + lead - unseen + 5) >> 1;
    // What begins with the second byte of the first pair begins at `from` or before it.
    const inFirst = ((from + lead) & 1) === 1 ? anyGroup : evenGroups;
    let possible = (table[pairs[index] ?? 0] ?? 0) & inFirst;
    while (index < last) {
      index += 1;
      possible = ((possible << 8) | anyGroup) & (table[pairs[index] ?? 0] ?? 0);
      if (possible >>> 24 !== 0) {
        const isOdd = possible >>> 24 > evenGroups;
        return 2 * index - lead - (isOdd ? 5 : 4);
      }
    }
    return Math.max(from, end - unseen);
  }
}

/** What the bytes of a keyword may be, however it is spelt: six at most, fewer where any may follow. */
function* windowsOf(
  codePoints: readonly number[],
  foldsCase: boolean,
  index = 0,
  window: readonly ByteSet[] = [],
): Generator<readonly ByteSet[]> {
  const codePoint = codePoints[index];
  if (window.length >= windowBytes) yield window;
  else if (codePoint === undefined) {
    const endsInWord = isWordCodePoint(codePoints.at(-1) ?? 0);
    yield endsInWord ? [...window, mayBeginNonWord] : window;
  } else {
    for (const spelling of spellingsOf(codePoint, foldsCase)) {
      yield* windowsOf(codePoints, foldsCase, index + 1, [...window, ...spelling]);
    }
  }
}

class TableBuilder {
  readonly #table: Int32Array;
  /** What has been allowed: many keywords begin alike and leave the same places open. */
  readonly #known = new Set<string>();
  /** Allowed for every pair. */
  #always = 0;

  constructor(table: Int32Array) {
    this.#table = table;
  }

  /** Allows a window for a group; places beyond its end may hold anything. */
  allow(group: number, before: ByteSet, window: readonly ByteSet[]): void {
    const even = [undefined, before, ...window];
    const odd = [before, ...window];
    for (let pair = 0; pair < 4; pair += 1) {
      const bit = 1 << (8 * pair + group);
      this.#mark(even[2 * pair], even[2 * pair + 1], bit);
      this.#mark(odd[2 * pair], odd[2 * pair + 1], bit << groupCount);
    }
  }

  finish(): void {
    const table = this.#table;
    for (let pair = 0; pair < table.length; pair += 1)
      table[pair] = (table[pair] ?? 0) | this.#always;
  }

  #mark(first: ByteSet, second: ByteSet, bit: number): void {
    if (first === undefined && second === undefined) {
      this.#always |= bit;
      return;
    }
    const name = `${first?.join() ?? '*'} ${second?.join() ?? '*'} ${bit}`;
    if (this.#known.has(name)) return;
    this.#known.add(name);
    const table = this.#table;
    for (const low of first ?? anyByte) {
      for (const high of second ?? anyByte)
        table[low | (high << 8)] = (table[low | (high << 8)] ?? 0) | bit;
    }
  }
}

const anyByte = Array.from({ length: 256 }, (_, byte) => byte);
