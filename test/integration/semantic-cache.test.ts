// The semantic cache through the real Envoy: what clients get, and how often a backend is asked.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { send, sendSse, type ClientReply } from '../kit/client.ts';
import { chatChunks, chatCompletion, jsonReply, sseReply } from '../kit/model-replies.ts';
import { startRedisServer, type RedisServer } from '../kit/redis-server.ts';
import { startSystem, systemConfig, type System } from '../kit/system.ts';
import { findRedisServer } from '../kit/tools/redis.ts';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const maas = { maas_integration: { enabled: true } };

const as = (user: string): Record<string, string> => ({
  'x-auth-request-user': user,
  'x-auth-request-tier': 'premium',
});

interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: object;
}

function request(system: System, text: string, { headers = as('alice'), fields = {} }: Ask = {}) {
  return {
    url: `${system.url}/v1/chat/completions`,
    headers,
    body: { model: 'small', messages: [{ role: 'user', content: text }], ...fields },
  };
}

/** How often the backend was asked while `act` ran. */
async function asked(system: System, act: () => Promise<unknown>): Promise<number> {
  const before = system.backends.small.requests.length;
  await act();
  return system.backends.small.requests.length - before;
}

const isHit = ({ headers }: ClientReply): boolean => headers['x-vsr-cache-hit'] === 'true';

/** A prompt that no other test uses. */
let prompts = 0;
const prompt = (): string => `Explain chapter ${(prompts += 1)} of the manual.`;

describe('in memory', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ config: { ...maas, semantic_cache: { enabled: true } } });
  });
  afterAll(() => system.stop());

  test('an answer that came as JSON is given again, as JSON and as a stream', async () => {
    const text = prompt();
    system.backends.small.next(jsonReply(chatCompletion({ content: 'Good day to you', usage })));
    const first = await send(request(system, text));
    expect(isHit(first)).toBe(false);
    const count = await asked(system, async () => {
      const again = await send(request(system, text));
      expect(isHit(again)).toBe(true);
      expect(again.headers).toMatchObject({
        'content-type': 'application/json',
        'x-vsr-model-selected': 'small',
        'x-vsr-decision': 'pinned',
      });
      const answer = again.json() as { id: string };
      expect(answer).toMatchObject({
        choices: [{ message: { content: 'Good day to you' }, finish_reason: 'stop' }],
        usage,
      });
      expect(answer.id).not.toBe((first.json() as { id: string }).id);
      const stream = await sendSse(request(system, text, { fields: { stream: true } }));
      expect(isHit(stream)).toBe(true);
      expect(stream.headers['content-type']).toBe('text/event-stream');
      expect(stream.complete).toBe(true);
      expect(stream.events.at(-1)).toBe('[DONE]');
      expect(stream.events.join()).toContain('"content":"Good day to you"');
      expect(stream.events.at(-2)).toContain('"total_tokens":30');
    });
    expect(count).toBe(0);
  });

  test('an answer that came as a stream is given again as JSON', async () => {
    const text = prompt();
    system.backends.small.next(sseReply(chatChunks({ content: 'Good day to you', usage })));
    await sendSse(request(system, text, { fields: { stream: true } }));
    const count = await asked(system, async () => {
      const again = await send(request(system, text));
      expect(again.json()).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { role: 'assistant', content: 'Good day to you' } }],
        usage,
      });
    });
    expect(count).toBe(0);
  });

  test('a compressed answer is given again uncompressed', async () => {
    const text = prompt();
    const answer = chatCompletion({ content: 'Good day', usage });
    system.backends.small.next(jsonReply(answer, { encoding: 'gzip' }));
    await send(request(system, text));
    const again = await send(request(system, text));
    expect(isHit(again)).toBe(true);
    expect(again.headers).not.toHaveProperty('content-encoding');
    expect(again.json()).toMatchObject({ choices: [{ message: { content: 'Good day' } }] });
  });

  test('the question in other small words gets it too', async () => {
    await send(request(system, 'How do I reset my router password?'));
    const again = await send(request(system, 'please tell me how I can reset my router password'));
    expect(isHit(again)).toBe(true);
    const opposite = await send(request(system, 'How do I forget my router password?'));
    expect(isHit(opposite)).toBe(false);
  });

  test('nobody gets what another caller asked for', async () => {
    const text = prompt();
    await send(request(system, text));
    expect(isHit(await send(request(system, text, { headers: as('bob') })))).toBe(false);
    expect(isHit(await send(request(system, text, { headers: as('bob') })))).toBe(true);
  });

  test('who brings no identity gets nothing and leaves nothing', async () => {
    const text = prompt();
    const count = await asked(system, async () => {
      for (let turn = 0; turn < 2; turn += 1) {
        expect(isHit(await send(request(system, text, { headers: {} })))).toBe(false);
      }
    });
    expect(count).toBe(2);
    expect(isHit(await send(request(system, text, { headers: as('unknown') })))).toBe(false);
  });

  test('hits are metered as such, and their tokens apart', async () => {
    const text = prompt();
    const headers = as('carol');
    const labels = 'user="carol",tier="premium",model="small"';
    const before = system.records.length;
    for (let turn = 1; turn <= 3; turn += 1) {
      await send(request(system, text, { headers }));
      await system.waitForRecords(before + turn);
    }
    expect(system.records.slice(before)).toMatchObject([
      { cache: 'miss', outcome: 'completed', usageSource: 'reported' },
      { cache: 'hit', outcome: 'cache_hit', usageSource: 'cached' },
      { cache: 'hit', outcome: 'cache_hit', usageSource: 'cached' },
    ]);
    const value = (name: string, more = ''): Promise<number> =>
      system.metric(`semantic_router_${name}{${labels}${more}}`);
    expect(await value('cache_hits_total')).toBe(2);
    expect(await value('cache_misses_total')).toBe(1);
    expect(await value('tokens_total', ',type="completion"')).toBe(3);
    expect(await value('cached_tokens_total', ',type="completion"')).toBe(6);
    expect(await system.metric('semantic_cache_entries{backend="memory"}')).toBeGreaterThan(0);
  });

  test('a request says what it wants of the cache, and the backend hears nothing of it', async () => {
    const text = prompt();
    const saying = (value: string): Ask => ({
      headers: { ...as('alice'), 'X-VSR-Cache-Control': value, 'x-vsr-cache-hit': 'forged' },
    });
    const count = await asked(system, async () => {
      await send(request(system, text, saying('no-store')));
      await send(request(system, text, saying('ttl=60')));
      expect(isHit(await send(request(system, text, saying('max-age=60'))))).toBe(true);
      expect(isHit(await send(request(system, text, saying('no-cache'))))).toBe(false);
      expect(isHit(await send(request(system, text, saying('bypass'))))).toBe(false);
    });
    expect(count).toBe(4);
    const foreign = await send({
      url: `${system.url}/tokenize`,
      method: 'POST',
      headers: saying('bypass').headers ?? {},
      body: 'x',
    });
    expect(foreign.status).toBe(200);
    const seen = system.backends.small.requests.flatMap(({ rawHeaders }) => rawHeaders);
    expect(seen.join('\n')).not.toMatch(/x-vsr-|forged/i);
  });

  test('of equal requests at one time one goes upstream', async () => {
    const text = prompt();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const body = JSON.stringify(chatCompletion({ content: 'One for all', usage }));
    system.backends.small.next({
      headers: { 'content-type': 'application/json' },
      before: [{ until: gate }],
      steps: [{ write: body }],
    });
    const before = system.backends.small.requests.length;
    const replies = Array.from({ length: 6 }, () => send(request(system, text)));
    await system.backends.small.request(before);
    // All of them have come as far as the router.
    while (system.router.activeStreams() < 6) await sleep(5);
    open();
    const all = await Promise.all(replies);
    expect(all.map((reply) => JSON.stringify(reply.json()).includes('One for all'))).toEqual(
      all.map(() => true),
    );
    expect(all.filter(isHit)).toHaveLength(5);
    expect(system.backends.small.requests.length - before).toBe(1);
  });

  test('answers of errors and of cut streams are not given again', async () => {
    const failing = prompt();
    system.backends.small.next(jsonReply({ error: { message: 'no' } }, { status: 503 }));
    await send(request(system, failing));
    expect(isHit(await send(request(system, failing)))).toBe(false);
    const cut = prompt();
    const fields = { stream: true };
    system.backends.small.next(
      sseReply(chatChunks({ content: 'a b c' }).slice(0, 2), { done: false, then: ['reset'] }),
    );
    await sendSse(request(system, cut, { fields }));
    expect(isHit(await send(request(system, cut)))).toBe(false);
  });
});

/** Resolves once the router has read the new file. */
async function reload(system: System, config: object): Promise<void> {
  const series = 'config_reload_total{result="success"}';
  const before = await system.metric(series);
  await system.writeConfig(config);
  while ((await system.metric(series)) === before) await sleep(20);
}

test('the cache survives a reload that does not concern it', async () => {
  const system = await startSystem({ config: { ...maas, semantic_cache: { enabled: true } } });
  try {
    const ports = { small: system.backends.small.port, big: system.backends.big.port };
    const text = prompt();
    await send(request(system, text));
    const settings = { enabled: true, max_entries: 500, ttl_seconds: 60 };
    const changed = { ...maas, decisions: [], semantic_cache: settings };
    await reload(system, systemConfig(ports, changed));
    expect(isHit(await send(request(system, text)))).toBe(true);
    await reload(system, systemConfig(ports, { ...maas, semantic_cache: { enabled: false } }));
    expect(isHit(await send(request(system, text)))).toBe(false);
  } finally {
    await system.stop();
  }
});

test('in standalone mode only hits are told, and only where answers are for all', async () => {
  const settings = { enabled: true, scope: 'global' };
  const system = await startSystem({ config: { semantic_cache: settings } });
  try {
    const text = prompt();
    const first = await send(request(system, text, { headers: {} }));
    expect(first.headers).not.toHaveProperty('x-vsr-cache-hit');
    const again = await send(request(system, text, { headers: {} }));
    expect(again.headers).toMatchObject({
      'x-vsr-cache-hit': 'true',
      'x-vsr-selected-model': 'small',
    });
    expect(await system.metric('llm_cache_hits_total')).toBe(1);
  } finally {
    await system.stop();
  }
});

const binary = await findRedisServer();
const ifRedis = binary === undefined ? describe.skip : describe;

ifRedis('in Redis (skipped without redis-server: see npm run tools)', () => {
  const running: { stop(): Promise<void> }[] = [];
  let redis: RedisServer;
  afterEach(async () => {
    for (const part of running.splice(0)) await part.stop();
  });

  async function start(): Promise<System> {
    const server = { host: '127.0.0.1', port: redis.port };
    const settings = { enabled: true, backend_type: 'redis', redis: server };
    const system = await startSystem({ config: { ...maas, semantic_cache: settings } });
    running.unshift(system);
    return system;
  }

  /** Asks until the answer comes from the cache. */
  async function untilHit(system: System, text: string): Promise<void> {
    while (!isHit(await send(request(system, text)))) await sleep(20);
  }

  test('one replica gives what another one kept', async () => {
    redis = await startRedisServer({ binary: binary ?? '' });
    running.push(redis);
    const [one, other] = [await start(), await start()];
    const [text, warmUp] = [prompt(), prompt()];
    await untilHit(one, text);
    await untilHit(other, warmUp);
    const count = await asked(other, async () => {
      expect(isHit(await send(request(other, text)))).toBe(true);
    });
    expect(count).toBe(0);
  });

  test('that goes away in the middle is missed, and comes back', async () => {
    redis = await startRedisServer({ binary: binary ?? '' });
    running.push(redis);
    const system = await start();
    const text = prompt();
    await untilHit(system, text);
    await redis.kill();
    for (let turn = 0; turn < 8; turn += 1) {
      const reply = await send(request(system, text));
      expect([reply.status, isHit(reply)]).toEqual([200, false]);
    }
    expect(await system.metric('semantic_cache_degraded{backend="redis"}')).toBe(1);
    const readyz = await send({ url: `http://127.0.0.1:${system.router.ports.admin}/readyz` });
    expect(readyz.status).toBe(200);
    expect(readyz.text()).toContain('semantic_cache');
    const warnings = system.logged.filter(
      ([level, message]) => level === 'warn' && message.includes('semantic cache'),
    );
    expect(warnings).toHaveLength(1);
    await redis.restart();
    await untilHit(system, text);
    expect(await system.metric('semantic_cache_degraded{backend="redis"}')).toBe(0);
  });
});
