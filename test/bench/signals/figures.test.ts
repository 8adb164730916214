import { describe, expect, test } from '@jest/globals';
import { addedTo, judgeSignals, slowdown } from './figures.ts';
import type { OthersWindow, SignalsResults, SignalsRound, Window } from './measurement.ts';
import { signalsSection } from './report.ts';
import { readLoopDelay, readRoutingMs } from './samples.ts';

function window(changes: Partial<Window>): Window {
  return {
    name: 'none',
    requests: 200,
    failures: 0,
    p50Ms: 1,
    p99Ms: 2,
    routingMs: 0.1,
    cpuMs: 0.5,
    ...changes,
  };
}

function others(changes: Partial<OthersWindow>): OthersWindow {
  return {
    concurrency: 1,
    busy: false,
    requests: 1000,
    failures: 0,
    p50Ms: 1,
    p99Ms: 2,
    loop: { p99Ms: 0.5, maxMs: 2 },
    longPrompts: 0,
    ...changes,
  };
}

function results(...rounds: readonly Partial<SignalsRound>[]): SignalsResults {
  return {
    rounds: rounds.map((round) => ({ windows: [], others: [], rssBytes: 500e6, ...round })),
    requests: 200,
    seconds: 3,
    pinning: 'the router on core 0',
    failures: 0,
  };
}

const facts = {
  machine: 'two cores',
  commit: 'abc',
  date: '2026-01-01',
  command: 'npm run bench',
  loadBefore: '0',
  loadAfter: '0',
};

const p50 = ({ p50Ms }: { readonly p50Ms: number }): number => p50Ms;

describe('addedTo', () => {
  test('subtracts what the same round took without signals', () => {
    const found = addedTo(
      results(
        { windows: [window({ p50Ms: 1 }), window({ name: 'words', p50Ms: 1.5 })] },
        // The machine was slower here, for both.
        { windows: [window({ p50Ms: 3 }), window({ name: 'words', p50Ms: 3.75 })] },
        // Nothing to compare with.
        { windows: [window({ name: 'words', p50Ms: 90 })] },
      ),
      'words',
      p50,
    );
    expect(found).toEqual({ median: 0.625, low: 0.5, high: 0.75, count: 2 });
  });
});

describe('slowdown', () => {
  test('compares windows of one concurrency in one round', () => {
    const found = slowdown(
      results({
        others: [
          others({ p50Ms: 2 }),
          others({ busy: true, p50Ms: 3 }),
          others({ concurrency: 16, p50Ms: 10 }),
          others({ concurrency: 16, busy: true, p50Ms: 40 }),
        ],
      }),
      1,
      p50,
    );
    expect(found?.median).toBe(1.5);
  });
});

describe('judgeSignals', () => {
  const measured = results({
    windows: [
      window({}),
      window({ name: 'words', p50Ms: 2.5 }),
      window({ name: 'models', p50Ms: 20 }),
      window({ name: 'hits', routingMs: 0.29 }),
    ],
    others: [others({}), others({ busy: true, p50Ms: 1.2, loop: { p99Ms: 1, maxMs: 11 } })],
    rssBytes: 600e6,
  });

  test('holds the medians against the limits of the project', () => {
    expect(judgeSignals(measured).map(({ limit, met }) => [limit, met])).toEqual([
      [20, true],
      [1, false],
      [0.3, true],
      [600, true],
      [1.3, true],
      [10, false],
    ]);
  });

  test('says nothing of what was not measured', () => {
    expect(judgeSignals(results({})).map(({ limit }) => limit)).toEqual([600]);
  });

  test('missed goals are named with what was measured', () => {
    const section = signalsSection(measured, facts);
    expect(section).toContain('**2 of 6 goals were missed:**');
    expect(section).toContain('without models: added to the p50, ms (1.50 against 1)');
    expect(section).not.toContain('NaN');
  });
});

describe('what the router tells', () => {
  test('takes the time to the decision from each usage record', () => {
    expect(readRoutingMs('{"id":"a","routing_ms":0.25}\n{"id":"b","routing_ms":21}\n')).toEqual([
      0.25, 21,
    ]);
  });

  test('the delay of the event loop is what exceeds the period of its monitor', () => {
    const page = [
      'nodejs_eventloop_lag_max_seconds 0.0135',
      'nodejs_eventloop_lag_p99_seconds 0.009',
    ].join('\n');
    const delay = readLoopDelay(page);
    expect(delay.maxMs).toBeCloseTo(3.5);
    expect(delay.p99Ms).toBe(0);
  });
});
