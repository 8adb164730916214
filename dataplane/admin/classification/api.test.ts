import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exchangeFixture, testConfig } from '../../../test/kit/exchange.ts';
import type { Analysers } from '../../ports.ts';
import { RequestFacts } from '../../stages/request-facts.ts';
import { startAdminServer } from '../admin-server.ts';
import type { RunningServer } from '../http-server.ts';
import { apiDeps } from './api-deps.ts';

const analysers: Analysers = {
  embedder: {
    id: 'letters@1',
    dimensions: 2,
    embed: (text) => {
      const vector = text.startsWith('a') ? Float32Array.of(1, 0) : Float32Array.of(0, 1);
      return Promise.resolve({ vector, tokens: 1, unknownTokens: 0, truncated: false });
    },
  },
  categories: {
    labels: ['math', 'law'],
    classify: (text) =>
      Promise.resolve({
        category: 'math',
        confidence: text.includes('prove') ? 0.9 : 0.3,
        margin: 0.2,
        probabilities: new Map([['math', 0.9]]),
        tier: 'blend',
      }),
  },
  jailbreak: {
    detect: (texts) => {
      const isEvil = texts.some(({ source, text }) => source === 'user' && text.includes('evil'));
      const families = isEvil ? ['persona'] : [];
      return Promise.resolve({ score: isEvil ? 0.9 : 0.2, families, tier: 'lexical' });
    },
  },
  pii: {
    find: (texts) =>
      Promise.resolve({
        spans: texts.map((text) => {
          const start = text.indexOf('Ann');
          return start < 0 ? [] : [{ type: 'PERSON' as const, start, end: start + 3, score: 0.95 }];
        }),
        tier: 'model',
      }),
  },
};

const host = '127.0.0.1';
const servers: RunningServer[] = [];

async function serve(with_: Analysers, token?: string): Promise<string> {
  const ignore = (): void => undefined;
  const telemetry = {
    ...{ requestError: ignore, identityFallback: ignore },
    ...{ stageSeconds: ignore, signalUnavailable: ignore },
  };
  const { current } = exchangeFixture(testConfig());
  const server = await startAdminServer({
    host,
    port: 0,
    onError: (path, error) => {
      throw new Error(path, { cause: error });
    },
    sources: {
      readiness: () => ({ draining: false, checks: {}, degraded: {}, signals: [] }),
      drained: () => Promise.resolve(),
      config: () => ({
        ...{ hash: 'h', loadedAtMs: 0, mode: 'standalone', counts: {} },
        ...{ models: [], warnings: [], rejected: undefined },
      }),
      models: () => current.runtime.modelList,
    },
    api: {
      deps: apiDeps({
        current,
        analysers: with_,
        promptFacts: (request) => new RequestFacts(request, with_, telemetry),
        clock: { now: () => 0, monotonic: () => performance.now() },
      }),
      access: { token },
    },
  });
  servers.push(server);
  return `http://${host}:${server.port}`;
}

let url: string;
beforeAll(async () => {
  url = await serve(analysers);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

async function post(
  path: string,
  body: unknown,
  { at = url, headers = {} }: { at?: string; headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const reply = await fetch(`${at}${path}`, { method: 'POST', body: text, headers });
  return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
}

describe('classification', () => {
  test('the domain of a prompt, and where it would go', async () => {
    const { json } = await post('/api/v1/classify/intent', { text: 'prove that' });
    expect(json).toMatchObject({
      classification: { category: 'math', confidence: 0.9, above_threshold: true },
      probabilities: { math: 0.9 },
      recommended_model: 'big',
      routing_decision: 'math_decision',
      matched_signals: ['keyword:math'],
    });
  });

  test('personal data with its places, and without its values where asked', async () => {
    const { json } = await post('/api/v1/classify/pii', { text: 'I am Ann' });
    expect(json).toMatchObject({
      has_pii: true,
      entities: [{ type: 'PERSON', value: 'Ann', start_position: 5, end_position: 8 }],
    });
    const masked = { text: 'I am Ann', options: { mask_entities: true } };
    expect(JSON.stringify(await post('/api/v1/classify/pii', masked))).not.toContain('Ann');
  });

  test('an attack, by a user and not by the operator', async () => {
    const attack = { messages: [{ role: 'user', content: 'be evil' }] };
    const { json } = await post('/api/v1/classify/security', attack);
    expect(json).toMatchObject({
      is_jailbreak: true,
      risk_score: 0.9,
      patterns_detected: ['persona'],
      recommendation: 'block',
    });
    const messages = [
      { role: 'system', content: 'never be evil' },
      { role: 'user', content: 'hello' },
    ];
    expect((await post('/api/v1/classify/security', { messages })).json).toMatchObject({
      is_jailbreak: false,
      confidence: 0.8,
    });
  });

  test('all three at once, and many texts', async () => {
    expect((await post('/api/v1/classify/combined', { text: 'evil Ann' })).json).toMatchObject({
      intent: { classification: { category: 'math' } },
      pii: { has_pii: true },
      security: { is_jailbreak: true },
    });
    const texts = ['evil', 'good'];
    const { json } = await post('/api/v1/classify/batch', { texts, task_type: 'security' });
    expect(json).toMatchObject({
      results: [{ is_jailbreak: true }, { is_jailbreak: false }],
      total_count: 2,
    });
  });

  test('what no model can tell is told as unknown, never as harmless', async () => {
    const at = await serve({});
    const ask = async (kind: string): Promise<unknown> =>
      (await post(`/api/v1/classify/${kind}`, { text: 'x' }, { at })).json;
    expect(await ask('security')).toMatchObject({ is_jailbreak: null, unavailable: 'absent' });
    expect(await ask('pii')).toMatchObject({ has_pii: null, unavailable: 'absent' });
    expect(await ask('intent')).toMatchObject({ unavailable: 'absent' });
    expect(await post('/api/v1/similarity', { text1: 'a', text2: 'b' }, { at })).toMatchObject({
      status: 503,
      json: { error: { code: 'MODEL_UNAVAILABLE' } },
    });
  });
});

test('the whole decision for a prompt', async () => {
  expect((await post('/api/v1/eval', { text: 'prove that' })).json).toMatchObject({
    outcome: { kind: 'routed', decision: 'math_decision', model: 'big' },
    signals: [{ key: 'keyword:math', value: 'true' }],
  });
});

test('vectors and how alike they are', async () => {
  expect((await post('/api/v1/embeddings', { texts: ['a', 'b'] })).json).toMatchObject({
    embeddings: [{ text: 'a', embedding: [1, 0], dimension: 2 }, { embedding: [0, 1] }],
    model_used: 'letters@1',
  });
  const { json } = await post('/api/v1/similarity/batch', {
    query: 'a',
    candidates: ['b', 'apple', 'c'],
    top_k: 1,
  });
  expect(json).toMatchObject({ matches: [{ index: 1, text: 'apple', similarity: 1 }] });
  const pair = { text1: 'a', text2: 'b' };
  expect((await post('/api/v1/similarity', pair)).json).toMatchObject({ similarity: 0 });
});

describe('what is refused', () => {
  test.each<[string, unknown, number, string]>([
    ['no JSON', '{', 400, 'INVALID_JSON'],
    ['neither text nor messages', {}, 400, 'INVALID_INPUT'],
    ['an empty text', { text: '' }, 400, 'INVALID_INPUT'],
  ])('%s', async (_, body, status, code) => {
    const reply = await post('/api/v1/classify/pii', body);
    expect(reply).toMatchObject({ status, json: { error: { code } } });
  });

  test('more texts than one call may have', async () => {
    const texts = Array.from({ length: 101 }, () => 'a');
    expect(await post('/api/v1/classify/batch', { texts })).toMatchObject({
      status: 400,
      json: { error: { code: 'BATCH_TOO_LARGE' } },
    });
  });

  test('a body that is too large, and another method', async () => {
    expect((await post('/api/v1/classify/pii', ' '.repeat(5_000_000))).status).toBe(413);
    const reply = await fetch(`${url}/api/v1/classify/pii`);
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('callers without the token, where there is one', async () => {
    const at = await serve(analysers, 'secret');
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await post('/api/v1/classify/pii', { text: 'x' }, { at, headers })).status;
    expect(await ask({})).toBe(401);
    expect(await ask({ authorization: 'Bearer other' })).toBe(401);
    expect(await ask({ authorization: 'Bearer secret' })).toBe(200);
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
  });
});

test('the OpenAPI document tells every path and what it takes', async () => {
  const reply = await fetch(`${url}/openapi.json`);
  const { openapi, paths } = (await reply.json()) as {
    openapi: string;
    paths: Record<string, { post: { requestBody: { content: object } } }>;
  };
  expect(openapi).toBe('3.1.0');
  expect(Object.keys(paths)).toContain('/api/v1/classify/batch');
  expect(JSON.stringify(paths['/api/v1/classify/batch'])).toContain('task_type');
});
