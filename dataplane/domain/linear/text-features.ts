// Turns a text into numbered features: which words, pairs of words and pieces of words occur in it. It
// knows no labels and no weights.
import { isWordCodePoint } from '../keywords/characters.ts';

/** Units read of a text; of a longer one its beginning and its end, half each. */
export const longestReadText = 4096;

const shortestPiece = 3;
const longestPiece = 5;
const space = 0x20;
const zero = 0x30;
const nine = 0x39;

/**
 * The features that occur, each once, in no order. Valid until the reader reads the next text.
 *
 * Numbers below `2 ** bits` stand for words and pairs of neighbouring words, those from there on for
 * pieces of three to five characters within a word, the spaces around it included.
 */
export interface Features {
  /** The first `wordCount` are words and pairs, the others up to `count` are pieces. */
  readonly numbers: Uint32Array;
  readonly wordCount: number;
  readonly count: number;
}

/**
 * Reads texts without making anything for each: one reader belongs to one thread. Letters count
 * without case, in their compatible form (NFKC), and every run of digits as one zero, since which
 * number it is says little about what a text is about.
 */
export class FeatureReader {
  /** Features are numbered below this. */
  readonly width: number;
  readonly #shift: number;
  readonly #units = new Uint16Array(longestReadText + 3);
  readonly #numbers: Uint32Array;
  /** The text in which each feature was seen last. */
  readonly #seenIn: Uint32Array;
  #textNumber = 0;
  #count = 0;

  /** `bits`: each of the two kinds of features is spread over `2 ** bits` numbers, 8 to 20. */
  constructor(bits: number) {
    this.#shift = 32 - bits;
    this.width = 2 ** (bits + 1);
    this.#seenIn = new Uint32Array(this.width);
    this.#numbers = new Uint32Array(Math.min(this.width, longestReadText * 5));
  }

  read(text: string): Features {
    this.#count = 0;
    this.#textNumber++;
    if (this.#textNumber > 0xffff_ffff) {
      this.#seenIn.fill(0);
      this.#textNumber = 1;
    }
    const length = this.#load(headAndTail(text, longestReadText));
    this.#readWords(length);
    const wordCount = this.#count;
    this.#readPieces(length);
    return { numbers: this.#numbers, wordCount, count: this.#count };
  }

  /** Copies the text with one space before, between and after what white space divides. */
  #load(text: string): number {
    const plain = text.normalize('NFKC').toLowerCase();
    const units = this.#units;
    const end = Math.min(plain.length, longestReadText);
    let length = 0;
    let last = space;
    units[length++] = space;
    for (let position = 0; position < end; position++) {
      let unit = plain.charCodeAt(position);
      if (unit < space || unit === 0x2028 || unit === 0x2029) unit = space;
      else if (unit >= zero && unit <= nine) unit = zero;
      if (unit === last && (unit === space || unit === zero)) continue;
      units[length++] = unit;
      last = unit;
    }
    if (last !== space) units[length++] = space;
    return length;
  }

  #readWords(length: number): void {
    const units = this.#units;
    let hash = firstHash;
    let before = 0;
    let inside = false;
    for (let position = 0; position < length; position++) {
      const unit = units[position] as number;
      if (isWordCodePoint(unit)) {
        hash = addToHash(hash, unit);
        inside = true;
      } else if (inside) {
        this.#add(hash, 0);
        if (before !== 0) this.#add(addToHash(addToHash(before, space), hash), 0);
        before = hash;
        hash = firstHash;
        inside = false;
      }
    }
  }

  #readPieces(length: number): void {
    const units = this.#units;
    const offset = this.width / 2;
    for (let start = 0; start < length - 2; start++) {
      let hash = addToHash(firstHash, units[start] as number);
      const end = Math.min(start + longestPiece, length);
      for (let position = start + 1; position < end; position++) {
        const unit = units[position] as number;
        hash = addToHash(hash, unit);
        if (position - start >= shortestPiece - 1) this.#add(hash, offset);
        if (unit === space) break;
      }
    }
  }

  #add(hash: number, offset: number): void {
    const number = offset + (spread(hash) >>> this.#shift);
    if (this.#seenIn[number] === this.#textNumber) return;
    this.#seenIn[number] = this.#textNumber;
    this.#numbers[this.#count++] = number;
  }
}

/** The beginning and the end of a text that is longer than `longest`, with a space between. */
export function headAndTail(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor((longest - 1) / 2);
  return `${text.slice(0, half)} ${text.slice(text.length - half)}`;
}

// FNV-1a with the finish of MurmurHash3: neighbouring texts get unrelated numbers.
const firstHash = 0x811c9dc5 | 0;

function addToHash(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

function spread(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
