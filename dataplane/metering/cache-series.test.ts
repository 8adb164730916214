import { expect, test } from '@jest/globals';
import type { StoreStats } from '../ports.ts';
import { addStoreMetrics, createCacheSeries } from './cache-series.ts';
import { MetricsRegistry } from './prometheus/registry.ts';

const samples = async (registry: MetricsRegistry): Promise<string[]> =>
  (await registry.page()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('without a cache nothing of it is shown', async () => {
  const registry = new MetricsRegistry();
  createCacheSeries(registry);
  addStoreMetrics(registry, () => undefined);
  expect(await registry.page()).toBe('');
});

test('each observation is counted under its name', async () => {
  const registry = new MetricsRegistry();
  const telemetry = createCacheSeries(registry);
  telemetry.lookup('exact');
  telemetry.lookup('exact');
  telemetry.lookup('flight');
  telemetry.bypass('identity');
  telemetry.similarSkip('code');
  telemetry.answer('stored');
  telemetry.storeProblem('find', 'deadline');
  telemetry.shadow('semantic', 'different');
  telemetry.eviction();
  expect(await samples(registry)).toEqual([
    'semantic_cache_lookups_total{result="exact"} 2',
    'semantic_cache_lookups_total{result="flight"} 1',
    'semantic_cache_bypass_total{reason="identity"} 1',
    'semantic_cache_similar_skipped_total{reason="code"} 1',
    'semantic_cache_answers_total{result="stored"} 1',
    'semantic_cache_store_errors_total{operation="find",reason="deadline"} 1',
    'semantic_cache_shadow_total{match="semantic",likeness="different"} 1',
    'semantic_cache_evictions_total 1',
  ]);
});

test('the store is shown as it is now, as far as it counts', async () => {
  const registry = new MetricsRegistry();
  let stats: StoreStats = {
    backend: 'memory',
    state: 'ok',
    problem: undefined,
    entries: 3,
    bytes: 9_000,
  };
  addStoreMetrics(registry, () => stats);
  expect(await samples(registry)).toEqual([
    'semantic_cache_entries{backend="memory"} 3',
    'semantic_cache_size_bytes{backend="memory"} 9000',
    'semantic_cache_degraded{backend="memory"} 0',
  ]);
  stats = {
    backend: 'redis',
    state: 'degraded',
    problem: 'x',
    entries: undefined,
    bytes: undefined,
  };
  expect(await samples(registry)).toEqual(['semantic_cache_degraded{backend="redis"} 1']);
});
