// Tells where in a text no keyword can begin, so that most of it is passed at the speed of a few
// independent loads a character. It may say "perhaps" without need, and never "no" wrongly.
//
// Each character falls into one of 128 buckets. A table, indexed by a rolling hash over three of them
// and over whether a word goes on before, says for which keywords they may be the first three
// characters (low half) or the next three (high half). Keywords are sorted into sixteen groups, one
// bit each. Where a group is possible twice in a row, one of its keywords may begin.
//
// All is done by UTF-16 units. The halves of a code point beyond 0xffff, which few keywords hold,
// share the bucket of the characters that no keyword holds.
import { surrogateClass, type Alphabet } from './alphabet.ts';

const bucketMask = 0x7f;
const shift = 5;
const indexMask = 0xffff;
const groupCount = 16;
const tripleUnits = 3;
const windowUnits = 2 * tripleUnits;

/** Units that `skip` reads from the position at which it ends, for what they are. */
export const skipLookahead = windowUnits - 1;

/** Units that `skip` may read beyond that, whatever they are. */
export const skipOverrun = 4;

const foreignBucket = 0;

export class PrefixFilter {
  /** Bucket of each unit; odd for word characters, which is what an index keeps of the oldest. */
  readonly #bucketOf: Uint8Array;
  readonly #triples: Int32Array;

  /** Keywords are given as the symbols of the automaton: class and whether a word goes on before. */
  constructor(alphabet: Alphabet, keywords: readonly (readonly number[])[]) {
    const buckets = bucketsOf(alphabet);
    // Written out: `Uint8Array.from` would ask an iterator for each of the 65536 units.
    const { classOf } = alphabet;
    this.#bucketOf = new Uint8Array(classOf.length);
    for (let unit = 0; unit < classOf.length; unit++) {
      this.#bucketOf[unit] = buckets[classOf[unit] as number] as number;
    }
    this.#triples = markTriples(alphabet, buckets, keywords);
  }

  /**
   * The first position from `from` on at which a keyword may begin; `end` when none begins before.
   * `from` must not be 0: the unit before it is read too.
   */
  skip(units: Uint16Array, from: number, end: number): number {
    const bucketOf = this.#bucketOf;
    const triples = this.#triples;
    let hash =
      ((bucketOf[units[from - 1] as number] as number) << (2 * shift)) ^
      ((bucketOf[units[from] as number] as number) << shift) ^
      (bucketOf[units[from + 1] as number] as number);
    // What the table says of the three triples before.
    let x = 0;
    let y = 0;
    let z = 0;
    // Four at a time: one branch that is hardly ever taken.
    for (let last = from + 2; last < end + skipLookahead; last += 4) {
      hash = (hash << shift) ^ (bucketOf[units[last] as number] as number);
      const a = triples[hash & indexMask] as number;
      hash = (hash << shift) ^ (bucketOf[units[last + 1] as number] as number);
      const b = triples[hash & indexMask] as number;
      hash = (hash << shift) ^ (bucketOf[units[last + 2] as number] as number);
      const c = triples[hash & indexMask] as number;
      hash = (hash << shift) ^ (bucketOf[units[last + 3] as number] as number);
      const d = triples[hash & indexMask] as number;
      const inFirst = x & (a >>> groupCount);
      const inSecond = y & (b >>> groupCount);
      const inThird = z & (c >>> groupCount);
      if ((inFirst | inSecond | inThird | (a & (d >>> groupCount))) !== 0) {
        const ahead = inFirst !== 0 ? 0 : inSecond !== 0 ? 1 : inThird !== 0 ? 2 : 3;
        return Math.min(last - skipLookahead + ahead, end);
      }
      x = b;
      y = c;
      z = d;
    }
    return end;
  }
}

function bucketsOf({ size, lastNonWord }: Alphabet): Uint8Array {
  // Neighbours get different buckets until all are used.
  const bucket = (index: number): number => (index << 1) & bucketMask;
  return Uint8Array.from({ length: size }, (_, kind) => {
    if (kind === surrogateClass) return foreignBucket;
    // The first class of either kind is that of characters in no keyword.
    return kind > lastNonWord ? bucket(kind - lastNonWord - 1) | 1 : bucket(kind - 1);
  });
}

function markTriples(
  alphabet: Alphabet,
  buckets: Uint8Array,
  keywords: readonly (readonly number[])[],
): Int32Array {
  const table = new Int32Array(indexMask + 1);
  const readWindow = windowReader(alphabet, buckets);
  // Many keywords leave the same places open; what that means is worked out once.
  const marked = new Set<string>();
  const known = new Map<string, readonly number[]>();
  const mark = (places: readonly Place[], bit: number): void => {
    const name = places.map((place) => place.name).join(' ');
    if (marked.has(`${name}:${bit}`)) return;
    marked.add(`${name}:${bit}`);
    let hashes = known.get(name);
    if (hashes === undefined) {
      hashes = hashesOf(places);
      known.set(name, hashes);
    }
    for (const hash of hashes) table[hash] = (table[hash] as number) | bit;
  };
  // Keywords that begin alike share a group, so that few triples belong to more than one.
  const sorted = keywords.toSorted(compareSymbols);
  for (const [index, symbols] of sorted.entries()) {
    const group = Math.floor((index * groupCount) / sorted.length);
    const window = readWindow(symbols);
    mark(window.slice(0, 1 + tripleUnits), 1 << group);
    mark(window.slice(tripleUnits), 1 << (groupCount + group));
  }
  return table;
}

/** The indices of a triple: of the character before it, whose kind alone counts, and its three. */
function hashesOf([before, ...places]: readonly Place[]): readonly number[] {
  let hashes: readonly number[] = [...new Set(before?.buckets.map((bucket) => bucket & 1))];
  for (const place of places) {
    const longer = hashes.flatMap((hash) =>
      place.buckets.map((bucket) => ((hash << shift) ^ bucket) & indexMask),
    );
    hashes = longer.length <= hashes.length ? longer : [...new Set(longer)];
  }
  return hashes;
}

/** What may stand at one place. */
interface Place {
  /** The same for the same buckets. */
  readonly name: string;
  readonly buckets: readonly number[];
}

function exactly(bucket: number): Place {
  return { name: String(bucket), buckets: [bucket] };
}

/**
 * For the symbols of a keyword: what may stand before it and at each unit of the window that begins
 * with it.
 */
function windowReader(
  { rare, lastNonWord }: Alphabet,
  buckets: Uint8Array,
): (symbols: readonly number[]) => readonly Place[] {
  const all = [...new Set(buckets)];
  const anything: Place = { name: '*', buckets: all };
  const outsideWords: Place = { name: '-', buckets: all.filter((bucket) => (bucket & 1) === 0) };
  const rareKinds = new Set(rare.values());
  return (symbols) => {
    const places = [exactly((symbols[0] as number) & 1)];
    let kind = 0;
    for (const symbol of symbols.slice(0, windowUnits)) {
      kind = symbol >> 1;
      // Half a code point or more: what follows its first unit is left open.
      if (rareKinds.has(kind)) break;
      places.push(exactly(buckets[kind] as number));
    }
    if (rareKinds.has(kind)) places.push(exactly(foreignBucket));
    else if (kind > lastNonWord && places.length > symbols.length) places.push(outsideWords);
    while (places.length <= windowUnits) places.push(anything);
    return places.slice(0, windowUnits + 1);
  };
}

function compareSymbols(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
