// Metrics of the semantic cache. Every series begins with what it counts, so that a page without a
// cache shows none of them.
import { cacheMetrics } from '../../config/metrics.ts';
import type { CacheTelemetry, StoreStats } from '../ports.ts';
import type { MetricsRegistry } from './prometheus/registry.ts';

export function createCacheSeries(registry: MetricsRegistry): CacheTelemetry {
  const lookups = registry.counter(cacheMetrics.lookups);
  const bypasses = registry.counter(cacheMetrics.bypasses);
  const similarSkips = registry.counter(cacheMetrics.similarSkips);
  const answers = registry.counter(cacheMetrics.answers);
  const storeProblems = registry.counter(cacheMetrics.storeProblems);
  const shadows = registry.counter(cacheMetrics.shadows);
  const evictions = registry.counter(cacheMetrics.evictions);
  return {
    lookup: (result) => {
      lookups.cell([result]).value += 1;
    },
    bypass: (reason) => {
      bypasses.cell([reason]).value += 1;
    },
    similarSkip: (reason) => {
      similarSkips.cell([reason]).value += 1;
    },
    answer: (result) => {
      answers.cell([result]).value += 1;
    },
    storeProblem: (operation, problem) => {
      storeProblems.cell([operation, problem]).value += 1;
    },
    shadow: (match, likeness) => {
      shadows.cell([match, likeness]).value += 1;
    },
    eviction: () => {
      evictions.cell([]).value += 1;
    },
  };
}

/** `stats` tells of the store in use; undefined: there is none, and nothing is shown. */
export function addStoreMetrics(
  registry: MetricsRegistry,
  stats: () => StoreStats | undefined,
): void {
  const gauge = (read: (now: StoreStats) => number | undefined) => () => {
    const now = stats();
    const value = now && read(now);
    return now === undefined || value === undefined
      ? []
      : [{ labels: [now.backend] as const, value }];
  };
  registry.gauge(
    cacheMetrics.entries,
    gauge(({ entries }) => entries),
  );
  registry.gauge(
    cacheMetrics.size,
    gauge(({ bytes }) => bytes),
  );
  registry.gauge(
    cacheMetrics.degraded,
    gauge(({ state }) => (state === 'degraded' ? 1 : 0)),
  );
}
