// How long to wait after the n-th failure in a row.

export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

// Up to this share is taken off at random, so that what failed together does not return together.
const jitter = 0.3;
// 2 to this power is beyond every longest wait; more would overflow.
const mostDoublings = 40;

/** The wait after `failures` failures in a row, at least one; it doubles up to the longest. */
export function backoffMs(backoff: Backoff, failures: number, random: () => number): number {
  const doublings = Math.min(Math.max(failures - 1, 0), mostDoublings);
  const full = Math.min(backoff.longestMs, backoff.firstMs * 2 ** doublings);
  return full * (1 - jitter * random());
}
