import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  callerOf,
  meteringPolicy,
  recordId,
  usageOf,
  usageRecord,
} from '../../test/kit/usage-records.ts';
import type { MeteringPolicy } from '../domain/metering-policy.ts';
import type { UsageOutcome, UsageRecord, UsageSource } from '../domain/usage-record.ts';
import { createMemoryLedger } from '../adapters/ledger/memory-ledger.ts';
import type { Ledger, Log } from '../ports.ts';
import { createMeter, type Meter } from './meter.ts';
import { MetricsRegistry } from './prometheus/registry.ts';

const maas = meteringPolicy();
const hybrid = meteringPolicy({ mode: 'hybrid', calculatesCost: true });
const standalone = meteringPolicy({ mode: 'standalone', calculatesCost: true });

interface Metered extends Meter {
  /** Counters whose names start with the prefix, as `name{labels} value` lines. */
  lines(prefix?: string): Promise<string[]>;
  readonly errors: string[];
}

function metered(given: { readonly ledger?: Ledger; readonly hashKey?: string } = {}): Metered {
  const errors: string[] = [];
  const nothing = (): void => undefined;
  const log: Log = {
    error: (message) => errors.push(message),
    warn: nothing,
    info: nothing,
    debug: nothing,
    isEnabled: () => false,
  };
  const registry = new MetricsRegistry();
  const ledger = given.ledger ?? createMemoryLedger();
  return {
    ...createMeter({ ledger, registry, hashKey: given.hashKey, log }),
    errors,
    lines: async (prefix = 'semantic_router_') =>
      (await registry.page()).split('\n').filter((line) => line.startsWith(prefix)),
  };
}

let lastId = 0;
const fresh = (given: Partial<UsageRecord> = {}): UsageRecord =>
  usageRecord({ id: recordId((lastId += 1)), ...given });

const who = 'user="alice",tier="premium"';

describe('MaaS mode', () => {
  test('a completed answer', async () => {
    const meter = metered();
    meter.record(fresh({ decision: 'code', reasoning: true, cache: 'miss' }), maas);
    expect(await meter.lines()).toEqual([
      `semantic_router_tokens_total{${who},model="small",type="prompt"} 10`,
      `semantic_router_tokens_total{${who},model="small",type="completion"} 20`,
      `semantic_router_requests_total{${who},model="small",decision="code"} 1`,
      `semantic_router_cache_hits_total{${who},model="small"} 0`,
      `semantic_router_cache_misses_total{${who},model="small"} 1`,
      `semantic_router_reasoning_requests_total{${who},model="small"} 1`,
      'semantic_router_identity_fallback_total{field="user"} 0',
      'semantic_router_identity_fallback_total{field="tier"} 0',
      'semantic_router_overflow_requests_total{label="user"} 0',
      'semantic_router_overflow_requests_total{label="tier"} 0',
    ]);
    expect(await meter.lines('llm_model_tokens')).toEqual([]);
    expect(await meter.lines('llm_model_requests')).toEqual([]);
    expect(await meter.lines('llm_model_cost')).toEqual([]);
  });

  test('a cache hit: its tokens were not spent', async () => {
    const meter = metered();
    meter.record(fresh({ outcome: 'cache_hit', cache: 'hit', usageSource: 'cached' }), maas);
    expect(await meter.lines('semantic_router_tokens')).toEqual([]);
    expect(await meter.lines('semantic_router_cached_tokens')).toEqual([
      `semantic_router_cached_tokens_total{${who},model="small",type="prompt"} 10`,
      `semantic_router_cached_tokens_total{${who},model="small",type="completion"} 20`,
    ]);
    expect(await meter.lines('semantic_router_cache_hits')).toEqual([
      `semantic_router_cache_hits_total{${who},model="small"} 1`,
    ]);
    expect(await meter.lines('semantic_router_usage_missing')).toEqual([]);
  });

  test('an abort without usage: its tokens are estimated', async () => {
    const meter = metered();
    meter.record(fresh({ outcome: 'aborted', usageSource: 'estimated' }), maas);
    expect(await meter.lines('semantic_router_tokens')).toEqual([]);
    expect(await meter.lines('semantic_router_estimated_tokens')).toEqual([
      `semantic_router_estimated_tokens_total{${who},model="small",type="prompt"} 10`,
      `semantic_router_estimated_tokens_total{${who},model="small",type="completion"} 20`,
    ]);
    expect(await meter.lines('semantic_router_usage_missing')).toEqual([]);
  });

  test('a completed answer without usage is said to be one', async () => {
    const meter = metered();
    meter.record(fresh({ usageSource: 'estimated' }), maas);
    meter.record(fresh({ usageSource: 'none', usage: undefined }), maas);
    expect(await meter.lines('semantic_router_usage_missing')).toEqual([
      'semantic_router_usage_missing_total{model="small"} 2',
    ]);
  });

  test('a blocked request with its detections', async () => {
    const meter = metered();
    meter.record(
      fresh({
        outcome: 'blocked',
        usage: undefined,
        usageSource: 'none',
        piiTypes: ['EMAIL_ADDRESS', 'US_SSN'],
        jailbreakDetected: true,
      }),
      maas,
    );
    expect(await meter.lines()).toEqual([
      `semantic_router_requests_total{${who},model="small",decision="default"} 1`,
      `semantic_router_pii_detections_total{${who},pii_type="EMAIL_ADDRESS"} 1`,
      `semantic_router_pii_detections_total{${who},pii_type="US_SSN"} 1`,
      `semantic_router_jailbreak_detections_total{${who}} 1`,
      'semantic_router_identity_fallback_total{field="user"} 0',
      'semantic_router_identity_fallback_total{field="tier"} 0',
      'semantic_router_overflow_requests_total{label="user"} 0',
      'semantic_router_overflow_requests_total{label="tier"} 0',
    ]);
  });

  const everything = fresh({
    reasoning: true,
    cache: 'miss',
    piiTypes: ['PERSON'],
    jailbreakDetected: true,
  });
  test.each<[keyof MeteringPolicy, string[]]>([
    ['exportTokens', ['tokens_total']],
    ['exportCache', ['cache_hits_total', 'cache_misses_total']],
    ['exportRouting', ['requests_total', 'reasoning_requests_total']],
    ['exportSecurity', ['pii_detections_total', 'jailbreak_detections_total']],
  ])('%s: false leaves out its metrics and no others', async (flag, expected) => {
    const families = async (policy: MeteringPolicy): Promise<Set<string>> => {
      const meter = metered();
      meter.record(everything, policy);
      return new Set((await meter.lines()).map((line) => line.replace(/\{.*/, '')));
    };
    const all = await families(maas);
    const without = await families({ ...maas, [flag]: false });
    const missing = [...all].filter((name) => !without.has(name));
    expect(missing.sort()).toEqual(expected.map((name) => `semantic_router_${name}`).sort());
  });

  test('users beyond the limit and unknown tiers are counted as such', async () => {
    const meter = metered();
    const policy = { ...maas, maxUsers: 1, knownTiers: new Set(['free']) };
    for (const user of ['a', 'b', 'c', 'a']) {
      meter.record(fresh({ caller: callerOf(user, 'free') }), policy);
    }
    meter.record(fresh({ caller: callerOf('a', 'gold') }), policy);
    expect(await meter.lines('semantic_router_requests')).toEqual([
      'semantic_router_requests_total{user="a",tier="free",model="small",decision="default"} 2',
      'semantic_router_requests_total{user="_overflow",tier="free",model="small",decision="default"} 2',
      'semantic_router_requests_total{user="a",tier="_invalid",model="small",decision="default"} 1',
    ]);
    expect(await meter.lines('semantic_router_overflow')).toEqual([
      'semantic_router_overflow_requests_total{label="user"} 2',
      'semantic_router_overflow_requests_total{label="tier"} 1',
    ]);
  });

  test('fallbacks are counted by field', async () => {
    const meter = metered();
    meter.identityFallback('tier');
    expect(await meter.lines()).toEqual([
      'semantic_router_identity_fallback_total{field="tier"} 1',
    ]);
  });
});

describe('standalone mode', () => {
  test('counts by model, and nothing of MaaS appears', async () => {
    const meter = metered();
    const usage = { ...usageOf(10, 20), cachedPromptTokens: 4, reasoningTokens: 5 };
    meter.record(fresh({ caller: undefined, usage }), standalone);
    expect(await meter.lines('semantic_router')).toEqual([]);
    expect((await meter.lines('llm_')).filter((line) => !/_latency_|_ttft_/.test(line))).toEqual([
      'llm_model_requests_total{model="small"} 1',
      'llm_model_tokens_total{model="small"} 30',
      'llm_model_prompt_tokens_total{model="small"} 10',
      'llm_model_completion_tokens_total{model="small"} 20',
      'llm_model_cached_prompt_tokens_total{model="small"} 4',
      'llm_model_reasoning_tokens_total{model="small"} 5',
      'llm_model_unpriced_requests_total{model="small"} 1',
    ]);
  });
});

describe('cost', () => {
  test('three thousand thirds of a cent do not drift', async () => {
    const meter = metered();
    const cost = { currency: 'USD', picoUnits: 3_333_333_333n };
    for (let count = 0; count < 3_000; count += 1) meter.record(fresh({ cost }), hybrid);
    // Added up as floats they come to 9.999999998999732.
    expect(await meter.lines('llm_model_cost')).toEqual([
      'llm_model_cost_total{model="small",currency="USD"} 9.999999999',
    ]);
  });

  test('currencies are not added up', async () => {
    const meter = metered();
    for (const currency of ['USD', 'EUR']) {
      meter.record(fresh({ cost: { currency, picoUnits: 10n ** 12n } }), hybrid);
    }
    expect(await meter.lines('llm_model_cost')).toEqual([
      'llm_model_cost_total{model="small",currency="USD"} 1',
      'llm_model_cost_total{model="small",currency="EUR"} 1',
    ]);
  });

  test('reported tokens without a price are unpriced; what nobody reported is not', async () => {
    const meter = metered();
    meter.record(fresh(), hybrid);
    meter.record(fresh({ outcome: 'aborted', usageSource: 'estimated' }), hybrid);
    meter.record(fresh({ outcome: 'cache_hit', usageSource: 'cached' }), hybrid);
    expect(await meter.lines('llm_model_unpriced')).toEqual([
      'llm_model_unpriced_requests_total{model="small"} 1',
    ]);
  });

  test('pure MaaS mode prices nothing', async () => {
    const meter = metered();
    meter.record(fresh(), maas);
    expect(await meter.lines('llm_model_unpriced')).toEqual([]);
  });
});

describe('latency', () => {
  const counts = async (records: readonly UsageRecord[]): Promise<string[]> => {
    const meter = metered();
    for (const record of records) meter.record(record, maas);
    return (await meter.lines('llm_')).filter((line) => /_count/.test(line));
  };

  test('a completed stream is in every histogram', async () => {
    expect(await counts([fresh({ stream: true })])).toEqual([
      'llm_model_completion_latency_seconds_count{model="small"} 1',
      'llm_model_ttft_seconds_count{model="small"} 1',
      'llm_model_tpot_seconds_count{model="small"} 1',
      'llm_model_routing_latency_seconds_count 1',
    ]);
  });

  test.each<UsageOutcome>(['aborted', 'upstream_error', 'cache_hit', 'blocked'])(
    '%s is in none but that of routing',
    async (outcome) => {
      expect(await counts([fresh({ stream: true, outcome })])).toEqual([
        'llm_model_routing_latency_seconds_count 1',
      ]);
    },
  );

  test('time per token is that between tokens', async () => {
    const meter = metered();
    const durations = { routingMs: 1, firstByteMs: 100, totalMs: 1_100 };
    meter.record(fresh({ stream: true, usage: usageOf(5, 11), durations }), maas);
    meter.record(fresh({ stream: true, usage: usageOf(5, 1), durations }), maas);
    expect(await meter.lines('llm_model_tpot_seconds_sum')).toEqual([
      'llm_model_tpot_seconds_sum{model="small"} 0.1',
    ]);
  });
});

describe('telemetry', () => {
  test('errors by model and reason, stages by time and runs', async () => {
    const meter = metered();
    meter.requestError('', 'invalid_request');
    meter.requestError('small', 'upstream_5xx');
    meter.stageSeconds('parse', 0.25);
    meter.stageSeconds('parse', 0.5);
    expect((await meter.lines('llm_')).filter((line) => /errors|stage/.test(line))).toEqual([
      'llm_request_errors_total{model="",reason="invalid_request"} 1',
      'llm_request_errors_total{model="small",reason="upstream_5xx"} 1',
      'llm_stage_seconds_total{stage="parse"} 0.75',
      'llm_stage_runs_total{stage="parse"} 2',
    ]);
  });
});

describe('record and ledger', () => {
  test('the record is in the ledger when its counters move, and once', async () => {
    const ledger = createMemoryLedger();
    const meter = metered({ ledger });
    const record = fresh();
    meter.record(record, maas);
    meter.record(record, maas);
    expect(ledger.records()).toEqual([record]);
    expect(await meter.lines('semantic_router_requests')).toEqual([
      `semantic_router_requests_total{${who},model="small",decision="default"} 1`,
    ]);
  });

  test('a record that the ledger had to drop still counts', async () => {
    const ledger: Ledger = { ...createMemoryLedger(), append: () => 'dropped' };
    const meter = metered({ ledger });
    meter.record(fresh(), maas);
    expect((await meter.lines('semantic_router_requests')).length).toBe(1);
  });

  test('a ledger that breaks its promise harms nobody, is logged, and the record counts', async () => {
    const meter = metered({
      ledger: {
        ...createMemoryLedger(),
        append: () => {
          throw new Error('broken');
        },
      },
    });
    meter.record(fresh(), maas);
    expect(meter.errors).toEqual(['the usage ledger failed to take a record']);
    expect((await meter.lines('semantic_router_requests')).length).toBe(1);
  });
});

test('over any records and reloads, no series falls and each token is in one counter', async () => {
  const record = fc.record({
    caller: fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('free', 'gold'))
      .map(([user, tier]) => callerOf(user, tier)),
    model: fc.constantFrom('small', 'big'),
    decision: fc.constantFrom('default', 'pinned'),
    outcome: fc.constantFrom<UsageOutcome>('completed', 'aborted', 'cache_hit', 'blocked'),
    usageSource: fc.constantFrom<UsageSource>('reported', 'estimated', 'cached', 'none'),
    usage: fc.tuple(fc.nat(1000), fc.nat(1000)).map(([prompt, out]) => usageOf(prompt, out)),
    cache: fc.constantFrom<UsageRecord['cache']>('hit', 'miss', undefined),
  });
  const policy = fc.record({
    mode: fc.constantFrom<MeteringPolicy['mode']>('maas', 'hybrid'),
    userLabel: fc.constantFrom<MeteringPolicy['userLabel']>('raw', 'hash', 'drop'),
    maxUsers: fc.integer({ min: 1, max: 3 }),
    knownTiers: fc.constantFrom(undefined, new Set(['free'])),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(record, policy), { maxLength: 30 }), async (steps) => {
      const meter = metered({ hashKey: 'key' });
      let before = new Map<string, number>();
      let tokens = 0;
      for (const [given, policyNow] of steps) {
        const next = fresh(given);
        meter.record(next, meteringPolicy(policyNow));
        if (next.usageSource !== 'none') tokens += next.usage?.totalTokens ?? 0;
        const after = new Map(
          (await meter.lines('')).flatMap((line) => {
            const [, series, value] = /^([^#].*) (\S+)$/.exec(line) ?? [];
            return series === undefined ? [] : [[series, Number(value)] as const];
          }),
        );
        for (const [series, value] of before) {
          expect(after.get(series)).toBeGreaterThanOrEqual(value);
        }
        before = after;
      }
      const sum = (pattern: RegExp): number =>
        [...before].reduce(
          (total, [series, value]) => total + (pattern.test(series) ? value : 0),
          0,
        );
      expect(sum(/^semantic_router_(cached_|estimated_)?tokens_total/)).toBe(tokens);
      expect(sum(/^semantic_router_requests_total/)).toBe(steps.length);
    }),
    { numRuns: 40 },
  );
});
