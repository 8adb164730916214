// The results as Markdown: one table for each workload, one of goals, one of facts about the run.
import { judge } from './goals.ts';
import { goalsTable } from './goals-table.ts';
import type { HostFacts } from './host.ts';
import type { BenchResults } from './measurement.ts';
import { number, table, withRange } from './markdown.ts';
import { cellId, contestantLabels, yardstick } from './plan.ts';
import type { Cell, ContestantName, PairedPart, Part, RotatedPart } from './plan.ts';
import {
  bothCpu,
  envoyCpu,
  figure,
  firstByteP50,
  firstByteP99,
  measurementsAt,
  memoryFigures,
  messages,
  p50,
  p99,
  ratio,
  serverCpu,
  throughput,
} from './summary.ts';
import type { Metric, Place, Spread } from './summary.ts';

export interface RunFacts {
  readonly host: HostFacts;
  /** ISO date of the run. */
  readonly date: string;
  readonly command: string;
  readonly loadBefore: string;
  readonly loadAfter: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly gracefulClose: boolean;
}

/** Sections of docs/performance.md by the name of their markers. */
export type Sections = Readonly<
  Record<
    'run' | 'goals' | 'json' | 'sse' | 'linear' | 'paired' | 'memory' | 'operator' | 'signals',
    string
  >
>;

export function buildSections(
  plan: readonly Part[],
  results: BenchResults,
  facts: RunFacts,
): Omit<Sections, 'operator' | 'signals'> {
  const tables = (name: 'json' | 'sse' | 'linear'): string =>
    plan
      .filter((part) => part.kind === 'rotated')
      .filter((part) => part.name === name)
      .map((part) => rotatedTables(part, results))
      .join('\n\n');
  return {
    run: runSection(results, facts),
    goals: goalsTable(judge(results)),
    json: tables('json'),
    sse: tables('sse'),
    linear: tables('linear'),
    paired: pairedSection(plan, results),
    memory: memorySection(results),
  };
}

const median = (spread: Spread | undefined): string => (spread ? number(spread.median) : '–');

function runSection(results: BenchResults, facts: RunFacts): string {
  const versions = Object.entries(facts.host.versions).map(([name, value]) => `${name} ${value}`);
  const requests = results.runs.reduce((sum, run) => sum + run.requests, 0);
  const rows = [
    ['date', facts.date],
    ['command', `\`${facts.command}\``],
    ['commit', facts.host.commit],
    ['machine', facts.host.machine],
    ['versions', versions.join(', ')],
    ['load average before, after', `${facts.loadBefore}; ${facts.loadAfter}`],
    ['rounds, window', `${facts.rounds} rounds, ${facts.seconds} s each`],
    ['graceful close of ext_proc streams', facts.gracefulClose ? 'on, for all' : 'off, for all'],
    ['requests measured', number(requests)],
    ['requests failed', failuresText(results)],
    ...results.metering.map((check) => [
      `counted by "${contestantLabels[check.contestant]}"`,
      `${check.counted ?? 'unknown'} of ${check.sent} sent`,
    ]),
  ];
  return table(['', ''], rows);
}

function failuresText(results: BenchResults): string {
  const failed = [...results.runs, ...results.memory].filter((window) => window.failures > 0);
  if (failed.length === 0) return '0';
  const sums = Map.groupBy(failed, (window) => window.contestant);
  return [...sums]
    .map(([name, windows]) => {
      const count = windows.reduce((sum, window) => sum + window.failures, 0);
      return `${contestantLabels[name]}: ${count}`;
    })
    .join('; ');
}

function rotatedTables(part: RotatedPart, results: BenchResults): string {
  const byWorkload = Map.groupBy(part.cells, (cell) => cell.workload);
  return [...byWorkload]
    .map(([workload, cells]) => {
      const streamed = workload.chunks > 0;
      const columns = streamed ? streamColumns : jsonColumns;
      const rows = cells.flatMap((cell) =>
        part.contestants.map((contestant) => [
          String(cell.concurrency),
          contestantLabels[contestant],
          ...columns.map((column) => column.text(results, { part, cell, contestant })),
        ]),
      );
      const head = ['c', 'contestant', ...columns.map((column) => column.head)];
      return `### ${workload.label}\n\n${table(head, rows)}`;
    })
    .join('\n\n');
}

interface Column {
  readonly head: string;
  readonly text: (results: BenchResults, at: ColumnPlace) => string;
}

interface ColumnPlace {
  readonly part: RotatedPart;
  readonly cell: Cell;
  readonly contestant: ContestantName;
}

const placeOf = (at: ColumnPlace): Place => ({
  part: at.part.name,
  cell: cellId(at.cell),
  contestant: at.contestant,
});

const absolute = (head: string, metric: Metric): Column => ({
  head,
  text: (results, at) => median(figure(results.runs, placeOf(at), metric)),
});

/** The ratio to the yardstick in the same round; an empty cell where that is 1 by definition. */
const relative = (head: string, metric: Metric): Column => ({
  head,
  text: (results, at) => {
    if (at.contestant === yardstick) return '1';
    const yardstickPlace = { ...placeOf(at), contestant: yardstick };
    return withRange(ratio(results.runs, placeOf(at), yardstickPlace, metric));
  },
});

/** Envoy alone has no server whose CPU could be compared. */
const ofServer = (column: Column): Column => ({
  head: column.head,
  text: (results, at) => (at.contestant === 'envoy' ? '–' : column.text(results, at)),
});

const failed: Column = {
  head: 'failed',
  text: (results, at) => {
    const runs = measurementsAt(results.runs, placeOf(at));
    return String(runs.reduce((sum, run) => sum + run.failures, 0));
  },
};

const jsonColumns: readonly Column[] = [
  ofServer(absolute('server CPU, µs', serverCpu)),
  ofServer(relative('× Go', serverCpu)),
  absolute('Envoy CPU, µs', envoyCpu),
  relative('server + Envoy × Go', bothCpu),
  absolute('requests/s', throughput),
  relative('× Go', throughput),
  absolute('p50, ms', p50),
  relative('× Go', p50),
  absolute('p99, ms', p99),
  relative('× Go', p99),
  failed,
];

const streamColumns: readonly Column[] = [
  ofServer(absolute('server CPU per chunk, µs', serverCpu)),
  ofServer(relative('× Go', serverCpu)),
  absolute('Envoy CPU per chunk, µs', envoyCpu),
  relative('server + Envoy × Go', bothCpu),
  absolute('chunks/s', throughput),
  relative('× Go', throughput),
  ofServer(absolute('messages per stream', messages)),
  absolute('first byte p50, ms', firstByteP50),
  absolute('first byte p99, ms', firstByteP99),
  absolute('whole stream p50, ms', p50),
  absolute('whole stream p99, ms', p99),
  failed,
];

function pairedSection(plan: readonly Part[], results: BenchResults): string {
  const parts = plan.filter((part): part is PairedPart => part.kind === 'paired');
  const rows = parts.flatMap((part) =>
    part.cells.map((cell) => {
      const at = (contestant: ContestantName): Place => ({
        part: part.name,
        cell: cellId(cell),
        contestant,
      });
      const of = (metric: Metric): string =>
        withRange(ratio(results.runs, at(part.variant), at(part.base), metric));
      return [
        `${contestantLabels[part.variant]} ÷ ${contestantLabels[part.base]}`,
        `${cell.workload.label}, c = ${cell.concurrency}`,
        of(serverCpu),
        of(bothCpu),
        of(throughput),
        of(p50),
        of(p99),
      ];
    }),
  );
  if (rows.length === 0) return '';
  const head = ['', 'workload', 'server CPU', 'server + Envoy CPU', 'requests/s', 'p50', 'p99'];
  return table(head, rows);
}

function memorySection(results: BenchResults): string {
  const rows = results.memory.flatMap((curve) => {
    const figures = memoryFigures(curve);
    if (figures === undefined) return [];
    return [
      [
        contestantLabels[curve.contestant],
        number(curve.requests),
        number(figures.firstMb),
        number(figures.lastMb),
        number(figures.peakMb),
        figures.growth.toFixed(3),
      ],
    ];
  });
  if (rows.length === 0) return '';
  const head = [
    '',
    'requests',
    'at the first sample, MB',
    'at the end, MB',
    'peak, MB',
    'last ÷ second quarter',
  ];
  return table(head, rows);
}
