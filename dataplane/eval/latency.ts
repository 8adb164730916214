// How long one text took, of many.
import { rounded } from './rounding.ts';

export interface LatencyFigures {
  /** Number of texts. */
  readonly n: number;
  /** Median time for one text in milliseconds. */
  readonly latency_ms: number;
  /** Time in milliseconds that 95 of 100 texts did not exceed. */
  readonly latency_p95_ms: number;
}

export function latencyFigures(milliseconds: readonly number[]): LatencyFigures {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return {
    n: sorted.length,
    latency_ms: rounded(atShare(sorted, 0.5)),
    latency_p95_ms: rounded(atShare(sorted, 0.95)),
  };
}

/** The smallest value that the given share of the values does not exceed; 0 of none. */
function atShare(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
