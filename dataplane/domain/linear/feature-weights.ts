// How much a feature says by being rare, and texts as rows that a linear model learns from.
import type { FeatureReader, Features } from './text-features.ts';
import type { Rows } from './rows.ts';

/**
 * The rarity of each feature among the texts, the inverse document frequency: 255 for one that none
 * of them has, less the more have it, never 0.
 */
export type Rarities = Uint8Array;

const rarest = 255;

export function measureRarities(reader: FeatureReader, texts: readonly string[]): Rarities {
  const frequency = new Uint32Array(reader.width);
  for (const text of texts) {
    const { numbers, count } = reader.read(text);
    for (let i = 0; i < count; i++) {
      const number = numbers[i] as number;
      frequency[number] = (frequency[number] as number) + 1;
    }
  }
  const most = Math.log(1 + texts.length) + 1;
  return Uint8Array.from(frequency, (texts_) =>
    Math.round((rarest / most) * (most - Math.log(1 + texts_))),
  );
}

/** What the words of a text, and its pieces, are multiplied with so that each kind has length 1. */
export interface Lengths {
  readonly words: number;
  readonly pieces: number;
}

export function measureLengths(features: Features, rarities: Rarities): Lengths {
  const { numbers, wordCount, count } = features;
  let words = 0;
  let pieces = 0;
  for (let i = 0; i < count; i++) {
    const rarity = rarities[numbers[i] as number] as number;
    if (i < wordCount) words += rarity * rarity;
    else pieces += rarity * rarity;
  }
  return {
    words: words === 0 ? 0 : 1 / Math.sqrt(words),
    pieces: pieces === 0 ? 0 : 1 / Math.sqrt(pieces),
  };
}

/** A row for each text: its features by rarity, words and pieces scaled to length 1 each. */
export function rowsOfTexts(
  reader: FeatureReader,
  rarities: Rarities,
  texts: readonly string[],
): Rows {
  const starts = new Uint32Array(texts.length + 1);
  const columns: Uint32Array[] = [];
  const values: Float32Array[] = [];
  for (const [row, text] of texts.entries()) {
    const features = reader.read(text);
    const lengths = measureLengths(features, rarities);
    const numbers = features.numbers.slice(0, features.count);
    columns.push(numbers);
    values.push(
      Float32Array.from(
        numbers,
        (number, i) =>
          (rarities[number] as number) * (i < features.wordCount ? lengths.words : lengths.pieces),
      ),
    );
    starts[row + 1] = (starts[row] as number) + features.count;
  }
  const total = starts[texts.length] as number;
  const rows = {
    count: texts.length,
    width: reader.width,
    starts,
    columns: new Uint32Array(total),
    values: new Float32Array(total),
  };
  columns.forEach((part, row) => {
    rows.columns.set(part, starts[row]);
  });
  values.forEach((part, row) => {
    rows.values.set(part, starts[row]);
  });
  return rows;
}
