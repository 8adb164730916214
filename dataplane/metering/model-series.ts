// Counters by model alone: what standalone mode counts in place of the MaaS counters, and the cost
// where the router prices tokens itself.
import { costMetrics, standaloneMetrics } from '../../config/metrics.ts';
import { amountAsFloat } from '../domain/money.ts';
import type { UsageRecord } from '../domain/usage-record.ts';
import { getOrBegin } from './get-or-begin.ts';
import { addTo, type Cell, type CounterFamily } from './prometheus/counter-family.ts';
import type { MetricsRegistry } from './prometheus/registry.ts';

export interface ModelCounters {
  count(record: UsageRecord): void;
}

interface StandaloneCells {
  readonly requests: Cell;
  readonly tokens: Cell;
  readonly promptTokens: Cell;
  readonly completionTokens: Cell;
  readonly cachedPromptTokens: Cell;
  readonly reasoningTokens: Cell;
}

export function createStandaloneSeries(registry: MetricsRegistry): ModelCounters {
  const requests = registry.counter(standaloneMetrics.requests);
  const tokens = registry.counter(standaloneMetrics.tokens);
  const promptTokens = registry.counter(standaloneMetrics.promptTokens);
  const completionTokens = registry.counter(standaloneMetrics.completionTokens);
  const cachedPromptTokens = registry.counter(standaloneMetrics.cachedPromptTokens);
  const reasoningTokens = registry.counter(standaloneMetrics.reasoningTokens);
  const estimatedTokens = registry.counter(standaloneMetrics.estimatedTokens);
  const usageMissing = registry.counter(standaloneMetrics.usageMissing);
  const cacheHits = registry.counter(standaloneMetrics.cacheHits);
  const cacheMisses = registry.counter(standaloneMetrics.cacheMisses);

  const models = new Map<string, StandaloneCells>();
  const begin = (model: string): StandaloneCells => ({
    requests: requests.cell([model]),
    tokens: tokens.cell([model]),
    promptTokens: promptTokens.cell([model]),
    completionTokens: completionTokens.cell([model]),
    cachedPromptTokens: cachedPromptTokens.cell([model]),
    reasoningTokens: reasoningTokens.cell([model]),
  });

  return {
    count(record) {
      const { model, usage, usageSource } = record;
      const cells = getOrBegin(models, model, begin);
      cells.requests.value += 1;
      if (record.cache !== undefined) {
        (record.cache === 'hit' ? cacheHits : cacheMisses).cell([]).value += 1;
      }
      if (record.outcome === 'completed' && usageSource !== 'reported') {
        usageMissing.cell([model]).value += 1;
      }
      if (usage === undefined) return;
      if (usageSource === 'reported') {
        addTo(cells.tokens, usage.promptTokens + usage.completionTokens);
        addTo(cells.promptTokens, usage.promptTokens);
        addTo(cells.completionTokens, usage.completionTokens);
        addTo(cells.cachedPromptTokens, usage.cachedPromptTokens);
        addTo(cells.reasoningTokens, usage.reasoningTokens);
      } else if (usageSource === 'estimated') {
        addTo(estimatedTokens.cell([model, 'prompt']), usage.promptTokens);
        addTo(estimatedTokens.cell([model, 'completion']), usage.completionTokens);
      }
    },
  };
}

/** Costs, added up as integers; the page shows the float nearest to the exact sum. */
export function createCostSeries(registry: MetricsRegistry): ModelCounters {
  const cost = registry.counter(costMetrics.cost);
  const unpriced = registry.counter(costMetrics.unpriced);
  const sums = new Map<string, Map<string, ExactSum>>();

  return {
    count(record) {
      if (record.cost !== undefined) {
        exactSum(cost, sums, [record.model, record.cost.currency]).picoUnits +=
          record.cost.picoUnits;
      } else if (record.usageSource === 'reported') {
        unpriced.cell([record.model]).value += 1;
      }
    },
  };
}

interface ExactSum {
  picoUnits: bigint;
}

function exactSum(
  family: CounterFamily<readonly ['model', 'currency']>,
  sums: Map<string, Map<string, ExactSum>>,
  [model, currency]: readonly [string, string],
): ExactSum {
  const byCurrency = getOrBegin(sums, model, () => new Map<string, ExactSum>());
  return getOrBegin(byCurrency, currency, () => {
    const sum = { picoUnits: 0n };
    family.watch([model, currency], () => amountAsFloat(sum.picoUnits));
    return sum;
  });
}
