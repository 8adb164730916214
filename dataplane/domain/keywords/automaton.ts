// Finds which of many keywords occur in a text, in one pass whose cost does not depend on how many
// they are: an Aho-Corasick automaton over character classes. It knows no rules.
//
// A symbol of the automaton is the class of a character together with whether a word character
// stands before it. So a keyword that must begin at a word boundary begins with a symbol that occurs
// nowhere else, and what the automaton finds needs no second look on its left. On its right one look
// serves all keywords that end at a place, since they end with the same character. With that, and
// with each state reporting once a text, the whole pass takes linear time on any text.
import {
  buildAlphabet,
  classOfCodePoint,
  readCodePoints,
  surrogateClass,
  type Alphabet,
} from './alphabet.ts';
import { PrefixFilter, skipLookahead, skipOverrun } from './prefix-filter.ts';
import { buildTrie, findChild, type Trie } from './trie.ts';

// A text is copied piece by piece into typed memory: reading a string unit by unit costs several
// times as much. One piece fits in a core's cache beside the tables. Before it stand two units, which
// may be halves of one character, and after it what the filter and a word that goes on are read from.
const pieceUnits = 16_384;
const lookbehind = 2;
const pieceBytes = Buffer.alloc((lookbehind + pieceUnits + skipLookahead + skipOverrun) * 2);
const units = new Uint16Array(pieceBytes.buffer, pieceBytes.byteOffset, pieceBytes.length / 2);

// Where keywords may begin closer together than this, the automaton reads on for longer and longer
// before the filter is asked again, which would cost more than it saves.
const closeTogether = 16;
const longestRun = 1024;

// Beyond this many cells (16 MB) the deepest states keep their few children only.
const maxDenseCells = 4_194_304;

export interface AutomatonOptions {
  readonly foldsCase: boolean;
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
  /** The text in which each state, and each keyword, was reported last. */
  readonly #stateReportedIn: Uint32Array;
  readonly #keywordReportedIn: Uint32Array;
  #textNumber = 0;

  /** Where the pass stands: the row of a dense state, or the complement of another's number. */
  #row = 0;

  /** Keywords must not be empty; equal ones are each reported. */
  constructor(keywords: readonly string[], options: AutomatonOptions) {
    const codePoints = keywords.map((keyword) => readCodePoints(keyword, options.foldsCase));
    this.#alphabet = buildAlphabet(codePoints, options.foldsCase);
    const words = [...wordsOf(this.#alphabet, codePoints)];
    this.#trie = buildTrie(words);
    this.#columns = this.#alphabet.size * 2;
    const affordable = Math.floor((options.maxCells ?? maxDenseCells) / this.#columns);
    this.#denseCount = Math.min(this.#trie.stateCount, Math.max(1, affordable));
    this.#next = this.#buildTable();
    this.#filter = new PrefixFilter(
      this.#alphabet,
      words.map(([symbols]) => symbols),
    );
    this.#stateReportedIn = new Uint32Array(this.#trie.stateCount);
    this.#keywordReportedIn = new Uint32Array(keywords.length);
  }

  /** Reports every keyword that occurs in the text at word boundaries. `report` must not scan. */
  scan(text: string, report: Report): void {
    this.#row = 0;
    this.#textNumber++;
    if (this.#textNumber > 0xffff_ffff) {
      this.#stateReportedIn.fill(0);
      this.#keywordReportedIn.fill(0);
      this.#textNumber = 1;
    }
    for (let from = 0; from < text.length;) {
      const first = loadPiece(text, from);
      const end = first + Math.min(pieceUnits, text.length - from);
      const position = this.#scanPiece(first, end, report);
      if (position < 0) return;
      from += position - first;
    }
  }

  /** Returns the position at which the next piece begins, or -1 when no more is to be found. */
  #scanPiece(first: number, end: number, report: Report): number {
    let position = first;
    let run = 1;
    while (position < end) {
      if (this.#row === 0) {
        const skipped = this.#filter.skip(units, position, end);
        run = skipped - position < closeTogether ? Math.min(run * 2, longestRun) : 1;
        position = skipped;
        if (position >= end) break;
      }
      position = this.#run(position, Math.min(position + run, end), end, report);
      if (position < 0) return -1;
    }
    return position;
  }

  /**
   * Reads on from `from`: up to `least` in any case, to `end` at most, and in between until no
   * keyword is under way. Returns where it stopped; -1 when `report` said so.
   */
  #run(from: number, least: number, end: number, report: Report): number {
    const { classOf, lastNonWord } = this.#alphabet;
    const next = this.#next;
    let row = this.#row;
    let position = isSecondHalf(from) ? from + 1 : from;
    let wordBefore = this.#isWordBefore(position) ? 1 : 0;
    while (position < end && (row !== 0 || position < least)) {
      let kind = classOf[units[position] as number] as number;
      let target: number;
      if (row < 0 || kind === surrogateClass) {
        const codePoint = codePointAt(position);
        position += codePoint > 0xffff ? 2 : 1;
        kind = classOfCodePoint(this.#alphabet, codePoint);
        target = this.#targetFrom(row, (kind << 1) | wordBefore);
        wordBefore = (lastNonWord - kind) >>> 31;
      } else {
        do {
          target = next[row + ((kind << 1) | wordBefore)] as number;
          wordBefore = (lastNonWord - kind) >>> 31;
          position++;
          if (target <= 0 && (target < 0 || position >= least)) break;
          row = target;
          kind = classOf[units[position] as number] as number;
        } while (position < end && kind !== surrogateClass);
      }
      row = target;
      if (target < 0) {
        const state = ~target;
        if (this.#arrive(state, wordBefore === 1 && this.#isWordAt(position), report)) return -1;
        if (state < this.#denseCount) row = state * this.#columns;
      }
    }
    this.#row = row;
    return position;
  }

  /** Reports the keywords that end at `state`, unless a word goes on; returns whether to stop. */
  #arrive(state: number, insideWord: boolean, report: Report): boolean {
    if (insideWord) return false;
    const { ending, link } = this.#trie;
    // What a state reports is the same wherever it is reached, so once a text is enough.
    for (let at = state; at !== 0; at = link[at] as number) {
      if (this.#stateReportedIn[at] === this.#textNumber) return false;
      this.#stateReportedIn[at] = this.#textNumber;
      for (const keyword of ending.get(at) ?? []) {
        if (this.#keywordReportedIn[keyword] === this.#textNumber) continue;
        this.#keywordReportedIn[keyword] = this.#textNumber;
        if (report(keyword)) return true;
      }
    }
    return false;
  }

  #isWordAt(position: number): boolean {
    const kind = this.#alphabet.classOf[units[position] as number] as number;
    if (kind !== surrogateClass) return kind > this.#alphabet.lastNonWord;
    return classOfCodePoint(this.#alphabet, codePointAt(position)) > this.#alphabet.lastNonWord;
  }

  #isWordBefore(position: number): boolean {
    return this.#isWordAt(isSecondHalf(position - 1) ? position - 2 : position - 1);
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

/** Loads the piece of the text that begins at `from`; returns the position of its first unit. */
function loadPiece(text: string, from: number): number {
  const begin = Math.max(0, from - lookbehind);
  const end = from + pieceUnits + skipLookahead;
  const piece = text.length <= end && begin === 0 ? text : text.slice(begin, end);
  const offset = lookbehind - (from - begin);
  units.fill(0, 0, offset);
  const written = pieceBytes.write(piece, offset * 2, 'utf16le') >> 1;
  // Around a text stands what belongs to no word.
  units.fill(0, offset + written, offset + written + skipLookahead);
  return lookbehind;
}

function isSecondHalf(position: number): boolean {
  return isPair(units[position - 1] as number, units[position] as number);
}

function isPair(unit: number, following: number): boolean {
  return (unit & 0xfc00) === 0xd800 && (following & 0xfc00) === 0xdc00;
}

function codePointAt(position: number): number {
  const unit = units[position] as number;
  const following = units[position + 1] as number;
  if (!isPair(unit, following)) return unit;
  return ((unit & 0x3ff) << 10) + (following & 0x3ff) + 0x10000;
}
