// One usage record as one line of JSON, and back. Fields are named one by one, so that nothing gets
// into the files by being added to a record: no prompt, no completion, no header.
import { z } from 'zod';
import type { UsageRecord } from '../../domain/usage-record.ts';

/** Raised when a field changes its meaning; a new field alone does not raise it. */
const version = 1;

// A client may choose the request id, and it must not be able to fill the disk with it.
const maxRequestIdLength = 256;

/** The line, its newline included. The cost is text, since JSON numbers are not exact. */
export function encodeRecord(record: UsageRecord): string {
  const { caller, usage, cost, durations } = record;
  return `${JSON.stringify({
    v: version,
    id: record.id,
    request_id: record.requestId?.slice(0, maxRequestIdLength),
    started_at_ms: record.startedAtMs,
    user: caller?.user,
    tier: caller?.tier,
    user_source: caller?.userSource,
    tier_source: caller?.tierSource,
    endpoint: record.endpoint,
    stream: record.stream,
    requested_model: record.requestedModel,
    model: record.model,
    upstream_model: record.upstreamModel,
    decision: record.decision,
    category: record.category,
    reasoning: record.reasoning,
    system_prompt_injected: record.systemPromptInjected,
    outcome: record.outcome,
    status: record.status,
    finish_reason: record.finishReason,
    prompt_tokens: usage?.promptTokens,
    completion_tokens: usage?.completionTokens,
    total_tokens: usage?.totalTokens,
    cached_prompt_tokens: usage?.cachedPromptTokens,
    reasoning_tokens: usage?.reasoningTokens,
    usage_source: record.usageSource,
    cost_pico: cost?.picoUnits.toString(),
    currency: cost?.currency,
    cache: record.cache,
    pii_types: record.piiTypes,
    jailbreak_detected: record.jailbreakDetected,
    routing_ms: durations.routingMs,
    first_byte_ms: durations.firstByteMs,
    total_ms: durations.totalMs,
    config_hash: record.configHash,
  })}\n`;
}

const source = z.enum(['metadata', 'attributes', 'headers', 'fallback']);
const count = z.number().int().min(0);
const lineSchema = z.object({
  v: z.literal(version),
  id: z.string().min(1),
  request_id: z.string().optional(),
  started_at_ms: z.number(),
  user: z.string().optional(),
  tier: z.string().optional(),
  user_source: source.optional(),
  tier_source: source.optional(),
  endpoint: z.enum(['chat.completions', 'completions', 'embeddings', 'responses', 'messages']),
  stream: z.boolean(),
  requested_model: z.string(),
  model: z.string(),
  upstream_model: z.string(),
  decision: z.string(),
  category: z.string().optional(),
  reasoning: z.boolean(),
  system_prompt_injected: z.boolean(),
  outcome: z.enum(['completed', 'aborted', 'upstream_error', 'cache_hit', 'blocked']),
  status: z.number().optional(),
  finish_reason: z.string().optional(),
  prompt_tokens: count.optional(),
  completion_tokens: count.default(0),
  total_tokens: count.default(0),
  cached_prompt_tokens: count.default(0),
  reasoning_tokens: count.default(0),
  usage_source: z.enum(['reported', 'estimated', 'cached', 'none']),
  cost_pico: z
    .string()
    .regex(/^\d{1,40}$/)
    .optional(),
  currency: z.string().default(''),
  cache: z.enum(['hit', 'miss']).optional(),
  pii_types: z.array(z.string()),
  jailbreak_detected: z.boolean(),
  routing_ms: z.number(),
  first_byte_ms: z.number().optional(),
  total_ms: z.number(),
  config_hash: z.string(),
});

/** Reads a line back, with or without its newline; undefined when it is no record of ours. */
export function decodeRecord(line: string): UsageRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { data } = lineSchema.safeParse(json);
  return data && toRecord(data);
}

function toRecord(line: z.output<typeof lineSchema>): UsageRecord {
  return {
    id: line.id,
    requestId: line.request_id,
    startedAtMs: line.started_at_ms,
    caller:
      line.user === undefined || line.tier === undefined
        ? undefined
        : {
            user: line.user,
            tier: line.tier,
            userSource: line.user_source ?? 'fallback',
            tierSource: line.tier_source ?? 'fallback',
          },
    endpoint: line.endpoint,
    stream: line.stream,
    requestedModel: line.requested_model,
    model: line.model,
    upstreamModel: line.upstream_model,
    decision: line.decision,
    category: line.category,
    reasoning: line.reasoning,
    systemPromptInjected: line.system_prompt_injected,
    outcome: line.outcome,
    status: line.status,
    finishReason: line.finish_reason,
    usage:
      line.prompt_tokens === undefined
        ? undefined
        : {
            promptTokens: line.prompt_tokens,
            completionTokens: line.completion_tokens,
            totalTokens: line.total_tokens,
            cachedPromptTokens: line.cached_prompt_tokens,
            reasoningTokens: line.reasoning_tokens,
          },
    usageSource: line.usage_source,
    cost:
      line.cost_pico === undefined
        ? undefined
        : { currency: line.currency, picoUnits: BigInt(line.cost_pico) },
    cache: line.cache,
    piiTypes: line.pii_types,
    jailbreakDetected: line.jailbreak_detected,
    durations: {
      routingMs: line.routing_ms,
      firstByteMs: line.first_byte_ms,
      totalMs: line.total_ms,
    },
    configHash: line.config_hash,
  };
}
