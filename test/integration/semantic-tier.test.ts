// Answers given again by meaning, through the real Envoy with the real encoder and each store: what a
// paraphrase gets, and what nobody may get.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Worker } from 'node:worker_threads';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startModelWorker } from '../../dataplane/adapters/models/host/start-model-worker.ts';
import { modelsFolder } from '../../dataplane/local/tools/models/ensure-models.ts';
import { send, sendSse, type ClientReply } from '../kit/client.ts';
import { chatChunks, chatCompletion, jsonReply, sseReply } from '../kit/model-replies.ts';
import { temporaryFolder } from '../kit/models/folder.ts';
import { tinyEmbedder, writeTinyModel } from '../kit/models/tiny-models.ts';
import { startPostgresServer } from '../kit/postgres-server.ts';
import { startRedisServer } from '../kit/redis-server.ts';
import { startSystem, systemConfig, type System, type SystemOptions } from '../kit/system.ts';
import { findRedisServer } from '../kit/tools/redis.ts';

const folder = temporaryFolder();
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const maas = { maas_integration: { enabled: true } };
const question = 'How can I reset my router password?';
const paraphrase = 'What is the way to reset the password of my router?';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(cache: object, options: SystemOptions = {}): Promise<System> {
  const system = await startSystem({
    modelsDirectory: modelsFolder(),
    // A shared store on a busy machine may take its time.
    config: { ...maas, semantic_cache: { enabled: true, store_deadline_ms: 5000, ...cache } },
    ...options,
  });
  ending.push(() => system.stop());
  return system;
}

interface Ask {
  readonly user?: string;
  readonly messages?: readonly object[];
  readonly fields?: object;
}

function request(
  system: System,
  text: string,
  { user = 'alice', messages = [], fields }: Ask = {},
) {
  return {
    url: `${system.url}/v1/chat/completions`,
    headers: { 'x-auth-request-user': user, 'x-auth-request-tier': 'premium' },
    body: { model: 'small', messages: [...messages, { role: 'user', content: text }], ...fields },
  };
}

const isHit = ({ headers }: ClientReply): boolean => headers['x-vsr-cache-hit'] === 'true';
const ask = (system: System, text: string, asking: Ask = {}): Promise<ClientReply> =>
  send(request(system, text, asking));
const lookups = (system: System, result: string): Promise<number> =>
  system.metric(`semantic_cache_lookups_total{result="${result}"}`);

/** Asks until the answer has been kept. */
async function untilKept(system: System, text: string): Promise<void> {
  while (!isHit(await ask(system, text))) await sleep(20);
}

const binary = await findRedisServer();
const ifRedis = binary === undefined ? test.skip : test;

async function redis(): Promise<object> {
  const server = await startRedisServer({ binary: binary ?? '' });
  ending.push(() => server.stop());
  return { backend_type: 'redis', redis: { host: '127.0.0.1', port: server.port } };
}

async function postgres(): Promise<object> {
  const server = await startPostgresServer();
  ending.push(() => server.stop());
  return { backend_type: 'postgres', postgres: { host: '127.0.0.1', port: server.port } };
}

describe('a paraphrase gets the answer, and nothing that asks for something else does', () => {
  test('in memory', () => expectMeaning({}));
  ifRedis('in Redis (skipped without redis-server: see npm run tools)', async () => {
    await expectMeaning(await redis());
  });
  test('in PostgreSQL', async () => {
    await expectMeaning(await postgres());
  });

  async function expectMeaning(cache: object): Promise<void> {
    const system = await start(cache);
    system.backends.small.next(jsonReply(chatCompletion({ content: 'Press the button', usage })));
    await untilKept(system, question);

    // Stored as JSON, asked for as a stream.
    const stream = await sendSse(request(system, paraphrase, { fields: { stream: true } }));
    expect(isHit(stream)).toBe(true);
    expect(stream.events.at(-1)).toBe('[DONE]');
    expect(stream.events.join()).toContain('Press the button');
    expect(await lookups(system, 'semantic')).toBe(1);

    // Stored as a stream, asked for as JSON.
    system.backends.small.next(sseReply(chatChunks({ content: 'It was Fleming', usage })));
    const discovery = 'Who discovered penicillin?';
    await sendSse(request(system, discovery, { fields: { stream: true } }));
    await untilKept(system, discovery);
    const sum = 'What is 15 percent of 80?';
    await untilKept(system, sum);
    const json = await ask(system, 'By whom was penicillin discovered?');
    expect([isHit(json), json.json()]).toMatchObject([
      true,
      { object: 'chat.completion', choices: [{ message: { content: 'It was Fleming' } }], usage },
    ]);

    const different: readonly (readonly [string, Ask?])[] = [
      ['What is the way to forget the password of my router?'],
      ['How can I reset my router without the password?'],
      ['What is the way to reset the password of my printer?'],
      ['By whom was insulin discovered?'],
      ['What is 15 percent of 90?'],
      ['What is 50 percent of 80?'],
      [paraphrase, { user: 'bob' }],
      [paraphrase, { messages: [{ role: 'system', content: 'Answer in French.' }] }],
      [paraphrase, { fields: { model: 'big' } }],
    ];
    for (const [text, asking] of different) {
      expect([text, asking, isHit(await ask(system, text, asking))]).toEqual([text, asking, false]);
    }
  }
});

test('hits by meaning are metered as hits, with the tokens of the stored answer apart', async () => {
  const system = await start({});
  system.backends.small.next(jsonReply(chatCompletion({ content: 'Press the button', usage })));
  await ask(system, question);
  await system.waitForRecords(1);
  await ask(system, paraphrase);
  expect(await system.waitForRecords(2)).toMatchObject([
    { cache: 'miss', outcome: 'completed', usageSource: 'reported' },
    { cache: 'hit', outcome: 'cache_hit', usageSource: 'cached', model: 'small' },
  ]);
  const labels = 'user="alice",tier="premium",model="small"';
  const value = (name: string, more = ''): Promise<number> =>
    system.metric(`semantic_router_${name}{${labels}${more}}`);
  expect(await value('cache_hits_total')).toBe(1);
  expect(await value('cache_misses_total')).toBe(1);
  expect(await value('requests_total', ',decision="pinned"')).toBe(2);
  expect(await value('tokens_total', ',type="completion"')).toBe(20);
  expect(await value('cached_tokens_total', ',type="completion"')).toBe(20);
});

ifRedis('two replicas share what Redis holds (skipped without redis-server)', async () => {
  const cache = await redis();
  const [one, other] = [await start(cache), await start(cache)];
  await untilKept(one, question);
  await untilKept(other, 'Who discovered penicillin?');
  expect(isHit(await ask(other, paraphrase))).toBe(true);
  expect(await lookups(other, 'semantic')).toBe(1);
});

describe('without the encoder', () => {
  const skipped = 'semantic_cache_similar_skipped_total{reason="embedding"}';

  async function expectNamedTiersOnly(system: System): Promise<void> {
    const before = await system.metric(skipped);
    await ask(system, question);
    expect(isHit(await ask(system, question))).toBe(true);
    expect(isHit(await ask(system, 'please tell me how I can reset my router password'))).toBe(
      true,
    );
    expect(isHit(await ask(system, paraphrase))).toBe(false);
    expect(await system.metric(skipped)).toBeGreaterThan(before);
    const readyz = await send({ url: `http://127.0.0.1:${system.router.ports.admin}/readyz` });
    expect([readyz.status, readyz.text()]).toEqual([200, expect.stringContaining('embedding')]);
  }

  test('identical requests and those that read alike are answered, and it is said', async () => {
    const system = await start({}, { modelsDirectory: folder('none') });
    await expectNamedTiersOnly(system);
  });

  test('also when it dies under way', async () => {
    const workers: Worker[] = [];
    const system = await start(
      {},
      {
        modelHost: {
          restartDelaysMs: [60_000],
          startWorker: (order) => {
            const worker = startModelWorker(order);
            if (order.directory.endsWith('minilm')) workers.push(worker);
            return worker;
          },
        },
      },
    );
    // No message: it throws where nothing catches.
    workers[0]?.postMessage(null);
    while ((await system.metric('signal_model_ready{model="embedding"}')) === 1) await sleep(5);
    await expectNamedTiersOnly(system);
  });
});

describe('a reload', () => {
  async function reload(system: System, config: object): Promise<void> {
    const series = 'config_reload_total{result="success"}';
    const before = await system.metric(series);
    const ports = { small: system.backends.small.port, big: system.backends.big.port };
    await system.writeConfig(systemConfig(ports, { ...maas, ...config }));
    while ((await system.metric(series)) === before) await sleep(20);
  }

  test('that does not concern the cache leaves it, and one of its encoder does not', async () => {
    const system = await start({});
    const semantic_cache = { enabled: true, store_deadline_ms: 5000 };
    await untilKept(system, question);
    await reload(system, { semantic_cache, decisions: [] });
    expect(isHit(await ask(system, paraphrase))).toBe(true);
    // The same encoder from elsewhere is the same encoder.
    const elsewhere = folder('elsewhere');
    await cp(join(modelsFolder(), 'minilm'), elsewhere, { recursive: true });
    const embedding = { path: elsewhere };
    await reload(system, { semantic_cache, signal_models: { embedding } });
    expect(isHit(await ask(system, paraphrase))).toBe(true);
    // Another one compares nothing with what was kept before.
    const other = folder('other');
    await writeTinyModel(other, tinyEmbedder);
    await reload(system, { semantic_cache, signal_models: { embedding: { path: other } } });
    expect(isHit(await ask(system, paraphrase))).toBe(false);
    expect(isHit(await ask(system, question))).toBe(true);
    await reload(system, { semantic_cache: { ...semantic_cache, namespace: 'other' } });
    expect(isHit(await ask(system, question))).toBe(false);
  });
});
