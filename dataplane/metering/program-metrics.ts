// Metrics about the router itself: its configuration, its ledger, its log, its models.
import {
  configMetrics,
  ledgerMetrics,
  logMetrics,
  signalModelMetrics,
} from '../../config/metrics.ts';
import type { LedgerStats } from '../ports.ts';
import type { MetricsRegistry } from './prometheus/registry.ts';

/** To be told of every reading of the configuration file, the first one included. */
export interface ConfigMetrics {
  /** A configuration is in force from now on. */
  loaded(config: { readonly hash: string; readonly atMs: number }): void;
  /** A file was refused; what was in force stays. */
  refused(): void;
}

export function addConfigMetrics(registry: MetricsRegistry): ConfigMetrics {
  const reloads = registry.counter(configMetrics.reloads);
  const successes = reloads.cell(['success']);
  const failures = reloads.cell(['failure']);
  let inForce: { readonly hash: string; readonly atMs: number } | undefined;
  registry.gauge(configMetrics.lastSuccess, () =>
    inForce === undefined ? [] : [{ labels: [], value: inForce.atMs / 1000 }],
  );
  registry.gauge(configMetrics.info, () =>
    inForce === undefined ? [] : [{ labels: [inForce.hash], value: 1 }],
  );
  return {
    loaded(config) {
      successes.value += 1;
      inForce = config;
    },
    refused() {
      failures.value += 1;
    },
  };
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

export interface ModelGauges {
  /** What the model is for. */
  readonly role: string;
  readonly state: string;
  readonly counts: { readonly waiting: number };
}

export interface ModelFigures {
  status(): readonly ModelGauges[];
  /** Since the process began, by what the model is for; the names never change. */
  crashes(): Readonly<Record<string, number>>;
}

export function addModelMetrics(registry: MetricsRegistry, models: ModelFigures): void {
  const gauge = (read: (one: ModelGauges) => number) => () =>
    models.status().map((one) => ({ labels: [one.role] as const, value: read(one) }));
  registry.gauge(
    signalModelMetrics.ready,
    gauge(({ state }) => (state === 'ready' ? 1 : 0)),
  );
  registry.gauge(
    signalModelMetrics.waiting,
    gauge(({ counts }) => counts.waiting),
  );
  const crashes = registry.counter(signalModelMetrics.crashes);
  for (const role of Object.keys(models.crashes())) {
    crashes.watch([role], () => models.crashes()[role] ?? 0);
  }
}

/** `dropped`: lines that the log could not write since the process began. */
export function addLogMetrics(registry: MetricsRegistry, dropped: () => number): void {
  registry.counter(logMetrics.dropped).watch([], dropped);
}
