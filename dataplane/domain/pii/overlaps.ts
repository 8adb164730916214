// Of spans that overlap, the better ones.
import type { PiiSpan } from '../findings.ts';

/**
 * The surest spans that do not overlap, in the order of the text; of equally sure ones the longest,
 * of equally long ones the first in the list.
 */
export function withoutOverlaps(spans: readonly PiiSpan[]): PiiSpan[] {
  if (spans.length < 2) return [...spans];
  const length = spans.reduce((most, { end }) => Math.max(most, end), 0);
  // A mark for each character: comparing every two spans would take too long for a hostile text.
  const isTaken = new Uint8Array(length);
  return spans
    .toSorted((a, b) => b.score - a.score || b.end - b.start - (a.end - a.start))
    .filter(({ end, start }) => {
      if (isTaken.subarray(start, end).includes(1)) return false;
      isTaken.fill(1, start, end);
      return true;
    })
    .sort((a, b) => a.start - b.start);
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

export function overlap(a: Stretch, b: Stretch): boolean {
  return a.start < b.end && b.start < a.end;
}

export function holds(outer: Stretch, inner: Stretch): boolean {
  return outer.start <= inner.start && outer.end >= inner.end;
}
