// Where usage is accounted for: one record goes to the ledger, and what the ledger took is projected
// to counters and to the log. It knows records and policies, and no request, proxy or HTTP.
//
// The meter outlives every reload, so that counters never start again.
import { pipelineMetrics } from '../../config/metrics.ts';
import type { MeteringPolicy } from '../domain/metering-policy.ts';
import type { UsageRecord } from '../domain/usage-record.ts';
import type { ErrorReason, Ledger, Log, Telemetry, UsageSink } from '../ports.ts';
import { getOrBegin } from './get-or-begin.ts';
import { createLatencySeries } from './latency-series.ts';
import { createMaasSeries } from './maas-series.ts';
import { createCostSeries, createStandaloneSeries } from './model-series.ts';
import { addTo, type Cell } from './prometheus/counter-family.ts';
import type { MetricsRegistry } from './prometheus/registry.ts';

export interface MeterOptions {
  readonly ledger: Ledger;
  readonly registry: MetricsRegistry;
  /** Key for `user_label: hash`; without one such users are counted under an empty label. */
  readonly hashKey?: string | undefined;
  readonly log: Log;
  /** Gets each record once, after its counters moved; for the line in the request log. */
  readonly onRecord?: ((record: UsageRecord) => void) | undefined;
}

export interface Meter extends UsageSink, Telemetry {}

export function createMeter({ ledger, registry, hashKey, log, onRecord }: MeterOptions): Meter {
  const standalone = createStandaloneSeries(registry);
  const maas = createMaasSeries(registry, hashKey);
  const cost = createCostSeries(registry);
  const latency = createLatencySeries(registry);

  const project = (record: UsageRecord, policy: MeteringPolicy): void => {
    // One or the other, never both: the same tokens would be added up twice.
    if (policy.mode === 'standalone') standalone.count(record);
    else maas.count(record, policy);
    if (policy.calculatesCost) cost.count(record);
    latency.observe(record);
    onRecord?.(record);
  };

  const isNew = (record: UsageRecord): boolean => {
    try {
      return ledger.append(record) !== 'duplicate';
    } catch (error) {
      log.error('the usage ledger failed to take a record', { id: record.id, error });
      return true;
    }
  };

  return {
    record(record, policy) {
      // Ledger first: a counter that moved must have its record. A record that the ledger had to
      // drop still counts, since its tokens were spent; drops have a counter of their own.
      if (!isNew(record)) return;
      try {
        project(record, policy);
      } catch (error) {
        log.error('a usage record could not be counted', { id: record.id, error });
      }
    },
    ...createTelemetry(registry, maas),
  };
}

function createTelemetry(
  registry: MetricsRegistry,
  maas: { countFallback(field: 'user' | 'tier'): void },
): Telemetry {
  const errors = registry.counter(pipelineMetrics.requestErrors);
  const stageSeconds = registry.counter(pipelineMetrics.stageSeconds);
  const stageRuns = registry.counter(pipelineMetrics.stageRuns);
  const signalsUnavailable = registry.counter(pipelineMetrics.signalsUnavailable);
  const stages = new Map<string, { readonly seconds: Cell; readonly runs: Cell }>();
  const begin = (stage: string): { readonly seconds: Cell; readonly runs: Cell } => ({
    seconds: stageSeconds.cell([stage]),
    runs: stageRuns.cell([stage]),
  });

  return {
    requestError(model: string, reason: ErrorReason) {
      errors.cell([model, reason]).value += 1;
    },
    identityFallback(field) {
      maas.countFallback(field);
    },
    stageSeconds(stage, seconds) {
      const cells = getOrBegin(stages, stage, begin);
      cells.runs.value += 1;
      addTo(cells.seconds, seconds);
    },
    signalUnavailable(signal, reason) {
      signalsUnavailable.cell([signal, reason]).value += 1;
    },
  };
}
