// docs/metrics.md is what people write rules and invoices from: it names every metric with the
// labels it has, and none that does not exist.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as definitions from '../../config/metrics.ts';
import { createMemoryLedger } from '../../dataplane/adapters/ledger/memory-ledger.ts';
import { addStoreMetrics, createCacheSeries } from '../../dataplane/metering/cache-series.ts';
import { createMeter } from '../../dataplane/metering/meter.ts';
import {
  addConfigMetrics,
  addLedgerMetrics,
  addLogMetrics,
  addModelMetrics,
} from '../../dataplane/metering/program-metrics.ts';
import { MetricsRegistry } from '../../dataplane/metering/prometheus/registry.ts';

const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

interface Defined {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const defined: readonly Defined[] = Object.values(definitions).flatMap((group) =>
  Object.values<Defined>(group),
);

/** The labels in the table row of each metric. */
const documented = new Map(
  [...page.matchAll(/^\| `([a-z]+_[a-z_]+)` +\|([^|]*)\|/gm)].map(([, name = '', labels = '']) => [
    name,
    [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label]) => label),
  ]),
);

test('every metric is documented with its labels, and nothing else is', () => {
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries(defined.map(({ name, labels }) => [name, labels])),
  );
});

test('every metric that the program registers is defined, and every one defined is registered', () => {
  const registry = new MetricsRegistry();
  const ledger = createMemoryLedger();
  const nothing = (): void => undefined;
  const log = { error: nothing, warn: nothing, info: nothing, debug: nothing };
  createMeter({ registry, ledger, log: { ...log, isEnabled: () => false } });
  createCacheSeries(registry);
  addStoreMetrics(registry, () => undefined);
  addConfigMetrics(registry);
  addLedgerMetrics(registry, () => ledger.stats());
  addLogMetrics(registry, () => 0);
  addModelMetrics(registry, { status: () => [], crashes: () => ({}) });
  expect([...registry.names()].sort()).toEqual(defined.map(({ name }) => name).sort());
});

test('names and help follow the rules of both formats', () => {
  for (const { name, type, help, labels } of defined) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(help).toMatch(/^[^\\"\n]+\.$/);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z_]*$/);
  }
});

test("MaaS-billing's seven counters have exactly their names and labels", () => {
  const { maasMetrics } = definitions;
  expect(
    Object.values(maasMetrics)
      .slice(0, 7)
      .map(({ name, labels }) => `${name}{${labels.join(', ')}}`),
  ).toEqual([
    'semantic_router_tokens_total{user, tier, model, type}',
    'semantic_router_requests_total{user, tier, model, decision}',
    'semantic_router_cache_hits_total{user, tier, model}',
    'semantic_router_cache_misses_total{user, tier, model}',
    'semantic_router_pii_detections_total{user, tier, pii_type}',
    'semantic_router_jailbreak_detections_total{user, tier}',
    'semantic_router_reasoning_requests_total{user, tier, model}',
  ]);
});
