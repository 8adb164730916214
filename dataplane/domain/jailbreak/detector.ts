// Detects attempts to talk a model out of its instructions: the face of this folder to the rest. Pure: it
// takes vectors and never calls a model. It reduces known attacks; it is no boundary of security.
import { examineTexts, type Examination } from './examine.ts';
import type { GuardedText } from './guarded-text.ts';
import { openHead, type JailbreakHead } from './head.ts';
import { scoreExamination, type JailbreakFinding } from './score.ts';

export interface JailbreakDetector {
  /** Id of the embedder whose vectors it takes. */
  readonly encoder: string;
  /** Looks through the texts as far as words go, and says what to embed: often nothing, at most three. */
  examine(texts: readonly GuardedText[]): Examination;
  /**
   * The finding, given the vectors of `toEmbed` in its order. Undefined, or of another length, counts as
   * missing: words alone decide then, by a threshold of their own.
   */
  score(examination: Examination, vectors: readonly (Float32Array | undefined)[]): JailbreakFinding;
}

/** One detector belongs to one thread. */
export function openJailbreakDetector(head: JailbreakHead): JailbreakDetector {
  const reader = openHead(head);
  return {
    encoder: head.encoder,
    examine: (texts) => examineTexts(reader, texts),
    score: (examination, vectors) => scoreExamination({ head, reader }, examination, vectors),
  };
}
