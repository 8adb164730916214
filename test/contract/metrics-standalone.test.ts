// Standalone mode shows what it always showed: the page is a golden file, and nothing that a policy
// says about MaaS changes one byte of it. UPDATE_GOLDEN=1 rewrites the file.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseConfig } from '../../config/parse.ts';
import { createMemoryLedger } from '../../dataplane/adapters/ledger/memory-ledger.ts';
import type { MeteringPolicy } from '../../dataplane/domain/metering-policy.ts';
import { createMeter } from '../../dataplane/metering/meter.ts';
import { MetricsRegistry } from '../../dataplane/metering/prometheus/registry.ts';
import { compileRuntime } from '../../dataplane/runtime/compile.ts';
import { callerOf, meteringPolicy, recordId, usageOf, usageRecord } from '../kit/usage-records.ts';

const golden = new URL('./metrics-standalone.golden.txt', import.meta.url);

const nothing = (): void => undefined;
const log = { error: nothing, warn: nothing, info: nothing, debug: nothing };

/** The page after one request of every ending. */
async function pageUnder(policy: MeteringPolicy, caller?: string): Promise<string> {
  const registry = new MetricsRegistry();
  const meter = createMeter({
    registry,
    ledger: createMemoryLedger(),
    log: { ...log, isEnabled: () => false },
  });
  const requests = [
    { stream: true, cost: { currency: 'USD', picoUnits: 11_684_000_000n } },
    { usage: { ...usageOf(6074, 285), cachedPromptTokens: 3456, reasoningTokens: 200 } },
    { outcome: 'cache_hit' as const, cache: 'hit' as const, usageSource: 'cached' as const },
    { outcome: 'aborted' as const, usageSource: 'estimated' as const, cache: 'miss' as const },
    { outcome: 'upstream_error' as const, usage: undefined, usageSource: 'none' as const },
    { outcome: 'blocked' as const, usage: undefined, usageSource: 'none' as const },
    { usage: undefined, usageSource: 'none' as const, model: 'big' },
    { piiTypes: ['US_SSN'], jailbreakDetected: true, reasoning: true },
  ];
  for (const [index, given] of requests.entries()) {
    meter.record(
      usageRecord({
        id: recordId(index),
        caller: caller === undefined ? undefined : callerOf(caller, 'premium'),
        ...given,
      }),
      policy,
    );
  }
  meter.requestError('small', 'upstream_5xx');
  meter.requestError('', 'invalid_request');
  meter.stageSeconds('parse', 0.000_5);
  return registry.page();
}

const standalone = meteringPolicy({ mode: 'standalone', calculatesCost: true });

test('the page is the golden one', async () => {
  const page = await pageUnder(standalone);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, page);
  expect(page).toBe(readFileSync(golden, 'utf8'));
});

test('whatever else the policy says, not a byte changes', async () => {
  const expected = await pageUnder(standalone);
  const anyPolicy = fc.record({
    exportTokens: fc.boolean(),
    exportCache: fc.boolean(),
    exportRouting: fc.boolean(),
    exportSecurity: fc.boolean(),
    userLabel: fc.constantFrom<MeteringPolicy['userLabel']>('raw', 'hash', 'drop'),
    maxUsers: fc.nat(),
    knownTiers: fc.constantFrom(undefined, new Set(['free'])),
  });
  const caller = fc.option(fc.string(), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(anyPolicy, caller, async (policy, user) => {
      expect(await pageUnder({ ...standalone, ...policy }, user)).toBe(expected);
    }),
  );
});

const withSection = (section: string): MeteringPolicy => {
  const text = `
default_model: small
vllm_endpoints: [{ name: one, address: 127.0.0.1, port: 8000 }]
model_config: { small: { pricing: { prompt_per_1m: 2.5, completion_per_1m: 15 } }, big: {} }
${section}`;
  const parsed = parseConfig(Buffer.from(text), 'config.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join());
  return compileRuntime({ config: parsed.config, hash: 'abc123', loadedAtMs: 0 }).metering;
};

test.each([
  ['absent', ''],
  ['disabled', 'maas_integration: { enabled: false }'],
  [
    'disabled, with everything else said',
    'maas_integration: { enabled: false, metrics: { internal_cost_calculation: true, ' +
      'export_token_metrics: false, user_label: drop, max_users: 1, known_tiers: [free] } }',
  ],
])('a configuration whose section is %s shows the golden page', async (_, section) => {
  expect(await pageUnder(withSection(section))).toBe(readFileSync(golden, 'utf8'));
});
