// One line in the log for each usage record: who asked, what answered, how it ended, what it took.
// No text of prompts or answers is in a record, so none can get into the line.
import { formatAmount } from '../domain/money.ts';
import type { UsageRecord } from '../domain/usage-record.ts';
import type { LogFields } from '../ports.ts';

// A client may choose the request id, and it must not be able to fill the log with it.
const maxRequestIdLength = 256;

/** Makes the fields of the line; names are those of the ledger. */
function requestLogFields(record: UsageRecord): LogFields {
  const { caller, usage, cost, durations } = record;
  return {
    id: record.id,
    request_id: record.requestId?.slice(0, maxRequestIdLength),
    user: caller?.user,
    tier: caller?.tier,
    endpoint: record.endpoint,
    requested_model: record.requestedModel,
    model: record.model,
    decision: record.decision,
    category: record.category,
    outcome: record.outcome,
    status: record.status,
    stream: record.stream,
    prompt_tokens: usage?.promptTokens,
    completion_tokens: usage?.completionTokens,
    usage_source: record.usageSource,
    cost: cost && formatAmount(cost.picoUnits),
    currency: cost?.currency,
    cache: record.cache,
    pii_types: record.piiTypes.length === 0 ? undefined : record.piiTypes,
    jailbreak_detected: record.jailbreakDetected ? true : undefined,
    routing_ms: durations.routingMs,
    first_byte_ms: durations.firstByteMs,
    total_ms: durations.totalMs,
  };
}

/**
 * For `createMeter({ onRecord })`. `writeInfo` is the way past the logging library; undefined when
 * lines at info are off, so that nothing is prepared for nobody.
 */
export function createRequestLog(
  writeInfo: (message: string, fields: LogFields) => void,
  isEnabled: boolean,
): ((record: UsageRecord) => void) | undefined {
  if (!isEnabled) return undefined;
  return (record) => {
    writeInfo('request', requestLogFields(record));
  };
}
