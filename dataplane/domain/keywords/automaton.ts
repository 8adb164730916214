// Finds which of many keywords occur in a text, in one pass whose cost does not depend on how many
// they are: an Aho-Corasick automaton over character classes. It knows no rules.
//
// A symbol of the automaton is the class of a character together with whether a word character
// stands before it. So a keyword that must begin at a word boundary begins with a symbol that occurs
// nowhere else, and what the automaton finds needs no second look on its left. On its right one look
// serves all keywords that end at a place, since they end with the same character. With that, and
// with each state reporting once a text, the whole pass takes linear time on any text.
//
// The automaton does not mind upper and lower case. Where a keyword does, its occurrence is compared
// once more, character by character.
//
// Most of a text is passed by a filter, and the automaton reads only where a keyword may begin.
import { CharacterReader } from '../json/character-reader.ts';
import type { JsonText } from '../json/text.ts';
import {
  buildAlphabet,
  classOfCodePoint,
  readCodePoints,
  surrogateClass,
  type Alphabet,
} from './alphabet.ts';
import type { Keyword } from './keyword.ts';
import { PrefixFilter, windowBytes } from './prefix-filter.ts';
import { buildTrie, findChild, type Trie } from './trie.ts';

// Where keywords may begin closer together than this, the automaton reads on for longer and longer
// before the filter is asked again, which would cost more than it saves.
const closeTogether = 16;
const longestRun = 1024;

// Beyond this many cells (16 MB) the deepest states keep their few children only.
const maxDenseCells = 4_194_304;

const nothing = Buffer.alloc(0);

export interface AutomatonOptions {
  /** Cells of the transition table; smaller ones are for tests. */
  readonly maxCells?: number;
}

/** Takes the index of a keyword that occurs, once a text; returns whether to stop looking. */
export type Report = (keyword: number) => boolean;

export class KeywordAutomaton {
  readonly #alphabet: Alphabet;
  readonly #trie: Trie;
  readonly #columns: number;
  readonly #denseCount: number;
  /**
   * The target of each dense state and symbol: the beginning of its row, or, where something must be
   * done on arrival, the complement of its number.
   */
  readonly #next: Int32Array;
  readonly #filter: PrefixFilter;
  /** The text in which each state, with all that it links to, had nothing more to report. */
  readonly #stateDoneIn: Uint32Array;
  /** The text in which each keyword was reported last. */
  readonly #keywordReportedIn: Uint32Array;
  #textNumber = 0;

  readonly #reader = new CharacterReader();
  readonly #recent: RecentCharacters;
  /** Where the pass stands: the row of a dense state, or the complement of another's number. */
  #row = 0;
  /** Whether a word character was read last. */
  #isInWord = false;
  /** The state whose keywords end with what was read last, in a word that may go on. */
  #ending = 0;
  #report: Report = () => true;
  #isStopped = false;

  /** Equal keywords are each reported. */
  constructor(keywords: readonly Keyword[], { maxCells = maxDenseCells }: AutomatonOptions = {}) {
    const codePoints = keywords.map(({ text }) => readCodePoints(text, true));
    this.#alphabet = buildAlphabet(codePoints, true);
    this.#trie = buildTrie(wordsOf(this.#alphabet, codePoints));
    this.#columns = this.#alphabet.size * 2;
    const affordable = Math.floor(maxCells / this.#columns);
    this.#denseCount = Math.min(this.#trie.stateCount, Math.max(1, affordable));
    this.#next = this.#buildTable();
    this.#filter = new PrefixFilter(keywords);
    this.#recent = new RecentCharacters(keywords);
    this.#stateDoneIn = new Uint32Array(this.#trie.stateCount);
    this.#keywordReportedIn = new Uint32Array(keywords.length);
  }

  /** Reports every keyword that occurs in the text at word boundaries. `report` must not scan. */
  scan({ bytes, start, end }: JsonText, report: Report): void {
    this.#beginText(report);
    this.#reader.load(bytes);
    this.#filter.load(bytes);
    let least = 1;
    for (let position = start; position < end && !this.#isStopped;) {
      const found = this.#skip(position, end);
      least = found - position < closeTogether ? Math.min(least * 2, longestRun) : 1;
      position = this.#run(found, Math.min(found + least, end), end);
    }
    this.#arrive(this.#ending);
    // A large body is not to be kept until the next one comes.
    this.#reader.load(nothing);
    this.#filter.load(nothing);
  }

  #beginText(report: Report): void {
    this.#report = report;
    this.#isStopped = false;
    this.#row = 0;
    this.#isInWord = false;
    this.#ending = 0;
    this.#textNumber++;
    if (this.#textNumber <= 0xffff_ffff) return;
    this.#stateDoneIn.fill(0);
    this.#keywordReportedIn.fill(0);
    this.#textNumber = 1;
  }

  /** Where the next keyword may begin; `position` is where a character does. */
  #skip(position: number, end: number): number {
    const reader = this.#reader;
    let found = this.#filter.skip(position, end);
    // The characters before it may be the beginning of a keyword that goes on with it.
    if (reader.isUnitEscape(found)) found = Math.max(position, found - windowBytes);
    found = reader.next(found, position);
    if (found === position) return found;
    reader.readBefore(found, position);
    this.#isInWord = this.#isWord(reader.codePoint);
    return found;
  }

  /**
   * Reads on from `from`: up to `least` in any case, to `end` at most, and in between until no
   * keyword is under way. Returns where it stopped.
   */
  #run(from: number, least: number, end: number): number {
    const reader = this.#reader;
    let position = from;
    for (;;) {
      const isUnitEscape = reader.isUnitEscape(position);
      position = reader.read(position);
      this.#step(reader.codePoint);
      if (position >= end || this.#isStopped) return position;
      // What the filter takes for the character before must not be a digit of \uXXXX.
      if (this.#row === 0 && position >= least && !isUnitEscape) return position;
    }
  }

  #step(codePoint: number): void {
    const kind = classOfCodePoint(this.#alphabet, codePoint);
    const isWord = kind > this.#alphabet.lastNonWord;
    if (this.#ending !== 0) {
      if (!isWord) this.#arrive(this.#ending);
      this.#ending = 0;
    }
    this.#recent.push(codePoint);
    const target = this.#targetFrom(this.#row, (kind << 1) | (this.#isInWord ? 1 : 0));
    this.#isInWord = isWord;
    this.#row = target;
    if (target >= 0) return;
    const state = ~target;
    if (state < this.#denseCount) this.#row = state * this.#columns;
    if (isWord) this.#ending = state;
    else this.#arrive(state);
  }

  /** Reports the keywords that end at `state`; returns whether it has no more to report ever. */
  #arrive(state: number): boolean {
    if (state === 0 || this.#stateDoneIn[state] === this.#textNumber) return true;
    let isDone = this.#arrive(this.#trie.link[state] as number);
    for (const keyword of this.#trie.ending.get(state) ?? []) {
      if (this.#keywordReportedIn[keyword] === this.#textNumber) continue;
      if (this.#isStopped || !this.#recent.endWith(keyword)) {
        isDone = false;
        continue;
      }
      this.#keywordReportedIn[keyword] = this.#textNumber;
      this.#isStopped = this.#report(keyword);
    }
    if (isDone) this.#stateDoneIn[state] = this.#textNumber;
    return isDone;
  }

  #isWord(codePoint: number): boolean {
    return classOfCodePoint(this.#alphabet, codePoint) > this.#alphabet.lastNonWord;
  }

  /** The target from any row or, complemented, any state; encoded as in the table. */
  #targetFrom(row: number, symbol: number): number {
    if (row >= 0) return this.#next[row + symbol] as number;
    let state = ~row;
    while (state >= this.#denseCount) {
      const child = findChild(this.#trie, state, symbol);
      if (child >= 0) return this.#encode(child);
      state = this.#trie.fail[state] as number;
    }
    return this.#next[state * this.#columns + symbol] as number;
  }

  #buildTable(): Int32Array {
    const { fail, firstChild, symbol } = this.#trie;
    const columns = this.#columns;
    const table = new Int32Array(this.#denseCount * columns);
    for (let state = 0; state < this.#denseCount; state++) {
      const row = state * columns;
      const failRow = (fail[state] as number) * columns;
      // The fallback has a smaller number, so its row is complete.
      if (state > 0) table.copyWithin(row, failRow, failRow + columns);
      const end = firstChild[state + 1] as number;
      for (let child = firstChild[state] as number; child < end; child++) {
        table[row + (symbol[child] as number)] = this.#encode(child);
      }
    }
    return table;
  }

  #encode(state: number): number {
    const reports = this.#trie.ending.has(state) || this.#trie.link[state] !== 0;
    return reports || state >= this.#denseCount ? ~state : state * this.#columns;
  }
}

/**
 * The symbols of each keyword. One that begins with a word character needs a boundary before it; any
 * other may follow whatever it likes, so it stands there for both cases.
 */
function* wordsOf(
  alphabet: Alphabet,
  keywords: readonly (readonly number[])[],
): Generator<[symbols: number[], keyword: number]> {
  const isWord = (kind: number): number => (kind > alphabet.lastNonWord ? 1 : 0);
  for (const [index, codePoints] of keywords.entries()) {
    const kinds = codePoints.map((codePoint) => classOfCodePoint(alphabet, codePoint));
    const first = kinds[0] ?? surrogateClass;
    const rest = kinds.slice(1).map((kind, before) => (kind << 1) | isWord(kinds[before] ?? 0));
    yield [[first << 1, ...rest], index];
    if (isWord(first) === 0) yield [[(first << 1) | 1, ...rest], index];
  }
}

/** The characters read last, as far back as the longest keyword goes that minds case. */
class RecentCharacters {
  /** Code points of each keyword that minds case; undefined where any case will do. */
  readonly #exact: readonly (readonly number[] | undefined)[];
  readonly #codePoints: Uint32Array;
  #count = 0;

  constructor(keywords: readonly Keyword[]) {
    this.#exact = keywords.map(({ text, mindsCase }) =>
      mindsCase ? readCodePoints(text, false) : undefined,
    );
    const longest = Math.max(0, ...this.#exact.map((codePoints) => codePoints?.length ?? 0));
    // A power of two, so that the oldest gives way by a mask.
    this.#codePoints = new Uint32Array(2 ** Math.ceil(Math.log2(longest + 1)));
  }

  push(codePoint: number): void {
    this.#codePoints[this.#count & (this.#codePoints.length - 1)] = codePoint;
    this.#count = (this.#count + 1) | 0;
  }

  /** Whether they end with the keyword in its own letters, if those matter. */
  endWith(keyword: number): boolean {
    const exact = this.#exact[keyword];
    if (exact === undefined) return true;
    const start = this.#count - exact.length;
    const mask = this.#codePoints.length - 1;
    return exact.every(
      (codePoint, index) => this.#codePoints[(start + index) & mask] === codePoint,
    );
  }
}
