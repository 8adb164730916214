// What was measured of signals, as Markdown. Pure.
import { goalsTable } from '../goals-table.ts';
import { number, table, withRange } from '../markdown.ts';
import { factRows, type PartFacts } from '../part-facts.ts';
import type { Spread } from '../summary.ts';
import {
  addedTo,
  figureOf,
  judgeSignals,
  othersFigure,
  residentMb,
  slowdown,
  timesBase,
} from './figures.ts';
import type { OthersWindow, SignalsResults, WindowName } from './measurement.ts';

export function signalsSection(results: SignalsResults, facts: PartFacts): string {
  return [
    goalsTable(judgeSignals(results)),
    'One request after the other:',
    windowTable(results),
    'Requests that need no model, in the router with models:',
    othersTable(results),
    factTable(results, facts),
  ].join('\n\n');
}

const labels: Readonly<Record<WindowName, string>> = {
  none: 'no signals',
  words: 'all signals, without models',
  models: 'all signals, with models',
  spread: 'the same, on every core',
  hits: 'exact cache hit',
};

const one = (spread: Spread | undefined): string => (spread ? number(spread.median) : '–');

function windowTable(results: SignalsResults): string {
  const rows = Object.entries(labels).map(([key, label]) => {
    const name = key as WindowName;
    const isBase = name === 'none';
    return [
      label,
      one(figureOf(results, name, ({ p50Ms }) => p50Ms)),
      isBase ? '–' : withRange(addedTo(results, name, ({ p50Ms }) => p50Ms)),
      isBase ? '1' : withRange(timesBase(results, name, ({ p50Ms }) => p50Ms)),
      one(figureOf(results, name, ({ p99Ms }) => p99Ms)),
      withRange(figureOf(results, name, ({ routingMs }) => routingMs)),
      one(figureOf(results, name, ({ cpuMs }) => cpuMs)),
    ];
  });
  const head = [
    '',
    'p50, ms',
    'added, ms',
    '× no signals',
    'p99, ms',
    'median in the router, ms',
    'CPU of the router, ms',
  ];
  return table(head, rows);
}

function othersTable(results: SignalsResults): string {
  const rows = [1, 16].flatMap((concurrency) =>
    [false, true].map((busy) => {
      const of = (figure: (window: OthersWindow) => number): string =>
        one(othersFigure(results, { concurrency, busy }, figure));
      const times = (figure: (window: OthersWindow) => number): string =>
        busy ? withRange(slowdown(results, concurrency, figure)) : '1';
      return [
        String(concurrency),
        busy ? 'compute' : 'rest',
        of(({ p50Ms }) => p50Ms),
        times(({ p50Ms }) => p50Ms),
        of(({ p99Ms }) => p99Ms),
        times(({ p99Ms }) => p99Ms),
        of(({ loop }) => loop.p99Ms),
        of(({ loop }) => loop.maxMs),
        busy ? of(({ longPrompts }) => longPrompts) : '–',
      ];
    }),
  );
  const head = [
    'c',
    'models',
    'p50, ms',
    '× at rest',
    'p99, ms',
    '× at rest',
    'event loop late: p99, ms',
    'longest, ms',
    'long prompts answered',
  ];
  return table(head, rows);
}

function factTable(results: SignalsResults, facts: PartFacts): string {
  const rows = [
    ['resident memory with both models, MB', withRange(residentMb(results))],
    ['rounds', String(results.rounds.length)],
    ['in each', `${results.requests} requests of a kind, and ${results.seconds} s of others`],
    ['cores', results.pinning],
    ['requests failed', String(results.failures)],
    ...factRows(facts),
  ];
  return table(['', ''], rows);
}
