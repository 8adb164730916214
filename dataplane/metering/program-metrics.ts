// Metrics about the router itself: its configuration, its ledger, its log. They are read from what
// they describe when the page is shown.
import { configMetrics, ledgerMetrics, logMetrics } from '../../config/metrics.ts';
import type { LedgerStats } from '../ports.ts';
import type { MetricsRegistry } from './prometheus/registry.ts';

/** How the configuration is doing. */
export interface ConfigState {
  /** Hash of the configuration in force. */
  readonly hash: string;
  /** When it came into force, milliseconds since the epoch. */
  readonly loadedAtMs: number;
  /** Contents that came into force and that were refused, the first one included. */
  readonly successes: number;
  readonly failures: number;
}

export function addConfigMetrics(registry: MetricsRegistry, state: () => ConfigState): void {
  const reloads = registry.counter(configMetrics.reloads);
  reloads.watch(['success'], () => state().successes);
  reloads.watch(['failure'], () => state().failures);
  registry.gauge(configMetrics.lastSuccess, () => [
    { labels: [], value: state().loadedAtMs / 1000 },
  ]);
  registry.gauge(configMetrics.info, () => [{ labels: [state().hash], value: 1 }]);
}

export function addLedgerMetrics(registry: MetricsRegistry, stats: () => LedgerStats): void {
  const gauge = (read: (now: LedgerStats) => number) => () => [
    { labels: [] as const, value: read(stats()) },
  ];
  registry.counter(ledgerMetrics.records).watch([], () => stats().records);
  registry.counter(ledgerMetrics.dropped).watch([], () => stats().dropped);
  registry.counter(ledgerMetrics.errors).watch([], () => stats().errors);
  registry.counter(ledgerMetrics.removed).watch([], () => stats().removedBytes);
  registry.gauge(
    ledgerMetrics.pending,
    gauge(({ pending }) => pending),
  );
  registry.gauge(
    ledgerMetrics.size,
    gauge(({ bytes }) => bytes),
  );
  registry.gauge(
    ledgerMetrics.degraded,
    gauge(({ state }) => (state === 'degraded' ? 1 : 0)),
  );
}

/** `dropped`: lines that the log could not write since the process began. */
export function addLogMetrics(registry: MetricsRegistry, dropped: () => number): void {
  registry.counter(logMetrics.dropped).watch([], dropped);
}
