// Models whose threads die or hang while requests come through the real Envoy: requests go on, what the
// model would have told is unknown, and it is said.
import { afterEach, expect, test } from '@jest/globals';
import type { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { startModelWorker } from '../../dataplane/adapters/models/host/start-model-worker.ts';
import { modelsFolder } from '../../dataplane/local/tools/models/ensure-models.ts';
import { send, type ClientReply } from '../kit/client.ts';
import { startSystem, type System, type SystemOptions } from '../kit/system.ts';

const config = {
  maas_integration: { enabled: true },
  categories: [{ name: 'sciences', mmlu_categories: ['math', 'physics'] }],
  embedding_rules: [{ name: 'matrices', candidates: ['eigenvalues of a matrix'], threshold: 0.5 }],
  pii_guard: { enabled: true, action: 'mask' },
  decisions: [
    {
      name: 'matrices',
      priority: 5,
      rules: { operator: 'AND', conditions: [{ type: 'embedding', name: 'matrices' }] },
      modelRefs: [{ model: 'big' }],
    },
  ],
};

let system: System | undefined;
const hanging: Worker[] = [];
afterEach(async () => {
  await system?.stop();
  system = undefined;
  await Promise.all(hanging.splice(0).map((worker) => worker.terminate()));
});

async function started(modelHost: SystemOptions['modelHost']): Promise<System> {
  system = await startSystem({ modelsDirectory: modelsFolder(), modelHost, config });
  return system;
}

const isEmbedder = (directory: string): boolean => directory.endsWith('minilm');

function ask({ url }: System, text = 'Find the eigenvalues of this matrix.'): Promise<ClientReply> {
  return send({
    url: `${url}/v1/chat/completions`,
    headers: { 'x-auth-request-user': 'alice', 'x-auth-request-tier': 'premium' },
    body: { model: 'auto', messages: [{ role: 'user', content: text }] },
  });
}

const decisionOf = ({ headers }: ClientReply): unknown => headers['x-vsr-decision'];

async function readyz({ router }: System): Promise<ClientReply> {
  return send({ url: `http://127.0.0.1:${router.ports.admin}/readyz` });
}

/** Asks until the model tells again what a prompt means; every answer on the way must be good. */
async function untilItTells(running: System): Promise<void> {
  for (;;) {
    const reply = await ask(running);
    expect(reply.status).toBe(200);
    if (decisionOf(reply) === 'matrices') return;
    await sleep(20);
  }
}

test('a model that dies under load costs no request, and comes back', async () => {
  const workers: Worker[] = [];
  const running = await started({
    restartDelaysMs: [300],
    startWorker: (order) => {
      const worker = startModelWorker(order);
      if (isEmbedder(order.directory)) workers.push(worker);
      return worker;
    },
  });
  expect(decisionOf(await ask(running))).toBe('matrices');
  const replies = Array.from({ length: 8 }, () => ask(running));
  // No message: it throws where nothing catches.
  workers[0]?.postMessage(null);
  const crashes = 'signal_model_crashes_total{model="embedding"}';
  while ((await running.metric(crashes)) === 0) await sleep(5);
  const without = await ask(running);
  expect([without.status, decisionOf(without)]).toEqual([200, 'default']);
  expect(await running.metric('signal_model_ready{model="embedding"}')).toBe(0);
  expect(await running.metric('signal_model_ready{model="pii"}')).toBe(1);
  const ready = await readyz(running);
  expect([ready.status, ready.text()]).toEqual([200, expect.stringContaining('embedding')]);
  for (const { status } of await Promise.all(replies)) expect(status).toBe(200);
  await untilItTells(running);
  expect(await running.metric(crashes)).toBe(1);
  expect(await running.metric('signal_model_ready{model="embedding"}')).toBe(1);
  expect((await readyz(running)).text()).not.toContain('embedding: ');
  expect(running.logged.filter(([level, text]) => level === 'warn' && /worker/.test(text))).toEqual(
    [['warn', 'the worker of a model died and is started again', expect.anything()]],
  );
  const counted = running.records.filter(({ outcome }) => outcome === 'completed');
  expect(counted).toHaveLength(running.records.length);
});

test('a model that hangs costs no request, holds up few, and is replaced', async () => {
  let hangs = false;
  const running = await started({
    maxWaiting: 2,
    hangsAfterMs: 4000,
    restartDelaysMs: [0],
    startWorker: (order) => {
      const worker = startModelWorker(order);
      if (!isEmbedder(order.directory) || hanging.length > 0) return worker;
      hanging.push(worker);
      const post = worker.postMessage.bind(worker);
      // What is not heard is not answered.
      worker.postMessage = (message) => {
        if (!hangs) post(message);
      };
      return worker;
    },
  });
  expect(decisionOf(await ask(running))).toBe('matrices');
  hangs = true;
  const replies = await Promise.all(Array.from({ length: 6 }, () => ask(running)));
  expect(replies.map((reply) => [reply.status, decisionOf(reply)])).toEqual(
    replies.map(() => [200, 'default']),
  );
  const series = (reason: string): Promise<number> =>
    running.metric(`llm_signals_unavailable_total{signal="embedding",reason="${reason}"}`);
  expect(await series('overloaded')).toBeGreaterThan(0);
  // A request that went on is counted once the model's own deadline has passed.
  while ((await series('overloaded')) + (await series('deadline')) < 6) await sleep(20);
  await untilItTells(running);
  expect(await running.metric('signal_model_crashes_total{model="embedding"}')).toBe(1);
});
