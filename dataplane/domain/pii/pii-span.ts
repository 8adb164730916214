// What is found: a type and a place, and never the value, so that a finding may be logged and counted.
import type { PiiType } from '../../../config/pii-types.ts';

/** A stretch of text that is personal data. Offsets are UTF-16, the end exclusive. */
export interface PiiSpan {
  readonly type: PiiType;
  readonly start: number;
  readonly end: number;
  /**
   * Confidence, 0 to 1: 1 where a checksum or a strict syntax holds. What a guard should act on by
   * default has at least 0.7, whatever the type.
   */
  readonly score: number;
}

/** Finds one type. Its spans do not overlap; offsets are those of the text that it is given. */
export type Recogniser = (text: string) => Iterable<PiiSpan>;
