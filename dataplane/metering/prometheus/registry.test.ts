import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addTo } from './counter-family.ts';
import { escapeLabelValue } from './family.ts';
import { MetricsRegistry } from './registry.ts';

const counter = {
  name: 'things_total',
  type: 'counter',
  help: 'Things.',
  labels: ['kind'],
} as const;
const plain = { name: 'runs_total', type: 'counter', help: 'Runs.', labels: [] } as const;

describe('the page', () => {
  test('shows families with series, in the order they were added', async () => {
    const registry = new MetricsRegistry();
    const things = registry.counter(counter);
    registry.counter({ ...counter, name: 'never_total' });
    registry.counter(plain).cell([]);
    things.cell(['b']).value += 2;
    things.cell(['a']).value += 1.5;
    expect(await registry.page()).toBe(
      [
        '# HELP things_total Things.',
        '# TYPE things_total counter',
        'things_total{kind="b"} 2',
        'things_total{kind="a"} 1.5',
        '# HELP runs_total Runs.',
        '# TYPE runs_total counter',
        'runs_total 0',
        '',
      ].join('\n'),
    );
  });

  test('names counters without their suffix in OpenMetrics, and ends', async () => {
    const registry = new MetricsRegistry();
    registry.counter(plain).cell([]).value += 3;
    registry.gauge({ name: 'heat', type: 'gauge', help: 'Heat.', labels: [] }, () => [
      { labels: [], value: -0.5 },
    ]);
    expect(await registry.page('openmetrics')).toBe(
      [
        '# HELP runs Runs.',
        '# TYPE runs counter',
        'runs_total 3',
        '# HELP heat Heat.',
        '# TYPE heat gauge',
        'heat -0.5',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  test('one format does not change what the other shows', async () => {
    const registry = new MetricsRegistry();
    registry.counter(plain).cell([]);
    const before = await registry.page('text');
    await registry.page('openmetrics');
    expect(await registry.page('text')).toBe(before);
  });

  test('a name may be taken once', () => {
    const registry = new MetricsRegistry();
    registry.counter(plain);
    expect(() => registry.counter(plain)).toThrow('runs_total');
  });

  test('a gauge without samples is not shown', async () => {
    const registry = new MetricsRegistry();
    registry.gauge({ name: 'heat', type: 'gauge', help: 'Heat.', labels: [] }, () => []);
    expect(await registry.page()).toBe('');
  });

  test('comes in pieces, each series once, also while series are added', async () => {
    const registry = new MetricsRegistry();
    const things = registry.counter(counter);
    for (let index = 0; index < 2_500; index += 1) things.cell([String(index)]);
    const pieces: string[] = [];
    for await (const piece of registry.render('text')) {
      pieces.push(piece);
      if (pieces.length === 1) things.cell(['late']);
    }
    const lines = pieces.join('').trimEnd().split('\n').slice(2);
    expect(pieces.length).toBe(3);
    expect(new Set(lines).size).toBe(2_501);
    expect(lines.length).toBe(2_501);
  });
});

test('the same labels are the same series', () => {
  const things = new MetricsRegistry().counter(counter);
  expect(things.cell(['a'])).toBe(things.cell(['a']));
});

test('a watched series is read when it is shown', async () => {
  const registry = new MetricsRegistry();
  let value = 1;
  registry.counter(plain).watch([], () => value);
  value = 42;
  expect(await registry.page()).toContain('runs_total 42\n');
});

test.each([NaN, -1, 0, -Infinity])('adding %d leaves a counter as it is', (amount) => {
  const cell = { value: 5 };
  addTo(cell, amount);
  expect(cell.value).toBe(5);
});

describe('histograms', () => {
  const definition = {
    name: 'wait_seconds',
    type: 'histogram',
    help: 'Waiting.',
    labels: ['model'],
    buckets: [0.5, 1, 2.5],
  } as const;

  test('sum up buckets, the bound itself included', async () => {
    const registry = new MetricsRegistry();
    const cell = registry.histogram(definition).cell(['m']);
    for (const value of [0.25, 0.5, 1, 2, 100]) cell.observe(value);
    cell.observe(NaN);
    const text = await registry.page();
    expect(text.split('\n').slice(2)).toEqual([
      'wait_seconds_bucket{model="m",le="0.5"} 2',
      'wait_seconds_bucket{model="m",le="1.0"} 3',
      'wait_seconds_bucket{model="m",le="2.5"} 4',
      'wait_seconds_bucket{model="m",le="+Inf"} 5',
      'wait_seconds_sum{model="m"} 103.75',
      'wait_seconds_count{model="m"} 5',
      '',
    ]);
    expect(await registry.page('openmetrics')).toContain(
      'wait_seconds_bucket{model="m",le="1.0"} 3',
    );
  });

  test('without labels have only their bounds', async () => {
    const registry = new MetricsRegistry();
    registry
      .histogram({ ...definition, labels: [] })
      .cell([])
      .observe(3);
    const text = await registry.page();
    expect(text).toContain('wait_seconds_bucket{le="+Inf"} 1\n');
    expect(text).toContain('wait_seconds_sum 3\nwait_seconds_count 1\n');
  });
});

/** Reads a label value back as Prometheus does. */
function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character));
}

test('any label value is one line, ends at its quote, and reads back as it was', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(fc.constantFrom('\\', '"', '\n', 'n'), fc.string({ unit: 'binary' })),
      }),
      (value) => {
        const escaped = escapeLabelValue(value);
        expect(escaped).not.toContain('\n');
        expect(escaped).toMatch(/^(?:[^"\\]|\\.)*$/s);
        expect(unescape(escaped)).toBe(value);
      },
    ),
  );
});
