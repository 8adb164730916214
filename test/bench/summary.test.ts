import { describe, expect, test } from '@jest/globals';
import { judge } from './goals.ts';
import type { Measurement } from './measurement.ts';
import { memoryFigures, ratio, serverCpu, spreadOf } from './summary.ts';

function run(changes: Partial<Measurement>): Measurement {
  return {
    part: 'json',
    cell: 'json-2k@16',
    contestant: 'go',
    round: 0,
    requests: 1000,
    failures: 0,
    failure: '',
    units: 1000,
    seconds: 1,
    messagesPerRequest: 4,
    serverCpuSeconds: 0.1,
    envoyCpuSeconds: 0.2,
    p50Ms: 1,
    p99Ms: 2,
    firstByteP50Ms: 1,
    firstByteP99Ms: 2,
    ...changes,
  };
}

const place = { part: 'json', cell: 'json-2k@16' } as const;

describe('spreadOf', () => {
  test('takes the middle of an odd count and the mean of the two middles of an even one', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, low: 1, high: 5, count: 3 });
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1, high: 4, count: 4 });
  });

  test('ignores what is no number and knows nothing of nothing', () => {
    expect(spreadOf([Number.NaN, 2, Infinity])?.median).toBe(2);
    expect(spreadOf([])).toBeUndefined();
  });
});

describe('ratio', () => {
  test('compares within a round only', () => {
    const runs = [
      run({ round: 0, serverCpuSeconds: 0.1 }),
      run({ round: 0, contestant: 'maas', serverCpuSeconds: 0.15 }),
      // The machine was twice as slow here, for both.
      run({ round: 1, serverCpuSeconds: 0.2 }),
      run({ round: 1, contestant: 'maas', serverCpuSeconds: 0.2 }),
      // No partner in its round.
      run({ round: 2, contestant: 'maas', serverCpuSeconds: 9 }),
    ];
    const found = ratio(
      runs,
      { ...place, contestant: 'maas' },
      { ...place, contestant: 'go' },
      serverCpu,
    );
    expect(found).toEqual({ median: 1.25, low: 1, high: 1.5, count: 2 });
  });

  test('averages several windows of one round first', () => {
    const runs = [
      run({ serverCpuSeconds: 0.1 }),
      run({ contestant: 'maas', serverCpuSeconds: 0.2 }),
      run({ contestant: 'maas', serverCpuSeconds: 0.4 }),
      run({ serverCpuSeconds: 0.3 }),
    ];
    const found = ratio(
      runs,
      { ...place, contestant: 'maas' },
      { ...place, contestant: 'go' },
      serverCpu,
    );
    expect(found?.median).toBeCloseTo(1.5);
  });
});

describe('memoryFigures', () => {
  const curve = (sizes: readonly number[]) => ({
    contestant: 'maas' as const,
    requests: 8000,
    failures: 0,
    samples: sizes.map((size, index) => ({ requests: (index + 1) * 1000, rssBytes: size * 1e6 })),
  });

  test('compares the last quarter with the second, past the warm-up', () => {
    expect(memoryFigures(curve([50, 80, 100, 100, 104, 100, 110, 110]))).toEqual({
      firstMb: 50,
      lastMb: 110,
      peakMb: 110,
      growth: 1.1,
    });
  });

  test('says nothing about too few samples', () => {
    expect(memoryFigures(curve([1, 2, 3]))).toBeUndefined();
  });
});

describe('judge', () => {
  const results = (maasCpu: number) => ({
    runs: [run({ serverCpuSeconds: 1 }), run({ contestant: 'maas', serverCpuSeconds: maasCpu })],
    memory: [],
    metering: [],
  });
  const cpuGoal = (maasCpu: number) =>
    judge(results(maasCpu)).find(
      (goal) => goal.text === '2 KB JSON, concurrency 16: CPU per request',
    );

  test('a goal is met up to its limit and missed beyond', () => {
    expect(cpuGoal(1.3)?.met).toBe(true);
    expect(cpuGoal(1.301)?.met).toBe(false);
  });

  test('leaves out what was not measured', () => {
    expect(judge({ runs: [], memory: [], metering: [] })).toEqual([]);
  });
});
