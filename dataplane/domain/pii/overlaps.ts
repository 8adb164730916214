// Of spans that overlap, the better ones.
import type { PiiSpan } from '../findings.ts';

/** Least score that counts by default. */
export const sureEnough = 0.7;

/**
 * The surest spans that do not overlap, in the order of the text; of equally sure ones the longest,
 * of equally long ones the first in the list. An address keeps its postal code, whichever is surer.
 */
export function withoutOverlaps(spans: readonly PiiSpan[]): PiiSpan[] {
  if (spans.length < 2) return [...spans];
  const length = spans.reduce((most, { end }) => Math.max(most, end), 0);
  // A mark for each character: comparing every two spans would take too long for a hostile text.
  const isTaken = new Uint8Array(length);
  return withoutParts(spans)
    .toSorted((a, b) => b.score - a.score || b.end - b.start - (a.end - a.start))
    .filter(({ end, start }) => {
      if (isTaken.subarray(start, end).includes(1)) return false;
      isTaken.fill(1, start, end);
      return true;
    })
    .sort((a, b) => a.start - b.start);
}

/** What lies within an address is part of it, unless check digits say what it is. */
function withoutParts(spans: readonly PiiSpan[]): readonly PiiSpan[] {
  const addresses = spans.filter(
    ({ score, type }) => type === 'STREET_ADDRESS' && score >= sureEnough,
  );
  if (addresses.length === 0) return spans;
  const part = new Uint8Array(addresses.reduce((most, { end }) => Math.max(most, end), 0));
  for (const { end, start } of addresses) part.fill(1, start, end);
  return spans.filter(
    ({ end, score, start, type }) =>
      type === 'STREET_ADDRESS' ||
      score === 1 ||
      end > part.length ||
      part.subarray(start, end).includes(0),
  );
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

export function overlap(a: Stretch, b: Stretch): boolean {
  return a.start < b.end && b.start < a.end;
}
