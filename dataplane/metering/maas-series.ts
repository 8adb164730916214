// What MaaS-billing reads: usage records to the counters by user and tier. Which labels a caller
// gets is the governor's business; here every record finds its cells by three lookups.
import { maasMetrics, type CounterDefinition } from '../../config/metrics.ts';
import { overflowLabels } from '../../config/names.ts';
import type { MeteringPolicy } from '../domain/metering-policy.ts';
import type { UsageRecord } from '../domain/usage-record.ts';
import { getOrBegin } from './get-or-begin.ts';
import { LabelGovernor, type CallerLabels } from './label-governor.ts';
import { addTo, type Cell, type CounterFamily } from './prometheus/counter-family.ts';
import type { MetricsRegistry } from './prometheus/registry.ts';

type FamilyOf<Definition> =
  Definition extends CounterDefinition<infer Labels> ? CounterFamily<Labels> : never;

type MaasFamilies = {
  readonly [Key in keyof typeof maasMetrics]: FamilyOf<(typeof maasMetrics)[Key]>;
};

/** Cells of prompt and completion tokens. */
interface TokenCells {
  readonly prompt: Cell;
  readonly completion: Cell;
}

/** The series of one user, tier and model; each begins with the first record that needs it. */
interface ModelSeries {
  readonly requests: Map<string, Cell>;
  tokens: TokenCells | undefined;
  cachedTokens: TokenCells | undefined;
  estimatedTokens: TokenCells | undefined;
  cache: { readonly hits: Cell; readonly misses: Cell } | undefined;
  reasoning: Cell | undefined;
}

/** The series of one user and tier. */
interface CallerSeries {
  readonly labels: CallerLabels;
  readonly models: Map<string, ModelSeries>;
  readonly piiTypes: Map<string, Cell>;
  jailbreaks: Cell | undefined;
}

export interface MaasSeries {
  count(record: UsageRecord, policy: MeteringPolicy): void;
  countFallback(field: 'user' | 'tier'): void;
}

const nobody: CallerLabels = { user: '', tier: '' };

export function createMaasSeries(
  registry: MetricsRegistry,
  hashKey: string | undefined,
): MaasSeries {
  const families: MaasFamilies = {
    tokens: registry.counter(maasMetrics.tokens),
    requests: registry.counter(maasMetrics.requests),
    cacheHits: registry.counter(maasMetrics.cacheHits),
    cacheMisses: registry.counter(maasMetrics.cacheMisses),
    piiDetections: registry.counter(maasMetrics.piiDetections),
    jailbreakDetections: registry.counter(maasMetrics.jailbreakDetections),
    reasoningRequests: registry.counter(maasMetrics.reasoningRequests),
    cachedTokens: registry.counter(maasMetrics.cachedTokens),
    estimatedTokens: registry.counter(maasMetrics.estimatedTokens),
    usageMissing: registry.counter(maasMetrics.usageMissing),
    identityFallback: registry.counter(maasMetrics.identityFallback),
    overflowRequests: registry.counter(maasMetrics.overflowRequests),
  };
  const governor = new LabelGovernor<CallerSeries>({
    hashKey,
    begin: (labels) => ({
      labels,
      models: new Map(),
      piiTypes: new Map(),
      jailbreaks: undefined,
    }),
  });

  // Shown as 0 from the first MaaS record on, since the rate of a counter that begins at 1 is
  // missing its first step; and not before, since standalone mode shows none of these metrics.
  let isBegun = false;
  const begin = (): void => {
    isBegun = true;
    for (const field of ['user', 'tier'] as const) {
      families.identityFallback.cell([field]);
      families.overflowRequests.cell([field]);
    }
  };

  return {
    count(record, policy) {
      if (!isBegun) begin();
      const caller = governor.resolve(record.caller ?? nobody, policy);
      countOverflow(families, caller.labels);
      const model = getOrBegin(caller.models, record.model, beginModel);
      if (policy.exportRouting) countRouting(families, { caller, model, record });
      if (policy.exportTokens) countTokens(families, { caller, model, record });
      if (policy.exportCache) countCache(families, { caller, model, record });
      if (policy.exportSecurity) countSecurity(families, { caller, record });
    },
    countFallback(field) {
      families.identityFallback.cell([field]).value += 1;
    },
  };
}

interface Counting {
  readonly caller: CallerSeries;
  readonly model: ModelSeries;
  readonly record: UsageRecord;
}

function beginModel(): ModelSeries {
  return {
    requests: new Map(),
    tokens: undefined,
    cachedTokens: undefined,
    estimatedTokens: undefined,
    cache: undefined,
    reasoning: undefined,
  };
}

function countOverflow({ overflowRequests }: MaasFamilies, { user, tier }: CallerLabels): void {
  if (user === overflowLabels.user) overflowRequests.cell(['user']).value += 1;
  if (tier === overflowLabels.tier) overflowRequests.cell(['tier']).value += 1;
}

function countRouting(families: MaasFamilies, { caller, model, record }: Counting): void {
  const { user, tier } = caller.labels;
  getOrBegin(model.requests, record.decision, (decision) =>
    families.requests.cell([user, tier, record.model, decision]),
  ).value += 1;
  if (record.reasoning) {
    model.reasoning ??= families.reasoningRequests.cell([user, tier, record.model]);
    model.reasoning.value += 1;
  }
}

/** Each token goes into exactly one of three counters, by where its number came from. */
function countTokens(families: MaasFamilies, { caller, model, record }: Counting): void {
  const { usage, usageSource } = record;
  if (record.outcome === 'completed' && usageSource !== 'reported') {
    families.usageMissing.cell([record.model]).value += 1;
  }
  if (usage === undefined || usageSource === 'none') return;
  const cells =
    usageSource === 'reported'
      ? (model.tokens ??= tokenCells(families.tokens, caller, record.model))
      : usageSource === 'cached'
        ? (model.cachedTokens ??= tokenCells(families.cachedTokens, caller, record.model))
        : (model.estimatedTokens ??= tokenCells(families.estimatedTokens, caller, record.model));
  addTo(cells.prompt, usage.promptTokens);
  addTo(cells.completion, usage.completionTokens);
}

function tokenCells(
  family: MaasFamilies['tokens' | 'cachedTokens' | 'estimatedTokens'],
  { labels: { user, tier } }: CallerSeries,
  model: string,
): TokenCells {
  return {
    prompt: family.cell([user, tier, model, 'prompt']),
    completion: family.cell([user, tier, model, 'completion']),
  };
}

function countCache(families: MaasFamilies, { caller, model, record }: Counting): void {
  if (record.cache === undefined) return;
  const { user, tier } = caller.labels;
  // Both begin together: a ratio of the two needs the one that is still 0.
  model.cache ??= {
    hits: families.cacheHits.cell([user, tier, record.model]),
    misses: families.cacheMisses.cell([user, tier, record.model]),
  };
  model.cache[record.cache === 'hit' ? 'hits' : 'misses'].value += 1;
}

function countSecurity(
  families: MaasFamilies,
  { caller, record }: Pick<Counting, 'caller' | 'record'>,
): void {
  const { user, tier } = caller.labels;
  for (const type of record.piiTypes) {
    getOrBegin(caller.piiTypes, type, () =>
      families.piiDetections.cell([user, tier, type]),
    ).value += 1;
  }
  if (record.jailbreakDetected) {
    caller.jailbreaks ??= families.jailbreakDetections.cell([user, tier]);
    caller.jailbreaks.value += 1;
  }
}
