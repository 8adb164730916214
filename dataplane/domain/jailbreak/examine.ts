// Looks through the texts of a request for attacks, as far as words go, and says which pieces a model
// should see. Pure; the work is bounded whatever the texts are.
import type { JailbreakFamily } from './families.ts';
import { cutWindows, joinTurns, type GuardedText } from './guarded-text.ts';
import type { HeadReader } from './head.ts';
import { isAscii, isLatinText } from './normalise/latin.ts';
import { headAndTail, mostRead, readText, type Reading } from './normalise/readings.ts';
import { findFamilies } from './rules/find-families.ts';

/** Windows of one request whose words are weighed: the last text's first, each text's ends first. */
export const mostWindows = 96;
/** Windows of one reading of a text, where it is hidden or encoded in it, or the same in other letters. */
const mostCarriedWindows = 12;
const mostRespelledWindows = 4;
/** Windows of one request that are embedded: those that words make most suspicious. */
export const mostEmbedded = 3;
/** Windows whose words speak so clearly against an attack (log odds) are not embedded at all. */
const settledBelow = -3.5;

export interface ExaminedWindow {
  /** Log odds that it is an attack, by its words. */
  readonly wordOdds: number;
  /** Index in `toEmbed`; undefined where its words settle it. */
  readonly embedded: number | undefined;
}

export interface ExaminedText {
  readonly source: GuardedText['source'];
  readonly families: ReadonlySet<JailbreakFamily>;
  /** Whether it carries letters that nobody sees. */
  readonly hidesText: boolean;
  /** Whether it is written in letters of which little was learned: Chinese, Cyrillic and the like. */
  readonly isForeign: boolean;
  readonly windows: readonly ExaminedWindow[];
}

export interface Examination {
  readonly texts: readonly ExaminedText[];
  /**
   * What to embed, at most `mostEmbedded` texts of at most `windowLength` units. A short text that is no
   * disguise is here as it came, so that its vector can be shared.
   */
  readonly toEmbed: readonly string[];
}

interface Piece {
  readonly text: string;
  readonly wordOdds: number;
}

/** The newest texts count first where there is more than can be read: 262,144 units of a request. */
export function examineTexts(reader: HeadReader, texts: readonly GuardedText[]): Examination {
  const joined = joinTurns(texts);
  let unitsLeft = mostRead;
  let windowsLeft = mostWindows;
  const examined = [...texts, ...(joined === undefined ? [] : [joined])]
    .toReversed()
    .map(({ text, source }) => {
      const { readings, hidesText, turnsDirection } = readText(headAndTail(text, unitsLeft));
      unitsLeft -= Math.min(text.length, unitsLeft);
      const families = new Set(
        readings.flatMap((reading) => [...findFamilies(reading.text, source)]),
      );
      if (hidesText || turnsDirection) families.add('hidden_text');
      const pieces = cutPieces(readings, text, windowsLeft);
      windowsLeft -= pieces.length;
      const weighed = pieces.map((piece) => ({ text: piece, wordOdds: reader.wordOdds(piece) }));
      const isForeign = !isAscii(text) && !isLatinText(readings[0]?.text ?? '');
      return { source, families, hidesText, isForeign, pieces: weighed };
    });
  const toEmbed = chooseToEmbed(examined.flatMap(({ pieces }) => pieces));
  return {
    toEmbed,
    texts: examined.map(({ pieces, ...text }) => ({
      ...text,
      windows: pieces.map(({ text: piece, wordOdds }) => {
        const index = toEmbed.indexOf(piece);
        return { wordOdds, embedded: index === -1 ? undefined : index };
      }),
    })),
  };
}

/** Windows of what is hidden or respelled, a few of each, then of what is seen: the ends of a long text. */
function cutPieces(readings: readonly Reading[], original: string, most: number): string[] {
  const pieces: string[] = [];
  for (const { kind, text } of readings.filter((reading) => reading.kind !== 'seen')) {
    const share = kind === 'carried' ? mostCarriedWindows : mostRespelledWindows;
    pieces.push(...cutWindows(text, Math.min(share, most - pieces.length)));
  }
  for (const { text, isDisguised } of readings.filter(({ kind }) => kind === 'seen')) {
    pieces.push(...cutWindows(isDisguised ? text : original, most - pieces.length));
  }
  return pieces;
}

function chooseToEmbed(pieces: readonly Piece[]): string[] {
  const suspicious = pieces
    .filter(({ wordOdds }) => wordOdds > settledBelow)
    .toSorted((left, right) => right.wordOdds - left.wordOdds);
  return [...new Set(suspicious.map(({ text }) => text))].slice(0, mostEmbedded);
}
