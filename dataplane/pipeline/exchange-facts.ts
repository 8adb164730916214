// What the proxy's access log is told of a finished exchange: the usage record in flat form, free
// of any text of the prompt or the completion.
import type { UsageRecord } from '../domain/usage-record.ts';
import type { ExchangeFacts } from './exchange.ts';

export function exchangeFacts(record: UsageRecord): ExchangeFacts {
  const { caller, usage } = record;
  const facts: Record<string, string | number> = {
    id: record.id,
    model: record.model,
    decision: record.decision,
    outcome: record.outcome,
    usage_source: record.usageSource,
  };
  if (caller !== undefined) {
    facts['user'] = caller.user;
    facts['tier'] = caller.tier;
  }
  if (usage !== undefined) {
    facts['prompt_tokens'] = usage.promptTokens;
    facts['completion_tokens'] = usage.completionTokens;
    facts['total_tokens'] = usage.totalTokens;
  }
  return facts;
}
