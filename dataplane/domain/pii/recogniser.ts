import type { PiiSpan } from '../findings.ts';

/**
 * Finds one type in a text as a reader sees it. Its spans do not overlap. A score is 1 where a checksum
 * or a strict syntax holds; what a guard should act on by default has at least 0.7, whatever the type.
 */
export type Recogniser = (text: string) => Iterable<PiiSpan>;
