// The goals of the project beside what was measured. A goal is met when the median is within its
// limit; the range is shown so that a reader sees how sure that is.
import type { BenchResults } from './measurement.ts';
import { yardstick } from './plan.ts';
import type { ContestantName, PartName } from './plan.ts';
import { memoryFigures, p50, p99, ratio, serverCpu, spreadOf } from './summary.ts';
import type { Metric, Spread } from './summary.ts';

interface Goal {
  readonly text: string;
  readonly limit: number;
  /** Undefined when this run did not measure it. */
  readonly measure: (results: BenchResults) => Spread | undefined;
}

export interface GoalResult {
  readonly text: string;
  readonly limit: number;
  readonly measured: Spread;
  readonly met: boolean;
}

/** The goals that this run measured, in the order of their list. */
export function judge(results: BenchResults): GoalResult[] {
  return goals.flatMap((goal) => {
    const measured = goal.measure(results);
    if (measured === undefined) return [];
    return [{ text: goal.text, limit: goal.limit, measured, met: measured.median <= goal.limit }];
  });
}

const against =
  (part: PartName, cell: string, metric: Metric): Goal['measure'] =>
  (results) =>
    ratio(
      results.runs,
      { part, cell, contestant: 'maas' },
      { part, cell, contestant: yardstick },
      metric,
    );

const paired =
  (
    part: PartName,
    cell: string,
    [variant, base]: readonly [ContestantName, ContestantName],
  ): Goal['measure'] =>
  (results) =>
    ratio(
      results.runs,
      { part, cell, contestant: variant },
      { part, cell, contestant: base },
      serverCpu,
    );

function jsonGoals(size: string, cell: string, limit: number): Goal[] {
  const [, concurrency = ''] = cell.split('@');
  const at = `${size} JSON, concurrency ${concurrency}`;
  return [
    { text: `${at}: CPU per request`, limit, measure: against('json', cell, serverCpu) },
    { text: `${at}: p50`, limit, measure: against('json', cell, p50) },
    { text: `${at}: p99`, limit, measure: against('json', cell, p99) },
  ];
}

const streamGoal = (text: string, cell: string): Goal => ({
  text: `${text}: CPU per chunk`,
  limit: 1,
  measure: against('sse', cell, serverCpu),
});

/** How much the same work may differ before it counts as more: what noise alone was seen to do. */
const noise = 1.05;

const goals: readonly Goal[] = [
  ...jsonGoals('2 KB', 'json-2k@1', 1.3),
  ...jsonGoals('2 KB', 'json-2k@16', 1.3),
  ...jsonGoals('2 KB', 'json-2k@64', 1.3),
  ...jsonGoals('220 KB', 'json-220k@8', 1.6),
  streamGoal('300 chunks 3 ms apart, 16 streams', 'sse-300-gap@16'),
  streamGoal('300 chunks 3 ms apart, 64 streams', 'sse-300-gap@64'),
  streamGoal('300 chunks at once, 1 stream', 'sse-300@1'),
  streamGoal('300 chunks at once, 16 streams', 'sse-300@16'),
  streamGoal('300 chunks at once, 64 streams', 'sse-300@64'),
  {
    text: 'CPU per chunk, streams of 3,000 chunks against 300 (linear), at once',
    limit: noise,
    measure: linearity('sse-3000@16', 'sse-300@16'),
  },
  {
    text: 'CPU per chunk, streams of 3,000 chunks against 300 (linear), 1 ms apart',
    limit: noise,
    measure: linearity('sse-3000-paced@16', 'sse-300-paced@16'),
  },
  {
    text: '200 keyword rules against 20, 2 KB: CPU per request',
    limit: noise,
    measure: paired('keywords', 'json-2k@16', ['maas-200-rules', 'maas']),
  },
  {
    text: '200 keyword rules against 20, 220 KB: CPU per request',
    limit: noise,
    measure: paired('keywords', 'json-220k@8', ['maas-200-rules', 'maas']),
  },
  {
    text: 'MaaS integration on against off, 2 KB: CPU per request',
    limit: 1.02,
    measure: paired('maas', 'json-2k@16', ['maas', 'standalone']),
  },
  {
    text: 'Memory, last quarter of the requests against the second (flat)',
    limit: noise,
    measure: (results) => memoryGrowth(results),
  },
];

function linearity(long: string, short: string): Goal['measure'] {
  const place = { part: 'linear', contestant: 'maas' } as const;
  return (results) =>
    ratio(results.runs, { ...place, cell: long }, { ...place, cell: short }, serverCpu);
}

function memoryGrowth(results: BenchResults): Spread | undefined {
  const curve = results.memory.find((candidate) => candidate.contestant === 'maas');
  const figures = curve && memoryFigures(curve);
  return figures && spreadOf([figures.growth]);
}

/** Requests that failed in any window, over all contestants. */
export function failuresOf(results: BenchResults): number {
  const windows = [...results.runs, ...results.memory];
  return windows.reduce((sum, window) => sum + window.failures, 0);
}
