import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { billingMode } from './mode.ts';
import { formatProblem, parseConfig, type ParseResult } from './parse.ts';
import type { RouterConfig } from './schema/index.ts';

const read = (name: string): Promise<string> =>
  readFile(new URL(name, import.meta.url), { encoding: 'utf8' });

function configOf(result: ParseResult): RouterConfig {
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

describe.each([
  ['config.yaml', 'standalone'],
  ['config.maas.yaml', 'maas'],
  ['config.hybrid.yaml', 'hybrid'],
])('%s', (name, mode) => {
  test(`is a right configuration in ${mode} mode, and nothing in it needs a warning`, async () => {
    const result = parseConfig(await read(name), name);
    expect(billingMode(configOf(result))).toBe(mode);
    expect(result.warnings.map(formatProblem)).toEqual([]);
  });
});

test('hybrid mode is MaaS mode with prices and costs', async () => {
  const maas = configOf(parseConfig(await read('config.maas.yaml')));
  const hybrid = configOf(parseConfig(await read('config.hybrid.yaml')));
  const withoutPrices = Object.fromEntries(
    Object.entries(hybrid.model_config).map(([name, { pricing, ...model }]) => {
      expect(pricing).toBeDefined();
      return [name, model];
    }),
  );
  expect({ ...hybrid, model_config: withoutPrices }).toEqual({
    ...maas,
    maas_integration: {
      ...maas.maas_integration,
      metrics: { ...maas.maas_integration.metrics, internal_cost_calculation: true },
    },
  });
});

// What the MaaS integration guide tells users to add to their file, as it stands there.
describe('the samples of the MaaS integration guide', () => {
  const full = `maas_integration:
  enabled: true

  authentication:
    user_header: "x-auth-request-user"  # Header set by MaaS gateway
    tier_header: "x-auth-request-tier"  # Header set by MaaS gateway
    fallback_user: "unknown"
    fallback_tier: "free"

  metrics:
    export_token_metrics: true
    export_cache_metrics: true
    export_routing_metrics: true
    export_security_metrics: true
    internal_cost_calculation: false    # Defer to MaaS

  headers:
    export_routing: true
    export_cache: true
    export_security: false
    prefix: "x-vsr-"
`;
  const enabled = `maas_integration:
  enabled: true
  # ... other settings from config.maas.yaml
`;
  const hybrid = `maas_integration:
  enabled: true
  metrics:
    internal_cost_calculation: true  # Keep internal tracking for comparison
`;
  const cutover = `maas_integration:
  enabled: true
  metrics:
    internal_cost_calculation: false  # Defer to MaaS
`;

  test.each([
    ['all settings', full, 'maas'],
    ['enabled alone', enabled, 'maas'],
    ['validation', hybrid, 'hybrid'],
    ['full cutover', cutover, 'maas'],
  ])('%s', async (_name, sample, mode) => {
    const result = parseConfig(
      (await read('config.hybrid.yaml')).replace(/^maas_integration:[^]*?\n(?=\S)/m, `${sample}\n`),
    );
    const config = configOf(result);
    expect(result.warnings).toEqual([]);
    expect(billingMode(config)).toBe(mode);
    expect(config.maas_integration).toEqual({
      enabled: true,
      authentication: {
        user_header: 'x-auth-request-user',
        tier_header: 'x-auth-request-tier',
        fallback_user: 'unknown',
        fallback_tier: 'free',
        on_missing: 'fallback',
      },
      metrics: {
        export_token_metrics: true,
        export_cache_metrics: true,
        export_routing_metrics: true,
        export_security_metrics: true,
        internal_cost_calculation: mode === 'hybrid',
        user_label: 'raw',
        max_users: 10_000,
        known_tiers: [],
      },
      headers: {
        export_routing: true,
        export_cache: true,
        export_security: false,
        prefix: 'x-vsr-',
      },
    });
  });

  test('without the section nothing is integrated', async () => {
    const config = configOf(parseConfig(await read('config.yaml')));
    expect(config.maas_integration.enabled).toBe(false);
  });
});
