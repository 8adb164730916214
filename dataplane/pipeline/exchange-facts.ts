// What the proxy's access log is told of a finished exchange: the usage record in flat form, free
// of any text of the prompt or the completion.
import type { UsageRecord } from '../domain/usage-record.ts';
import type { ExchangeFacts } from './exchange.ts';

export function exchangeFacts(record: UsageRecord): ExchangeFacts {
  const { caller, usage } = record;
  return {
    id: record.id,
    model: record.model,
    decision: record.decision,
    outcome: record.outcome,
    usage_source: record.usageSource,
    ...(caller === undefined ? {} : { user: caller.user, tier: caller.tier }),
    ...(usage === undefined
      ? {}
      : {
          prompt_tokens: usage.promptTokens,
          completion_tokens: usage.completionTokens,
          total_tokens: usage.totalTokens,
        }),
  };
}
