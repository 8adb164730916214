// A backend that cannot be reached costs an attempt, not a request: Envoy tries another endpoint of
// the model, and what was tried more than once is counted once.
import { afterEach, expect, test } from '@jest/globals';
import { send } from '../kit/client.ts';
import { freePort } from '../kit/ports.ts';
import { requestOf, until } from '../kit/router-surroundings.ts';
import { startSystem, systemConfig, type System } from '../kit/system.ts';

let system: System | undefined;
afterEach(() => system?.stop());

/** The model `small` with an endpoint where nobody listens, and with the real one if asked. */
async function withDeadEndpoint(beside: 'a living one' | 'no other'): Promise<System> {
  const running = await startSystem();
  system = running;
  const { small, big } = running.backends;
  const address = '127.0.0.1';
  const before = running.router.current.runtime.hash;
  await running.writeConfig({
    ...systemConfig({ small: small.port, big: big.port }),
    vllm_endpoints: [
      { name: 'dead', address, port: await freePort() },
      { name: 'small-1', address, port: small.port },
      { name: 'big-1', address, port: big.port },
    ],
    model_config: {
      small: { preferred_endpoints: beside === 'no other' ? ['dead'] : ['dead', 'small-1'] },
      big: { preferred_endpoints: ['big-1'] },
    },
    maas_integration: { enabled: true },
  });
  await until('the endpoints are in force', () => running.router.current.runtime.hash !== before);
  return running;
}

const count = 20;

test('a dead endpoint beside a living one fails no request, and each is counted once', async () => {
  const running = await withDeadEndpoint('a living one');
  for (let sent = 0; sent < count; sent += 1) {
    const reply = await send(requestOf(running.url, 'alice'));
    expect(reply.status).toBe(200);
  }
  const records = await running.waitForRecords(count);
  expect(new Set(records.map(({ id }) => id)).size).toBe(count);
  expect(running.backends.small.requests).toHaveLength(count);
  const retried = await running.envoy.stats('cluster.model_small.upstream_rq_retry');
  expect([...retried.values()].some((value) => value > 0)).toBe(true);
  const labels = 'user="alice",tier="premium",model="small",decision="pinned"';
  expect(await running.metric(`semantic_router_requests_total{${labels}}`)).toBe(count);
});

test('where every endpoint is dead the client is told so, once, and nothing is billed', async () => {
  const running = await withDeadEndpoint('no other');
  const reply = await send(requestOf(running.url, 'alice'));
  expect(reply.status).toBe(503);
  expect(reply.json()).toMatchObject({ error: { code: 'service_unavailable' } });
  const [record] = await running.waitForRecords(1);
  expect(record).toMatchObject({ model: 'small', outcome: 'upstream_error' });
  const tokens = (await running.metricsPage())
    .split('\n')
    .filter((line) => /^semantic_router_tokens_total\{.*\} [1-9]/.test(line));
  expect(tokens).toEqual([]);
});
