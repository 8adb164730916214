// Two thousand event streams at once through the real Envoy, all of them open while the
// configuration changes: each one comes whole, and the totals are exact.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSse, type SseReply } from '../kit/client.ts';
import { chatChunks, sseText, type Reply } from '../kit/model-replies.ts';
import { startSystem, systemConfig, type System } from '../kit/system.ts';

const streams = 2000;
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const maas = { maas_integration: { enabled: true } };

const events = chatChunks({ usage, content: 'one two three four five six seven eight' });
const first = sseText(events.slice(0, 4), { done: false });
const second = sseText(events.slice(4));

let system: System;

beforeAll(async () => {
  system = await startSystem({ config: maas });
});
afterAll(() => system.stop());

test('2,000 streams at once, with a reload in the middle', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const { promise: allBegun, resolve: begin } = Promise.withResolvers<undefined>();
  const held: Reply = {
    headers: { 'content-type': 'text/event-stream' },
    steps: [{ write: first }, { until: released }, { write: second }],
  };
  for (let index = 0; index < streams; index++) system.backends.small.next(held);

  let begun = 0;
  const open = (index: number): Promise<SseReply> =>
    sendSse(
      {
        url: `${system.url}/v1/chat/completions`,
        headers: { 'x-auth-request-user': `user-${index % 4}`, 'x-auth-request-tier': 'premium' },
        // Half of them routed, half of them pinned.
        body: {
          model: index % 2 === 0 ? 'auto' : 'small',
          stream: true,
          messages: [{ role: 'user', content: `hello ${index}` }],
        },
        timeoutMs: 90_000,
      },
      {
        onEvent: (_data, at) => {
          if (at === 3 && ++begun === streams) begin(undefined);
        },
      },
    );
  const replies: Promise<SseReply>[] = [];
  // A backlog of connections is shorter than two thousand.
  for (let index = 0; index < streams; index++) {
    replies.push(open(index));
    if (index % 50 === 49) await sleep(20);
  }
  const done = Promise.all(replies);
  await Promise.race([allBegun, done]);
  expect(begun).toBe(streams);
  expect(system.router.activeStreams()).toBe(streams);
  expect(system.records).toHaveLength(0);

  await reload();
  // The new configuration decides at once, beside the streams of the old one.
  const routed = await sendSse({
    url: `${system.url}/v1/chat/completions`,
    headers: { 'x-auth-request-user': 'later', 'x-auth-request-tier': 'free' },
    body: { model: 'auto', stream: true, messages: [{ role: 'user', content: 'a limerick' }] },
  });
  expect(routed.headers['x-vsr-decision']).toBe('poetry_decision');
  expect(routed.headers['x-vsr-model-selected']).toBe('big');

  release(undefined);
  const all = await done;
  const broken = all.filter(
    ({ status, complete, body }) =>
      status !== 200 || !complete || body.toString() !== first + second,
  );
  expect(broken.map(({ status, complete, body }) => [status, complete, body.length])).toEqual([]);

  const records = await system.waitForRecords(streams + 1);
  await sleep(100);
  expect(system.records).toHaveLength(streams + 1);
  expect(records.filter(({ outcome }) => outcome !== 'completed')).toEqual([]);
  expect(new Set(records.map(({ id }) => id)).size).toBe(streams + 1);
  // Each stream is billed by the configuration that it began with.
  const ofSmall = records.filter(({ model }) => model === 'small');
  expect(new Set(ofSmall.map(({ configHash }) => configHash)).size).toBe(1);
  expect(records.find(({ model }) => model === 'big')?.configHash).not.toBe(ofSmall[0]?.configHash);
  for (let user = 0; user < 4; user++) await expectTotals(`user-${user}`, streams / 4);
}, 180_000);

async function reload(): Promise<void> {
  const before = system.router.current.runtime.hash;
  const { small, big } = system.backends;
  await system.writeConfig(
    systemConfig(
      { small: small.port, big: big.port },
      {
        ...maas,
        model_config: {
          small: {
            preferred_endpoints: ['small-1'],
            pricing: { prompt_per_1m: '7', completion_per_1m: '9' },
          },
          big: { preferred_endpoints: ['big-1'] },
        },
        keyword_rules: [{ name: 'poetry', operator: 'OR', keywords: ['limerick'] }],
        decisions: [
          {
            name: 'poetry_decision',
            priority: 10,
            rules: { operator: 'AND', conditions: [{ type: 'keyword', name: 'poetry' }] },
            modelRefs: [{ model: 'big' }],
          },
        ],
      },
    ),
  );
  for (let waited = 0; system.router.current.runtime.hash === before; waited += 20) {
    if (waited > 30_000) throw new Error(`no reload\n${JSON.stringify(system.logged.at(-1))}`);
    await sleep(20);
  }
}

async function expectTotals(user: string, requests: number): Promise<void> {
  const tokens = (type: string): Promise<number> =>
    system.metric(
      `semantic_router_tokens_total{user="${user}",tier="premium",model="small",type="${type}"}`,
    );
  expect([await tokens('prompt'), await tokens('completion')]).toEqual([
    requests * 10,
    requests * 20,
  ]);
  expect(
    await system.metric(
      `semantic_router_estimated_tokens_total{user="${user}",tier="premium",model="small",type="completion"}`,
    ),
  ).toBe(0);
}
