// The learned half of the detector: what words, pieces of words and vectors say about a text, as log odds.
// It knows neither rules nor windows, and takes vectors as they are given.
import { scoreFeatures, scoreVector, type LinearHead } from '../linear/linear-head.ts';
import { FeatureReader } from '../linear/text-features.ts';
import type { Rarities } from '../linear/feature-weights.ts';
import { matchingText } from './normalise/matching-text.ts';

/** With vectors, or by words alone. */
export type Tier = 'blend' | 'lexical';

export interface JailbreakHead {
  /** Id of the embedder that it learned from: others' vectors mean nothing to it. */
  readonly encoder: string;
  readonly dimensions: number;
  /** Features are spread over `2 ** bits` numbers for each of their two kinds. */
  readonly bits: number;
  readonly rarities: Rarities;
  readonly words: LinearHead;
  readonly vectors: LinearHead;
  /** For each tier the log odds that a score of 0.7 stands for: see `scoreOf`. */
  readonly sureAt: Readonly<Record<Tier, number>>;
}

/** Reads texts with a head; made once, since it holds room for features. */
export interface HeadReader {
  /** Log odds that a window is an attack, by its words. */
  wordOdds(window: string): number;
  /** The same by its vector. */
  vectorOdds(vector: Float32Array): number;
}

export function openHead(head: JailbreakHead): HeadReader {
  const reader = new FeatureReader(head.bits);
  const result = new Float64Array(1);
  return {
    wordOdds(window) {
      scoreFeatures(head.words, head.rarities, reader.read(matchingText(window)), result);
      return result[0] as number;
    },
    vectorOdds(vector) {
      scoreVector(head.vectors, vector, result);
      return result[0] as number;
    },
  };
}

/** What users mean by their usual threshold. */
const usualThreshold = 0.7;
const usualOdds = Math.log(usualThreshold / (1 - usualThreshold));

/**
 * The score of log odds, 0 to 1, such that 0.7 is reached at `sureAt`: there about one of a hundred
 * harmless examples, many of them written to look like attacks, was over it when it had not been learned.
 */
export function scoreOf(odds: number, sureAt: number): number {
  return 1 / (1 + Math.exp(sureAt - odds - usualOdds));
}
