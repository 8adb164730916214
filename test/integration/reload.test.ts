// Changes of the configuration under steady load, through the real Envoy: not one failed or
// misrouted request, and what `/config` and `/metrics` say of it.
import { afterEach, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '../kit/client.ts';
import { startSystem, systemConfig, type System } from '../kit/system.ts';

let system: System | undefined;
afterEach(() => system?.stop());

interface Reload {
  readonly hash: string;
  readonly rejected?: { readonly problems: readonly string[] };
}

async function configReport(of: System): Promise<Reload> {
  const reply = await send({ url: `http://127.0.0.1:${of.router.ports.admin}/config` });
  return reply.json() as Reload;
}

function reloads(of: System, result: 'success' | 'failure'): Promise<number> {
  return of.metric(`config_reload_total{result="${result}"}`);
}

/** The change of step `index`: prices, decisions, the prefix, models that come and go. */
function variant(of: System, index: number): object {
  const ports = { small: of.backends.small.port, big: of.backends.big.port };
  const base = systemConfig(ports) as {
    model_config: Record<string, object>;
    decisions: object[];
  };
  const extra = `extra-${Math.floor(index / 2)}`;
  return {
    ...base,
    model_config: {
      ...base.model_config,
      small: {
        preferred_endpoints: ['small-1'],
        pricing: { prompt_per_1m: `0.${index + 1}`, completion_per_1m: '0.4' },
      },
      ...(index % 2 === 0 ? { [extra]: { preferred_endpoints: ['big-1'] } } : {}),
    },
    decisions:
      index % 2 === 0
        ? [
            ...base.decisions,
            {
              name: 'extra_decision',
              priority: 20,
              rules: { operator: 'AND', conditions: [{ type: 'keyword', name: 'extra' }] },
              modelRefs: [{ model: extra }],
            },
          ]
        : base.decisions,
    keyword_rules: [
      { name: 'math', operator: 'OR', keywords: ['integral', 'prove'] },
      { name: 'extra', operator: 'OR', keywords: ['extraordinary'] },
    ],
    maas_integration: { enabled: true, headers: { prefix: index % 3 === 0 ? 'x-vsr-' : 'x-sr-' } },
  };
}

test('50 changes under load: nothing fails, nothing is misrouted', async () => {
  const running = await startSystem({ config: { maas_integration: { enabled: true } } });
  system = running;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let stopped = false;
  let sent = 0;
  const failures: string[] = [];
  const asked = [
    { prompt: 'prove it', expected: ['big'] },
    { prompt: 'hello', expected: ['small'] },
    // Known to half of the configurations only: its own model, or the default one.
    { prompt: 'extraordinary', expected: ['extra-', 'small'] },
  ];
  const worker = async (number: number): Promise<void> => {
    for (let index = number; !stopped; index += 1) {
      const { prompt, expected } = asked[index % asked.length] ?? { prompt: '', expected: [] };
      const reply = await send({
        url: `${running.url}/v1/chat/completions`,
        body: { model: 'auto', messages: [{ role: 'user', content: prompt }] },
        agent,
      });
      sent += 1;
      // The backend answers with the model that it was asked for, Envoy by the selected one.
      const answered = (reply.json() as { model?: string }).model ?? '';
      const shown = reply.headers['x-vsr-model-selected'] ?? reply.headers['x-sr-model-selected'];
      const fits = expected.some((name) => answered.startsWith(name)) && shown === answered;
      if (reply.status !== 200 || !fits) {
        failures.push(`${prompt}: ${reply.status} ${answered} ${String(shown)} ${reply.text()}`);
      }
    }
  };
  const workers = [0, 1, 2, 3].map(worker);

  const broken = 25;
  for (let index = 0; index < 50; index += 1) {
    const before = (await reloads(running, 'success')) + (await reloads(running, 'failure'));
    await running.writeConfig(index === broken ? 'default_model: [' : variant(running, index));
    while ((await reloads(running, 'success')) + (await reloads(running, 'failure')) === before) {
      await sleep(10);
    }
    if (index === broken) {
      const { rejected } = await configReport(running);
      expect(rejected?.problems.join('\n')).toMatch(/config\.yaml:\d+/);
    }
  }
  stopped = true;
  await Promise.all(workers);
  agent.destroy();

  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThan(500);
  expect(await reloads(running, 'failure')).toBe(1);
  expect(await reloads(running, 'success')).toBe(50);
  expect(await running.waitForRecords(sent)).toHaveLength(sent);
  const { hash, rejected } = await configReport(running);
  expect(rejected ?? null).toBeNull();
  expect(await running.metricsPage()).toContain(`config_info{hash="${hash}"} 1`);
});

test('a broken file keeps the last good configuration and says why', async () => {
  const running = await startSystem();
  system = running;
  const before = await configReport(running);
  await running.writeConfig('default_model: missing\nvllm_endpoints: []\n');
  while ((await reloads(running, 'failure')) === 0) await sleep(10);
  const after = await configReport(running);
  expect(after.hash).toBe(before.hash);
  expect(after.rejected?.problems.length).toBeGreaterThan(0);
  const reply = await send({
    url: `${running.url}/v1/chat/completions`,
    body: { model: 'auto', messages: [{ role: 'user', content: 'prove it' }] },
  });
  expect(reply.headers['x-vsr-selected-model']).toBe('big');
});
