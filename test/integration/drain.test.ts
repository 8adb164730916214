// The end of a router, through the real Envoy: asked to end, it finishes what runs and is given
// nothing new; with no time for that, it records what it saw, once.
import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageRecord } from '../../dataplane/domain/usage-record.ts';
import { startRouter, type Router } from '../../dataplane/main.ts';
import { send } from '../kit/client.ts';
import {
  accepts,
  beginStreams,
  gate,
  heldStream,
  pageOf,
  requestOf,
  streamHeldBy,
  surround,
  until,
} from '../kit/router-surroundings.ts';
import { silentLog } from '../kit/silent-log.ts';
import { startSystem } from '../kit/system.ts';

const host = '127.0.0.1';
const { first, second } = heldStream;
const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

test('two routers: one ends, its streams finish there, new requests go to the other', async () => {
  const held = gate();
  const around = await surround({ gate: held, ending, routers: 2 });
  const records: [UsageRecord[], UsageRecord[]] = [[], []];
  const startOne = async (index: 0 | 1): Promise<Router> => {
    const router = await startRouter({
      configPath: around.configPath,
      extProcAddress: `${host}:${around.extProcPorts[index]}`,
      metrics: { host, port: 0 },
      admin: { host, port: 0 },
      log: silentLog,
      hashKey: undefined,
      onRecord: (record) => {
        records[index].push(record);
      },
      envoy: index === 0 ? around.envoyFiles : undefined,
    });
    return router;
  };
  const [leaving, staying] = [await startOne(0), await startOne(1)];
  ending.push(() => staying.stop({ graceMs: 0 }));
  ending.push(() => leaving.stop({ graceMs: 0 }));
  const envoy = await around.startEnvoy();
  const healthy = async (): Promise<number | undefined> =>
    (await envoy.stats('cluster.router.membership_healthy')).get(
      'cluster.router.membership_healthy',
    );
  await until('both routers are healthy', async () => (await healthy()) === 2);

  const streams = 20;
  const replies = await beginStreams(around.url, streams);
  const onLeaving = leaving.activeStreams();
  expect(onLeaving).toBeGreaterThan(0);
  expect(onLeaving + staying.activeStreams()).toBe(streams);

  // From before the end begins until after it has, without a pause.
  let sending = true;
  let sent = 0;
  const failures: (number | string)[] = [];
  const sender = async (): Promise<void> => {
    while (sending) {
      sent += 1;
      const reply = await send(requestOf(around.url, 'steady')).catch(String);
      if (typeof reply === 'string') failures.push(reply);
      else if (reply.status !== 200 || !reply.complete) failures.push(reply.status);
    }
  };
  const senders = [sender(), sender(), sender()];

  const left = leaving.stop({ drainDelayMs: 1000, graceMs: 20_000, lastScrapeMs: 10_000 });
  await until('Envoy has noticed', async () => (await healthy()) === 1);
  await until('the port is closed', async () => !(await accepts(around.extProcPorts[0] ?? 0)));
  await until('only held streams are left', () => leaving.activeStreams() === onLeaving);
  const served = records[0].length;
  const servedByOther = records[1].length;
  await until('the other has served', () => records[1].length > servedByOther + 100);
  sending = false;
  await Promise.all(senders);
  expect(failures).toEqual([]);
  expect(records[0]).toHaveLength(served);
  expect(leaving.activeStreams()).toBe(onLeaving);

  expect(await pageOf(leaving.ports.metrics)).toContain('user="steady"');
  held.open();
  for (const reply of await Promise.all(replies)) {
    expect(reply.complete).toBe(true);
    expect(reply.text()).toBe(first + second);
  }
  await until('all is recorded', () => records[0].length === served + onLeaving);
  // The last scrape sees the streams that ended last; it need not wait for the time to be over.
  let page = await pageOf(leaving.ports.metrics);
  let isOver = false;
  const over = left.then(() => {
    isOver = true;
  });
  await until('the metrics port is closed after a scrape', async () => {
    page = await pageOf(leaving.ports.metrics).catch(() => page);
    return isOver;
  });
  await over;
  await expect(pageOf(leaving.ports.metrics)).rejects.toThrow();
  for (const { caller, outcome } of records[0].slice(served)) {
    expect(outcome).toBe('completed');
    const labels = `user="${caller?.user}",tier="premium",model="small"`;
    expect(page).toContain(`semantic_router_tokens_total{${labels},type="prompt"} 10\n`);
    expect(page).toContain(`semantic_router_tokens_total{${labels},type="completion"} 20\n`);
  }
  const total = (): number => records[0].length + records[1].length;
  await until('each request is recorded', () => total() >= sent + streams);
  expect(total()).toBe(sent + streams);
});

test('a grace of nothing: a running stream is cut, and recorded once as aborted', async () => {
  const held = gate();
  const system = await startSystem({ config: { maas_integration: { enabled: true } } });
  ending.push(() => system.stop());
  system.backends.small.next(streamHeldBy(held));
  const [reply] = await beginStreams(system.url, 1);
  await system.router.stop({ graceMs: 0 });
  expect(await reply).toMatchObject({ complete: false });
  expect((await reply)?.text()).toBe(first);
  await sleep(100);
  expect(system.records).toHaveLength(1);
  expect(system.records[0]).toMatchObject({
    outcome: 'aborted',
    status: 200,
    usageSource: 'estimated',
    cost: undefined,
  });
  const request = await system.backends.small.request(0);
  expect(await request.ended).toMatchObject({ how: 'aborted' });
});
