// From measurements to figures: medians over the rounds, and ratios within a round. Pure.
import type { Measurement, MemoryCurve } from './measurement.ts';
import type { ContestantName, PartName } from './plan.ts';

/** A median and the whole range around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many values it comes from. */
  readonly count: number;
}

/** One figure of a measurement. */
export type Metric = (measurement: Measurement) => number;

const perUnitUs = (cpuSeconds: number, measurement: Measurement): number =>
  (cpuSeconds / measurement.units) * 1e6;

/** CPU times in microseconds per request, or per chunk of a stream. */
export const serverCpu: Metric = (run) => perUnitUs(run.serverCpuSeconds, run);
export const envoyCpu: Metric = (run) => perUnitUs(run.envoyCpuSeconds, run);
export const bothCpu: Metric = (run) => perUnitUs(run.serverCpuSeconds + run.envoyCpuSeconds, run);
/** Requests, or chunks, per second. */
export const throughput: Metric = (run) => run.units / run.seconds;
export const p50: Metric = (run) => run.p50Ms;
export const p99: Metric = (run) => run.p99Ms;
export const firstByteP50: Metric = (run) => run.firstByteP50Ms;
export const firstByteP99: Metric = (run) => run.firstByteP99Ms;
export const messages: Metric = (run) => run.messagesPerRequest;

/** Median and range of finite values; undefined when there is none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined) return undefined;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? high;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? low;
  return { median: (lower + upper) / 2, low, high, count: sorted.length };
}

/** Which measurements a figure is about. */
export interface Place {
  readonly part: PartName;
  readonly cell: string;
  readonly contestant: ContestantName;
}

export function measurementsAt(runs: readonly Measurement[], place: Place): Measurement[] {
  return runs.filter(
    (run) =>
      run.part === place.part && run.cell === place.cell && run.contestant === place.contestant,
  );
}

export function figure(
  runs: readonly Measurement[],
  place: Place,
  metric: Metric,
): Spread | undefined {
  return spreadOf(measurementsAt(runs, place).map(metric));
}

/**
 * The figure of one contestant divided by that of another, round by round. Several windows of one
 * contestant in a round (the paired parts have two) are averaged first.
 */
export function ratio(
  runs: readonly Measurement[],
  of: Place,
  to: Place,
  metric: Metric,
): Spread | undefined {
  const above = byRound(measurementsAt(runs, of), metric);
  const below = byRound(measurementsAt(runs, to), metric);
  return spreadOf(
    [...above].flatMap(([round, value]) => {
      const divisor = below.get(round);
      return divisor === undefined ? [] : [value / divisor];
    }),
  );
}

function byRound(runs: readonly Measurement[], metric: Metric): Map<number, number> {
  const values = Map.groupBy(runs, (run) => run.round);
  return new Map(
    [...values].map(([round, group]) => [
      round,
      group.reduce((sum, run) => sum + metric(run), 0) / group.length,
    ]),
  );
}

/** How memory went: its sizes, and the last quarter of the requests against the second one. */
export interface MemoryFigures {
  readonly firstMb: number;
  readonly lastMb: number;
  readonly peakMb: number;
  /** Median of the last quarter over that of the second: the first is left for warming up. */
  readonly growth: number;
}

export function memoryFigures(curve: MemoryCurve): MemoryFigures | undefined {
  const sizes = [...curve.samples]
    .sort((a, b) => a.requests - b.requests)
    .map((sample) => sample.rssBytes / 1e6);
  const quarter = Math.floor(sizes.length / 4);
  const second = spreadOf(sizes.slice(quarter, 2 * quarter));
  const last = spreadOf(sizes.slice(-quarter));
  const first = sizes[0];
  const end = sizes.at(-1);
  if (quarter === 0 || !second || !last || first === undefined || end === undefined) {
    return undefined;
  }
  return {
    firstMb: first,
    lastMb: end,
    peakMb: Math.max(...sizes),
    growth: last.median / second.median,
  };
}
