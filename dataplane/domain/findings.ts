// What classifiers and detectors say of the texts of a request. Where something was found is told
// by offsets, and never what it was: no finding holds a piece of the text.
import type { PiiType } from '../../config/pii-types.ts';

export interface CategoryAnswer {
  /** One of the classifier's labels, such as `computer science`. */
  readonly category: string;
  /** Probability of it, 0 to 1. */
  readonly confidence: number;
  /** By how much it is ahead of the next, 0 to 1. */
  readonly margin: number;
  /** Of every label, by label; they add up to 1. */
  readonly probabilities: ReadonlyMap<string, number>;
  /** `lexical`: told by words alone, for want of an embedding. */
  readonly tier: 'blend' | 'lexical';
}

/** A text that a guard looks at, and who brought it. */
export interface GuardedText {
  readonly text: string;
  readonly source: 'user' | 'tool';
}

export interface JailbreakFinding {
  /** How sure it is that one of the texts attacks, 0 to 1. */
  readonly score: number;
  /** Kinds of attack that rules saw, of a closed list; empty where only the learned part spoke. */
  readonly families: readonly string[];
  /** `lexical`: without an embedding. */
  readonly tier: 'blend' | 'lexical';
}

/** A stretch of text that is personal data. Offsets are UTF-16, the end exclusive. */
export interface PiiSpan {
  /** One of the names that `pii_types_allowed` knows. */
  readonly type: PiiType;
  readonly start: number;
  readonly end: number;
  /** Confidence, 0 to 1. */
  readonly score: number;
}

export interface PiiFinding {
  /** For each text its spans in order; they do not overlap. */
  readonly spans: readonly (readonly PiiSpan[])[];
  /** `structural`: without a model, which alone finds names. */
  readonly tier: 'model' | 'structural';
}

/** A stretch of text that a token classifier named. Offsets are UTF-16, the end exclusive. */
export interface TaggedSpan {
  /** As the model calls it, without B- or I-. */
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** Confidence, 0 to 1. */
  readonly score: number;
}

/** What an embedding model makes of one text. */
export interface Embedding {
  /** Of length 1 (L2), so that a dot product is the cosine. */
  readonly vector: Float32Array;
  /** Tokens of the whole text, before anything was left out. */
  readonly tokens: number;
  /** Tokens of these that the model's vocabulary does not have. */
  readonly unknownTokens: number;
  /** Whether the text was longer than the model takes: the vector is of its head and its tail then. */
  readonly truncated: boolean;
}
