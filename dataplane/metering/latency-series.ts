// Histograms of how long answers take. Errors, aborted, blocked and cached answers stay out of
// those of a model: a fast refusal would look like a fast model.
import { latencyMetrics } from '../../config/metrics.ts';
import type { UsageRecord } from '../domain/usage-record.ts';
import { getOrBegin } from './get-or-begin.ts';
import type { HistogramCell } from './prometheus/histogram-family.ts';
import type { MetricsRegistry } from './prometheus/registry.ts';

interface ModelCells {
  readonly completion: HistogramCell;
  readonly timeToFirstToken: HistogramCell;
  /** Begun with the first stream, since other answers have no time per token. */
  timePerOutputToken: HistogramCell | undefined;
}

export function createLatencySeries(registry: MetricsRegistry): {
  observe(record: UsageRecord): void;
} {
  const completion = registry.histogram(latencyMetrics.completion);
  const timeToFirstToken = registry.histogram(latencyMetrics.timeToFirstToken);
  const timePerOutputToken = registry.histogram(latencyMetrics.timePerOutputToken);
  const routing = registry.histogram(latencyMetrics.routing).cell([]);
  const models = new Map<string, ModelCells>();
  const begin = (model: string): ModelCells => ({
    completion: completion.cell([model]),
    timeToFirstToken: timeToFirstToken.cell([model]),
    timePerOutputToken: undefined,
  });

  return {
    observe(record) {
      const { durations, model } = record;
      routing.observe(durations.routingMs / 1000);
      if (record.outcome !== 'completed') return;
      const cells = getOrBegin(models, model, begin);
      cells.completion.observe(durations.totalMs / 1000);
      if (durations.firstByteMs === undefined) return;
      cells.timeToFirstToken.observe(durations.firstByteMs / 1000);
      const seconds = secondsPerToken(record, durations.firstByteMs);
      if (seconds === undefined) return;
      cells.timePerOutputToken ??= timePerOutputToken.cell([model]);
      cells.timePerOutputToken.observe(seconds);
    },
  };
}

/** Only a stream shows its pace, and only from its second token on. */
function secondsPerToken(record: UsageRecord, firstByteMs: number): number | undefined {
  const { usage, usageSource } = record;
  if (!record.stream || usageSource !== 'reported' || usage === undefined) return undefined;
  if (usage.completionTokens < 2) return undefined;
  return (record.durations.totalMs - firstByteMs) / 1000 / (usage.completionTokens - 1);
}
