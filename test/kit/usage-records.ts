// Usage records and metering policies for tests: a complete one, with what the test says of it.
import type { MeteringPolicy } from '../../dataplane/domain/metering-policy.ts';
import type { UsageRecord } from '../../dataplane/domain/usage-record.ts';
import type { Usage } from '../../dataplane/domain/usage.ts';

export function usageOf(promptTokens: number, completionTokens: number): Usage {
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    cachedPromptTokens: 0,
    reasoningTokens: 0,
  };
}

/** An id in the form of a UUIDv7, different for each `number`. */
export function recordId(number: number): string {
  return `0198c3a0-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

/** A completed answer to alice of tier premium: 10 prompt and 20 completion tokens. */
export function usageRecord(given: Partial<UsageRecord> = {}): UsageRecord {
  return {
    id: recordId(1),
    requestId: 'request-1',
    startedAtMs: 1_764_000_000_000,
    caller: { user: 'alice', tier: 'premium', userSource: 'headers', tierSource: 'headers' },
    endpoint: 'chat.completions',
    stream: false,
    requestedModel: 'auto',
    model: 'small',
    upstreamModel: 'small-8b',
    decision: 'default',
    category: undefined,
    reasoning: false,
    systemPromptInjected: false,
    outcome: 'completed',
    status: 200,
    finishReason: 'stop',
    usage: usageOf(10, 20),
    usageSource: 'reported',
    cost: undefined,
    cache: undefined,
    piiTypes: [],
    jailbreakDetected: false,
    durations: { routingMs: 0.4, firstByteMs: 120, totalMs: 900 },
    configHash: 'abc123',
    ...given,
  };
}

export function callerOf(user: string, tier: string): NonNullable<UsageRecord['caller']> {
  return { user, tier, userSource: 'headers', tierSource: 'headers' };
}

/** MaaS mode with every export on, raw users, 10,000 of them, any tier. */
export function meteringPolicy(given: Partial<MeteringPolicy> = {}): MeteringPolicy {
  return {
    mode: 'maas',
    calculatesCost: false,
    exportTokens: true,
    exportCache: true,
    exportRouting: true,
    exportSecurity: true,
    userLabel: 'raw',
    maxUsers: 10_000,
    knownTiers: undefined,
    ...given,
  };
}
