// The seed's metrics and headers in MaaS and hybrid mode, through the real Envoy.
import { afterEach, expect, test } from '@jest/globals';
import { send, sendSse } from '../kit/client.ts';
import { startSystem, type System } from '../kit/system.ts';

let system: System | undefined;
afterEach(() => system?.stop());

async function start(maas_integration: object): Promise<System> {
  system = await startSystem({
    config: { maas_integration: { enabled: true, ...maas_integration } },
  });
  return system;
}

const alice = { 'x-auth-request-user': 'alice', 'x-auth-request-tier': 'premium' };

async function ask(of: System, more: object = {}): Promise<Readonly<Record<string, unknown>>> {
  const seen = of.records.length;
  const reply = await sendSse({
    url: `${of.url}/v1/chat/completions`,
    headers: alice,
    body: { model: 'auto', messages: [{ role: 'user', content: 'prove it' }], ...more },
  });
  expect(reply.status).toBe(200);
  await of.waitForRecords(seen + 1);
  return Object.fromEntries(
    Object.entries(reply.headers).filter(([name]) => /^x-(vsr|ours)-/.test(name)),
  );
}

test('MaaS mode: the counters and headers of the integration document', async () => {
  const running = await start({});
  const headers = {
    'x-vsr-model-selected': 'big',
    'x-vsr-decision': 'math_decision',
    'x-vsr-reasoning-enabled': 'on',
    'x-vsr-cache-hit': 'false',
    'x-vsr-system-prompt-injected': 'false',
  };
  expect(await ask(running)).toEqual(headers);
  expect(await ask(running, { stream: true })).toEqual(headers);
  const of = 'user="alice",tier="premium",model="big"';
  const page = await running.metricsPage();
  for (const line of [
    `semantic_router_tokens_total{${of},type="prompt"} 20`,
    `semantic_router_tokens_total{${of},type="completion"} 6`,
    `semantic_router_requests_total{${of},decision="math_decision"} 2`,
    `semantic_router_reasoning_requests_total{${of}} 2`,
  ]) {
    expect(page.split('\n')).toContain(line);
  }
  // They replace the token, request and cost counters of standalone mode.
  expect(page).not.toMatch(/^llm_model_(requests|tokens|prompt_tokens|cost)_total/m);
});

test('hybrid mode: the same, and the internal cost', async () => {
  const running = await start({ metrics: { internal_cost_calculation: true } });
  await ask(running);
  expect(await running.metric('llm_model_cost_total{model="big",currency="USD"}')).toBe(0.000055);
  expect(
    await running.metric(
      'semantic_router_tokens_total{user="alice",tier="premium",model="big",type="prompt"}',
    ),
  ).toBe(10);
});

test('export flags and the prefix', async () => {
  const running = await start({
    metrics: { export_token_metrics: false, export_routing_metrics: false },
    headers: { export_routing: false, export_security: true, prefix: 'x-ours-' },
  });
  expect(await ask(running)).toEqual({
    'x-ours-cache-hit': 'false',
    'x-ours-request-blocked': 'false',
    'x-ours-jailbreak-detected': 'false',
  });
  expect(await running.metricsPage()).not.toMatch(/^semantic_router_(tokens|requests)_total{/m);
});

test('the labels are bounded: hashed users, known tiers', async () => {
  const running = await start({ metrics: { user_label: 'hash', known_tiers: ['free'] } });
  await ask(running);
  const page = await running.metricsPage();
  expect(page).not.toContain('alice');
  expect(page).toMatch(
    /semantic_router_requests_total{user="[0-9a-f]{16,}",tier="_invalid",model="big",decision="math_decision"} 1/,
  );
});

test('the metrics page speaks OpenMetrics to those who ask', async () => {
  const running = await start({});
  await ask(running);
  const reply = await send({
    url: `http://127.0.0.1:${running.router.ports.metrics}/metrics`,
    headers: { accept: 'application/openmetrics-text; version=1.0.0' },
  });
  expect(reply.headers['content-type']).toContain('application/openmetrics-text');
  expect(reply.text().endsWith('# EOF\n')).toBe(true);
});
