import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAdminServer, type ConfigReport, type Readiness } from './admin-server.ts';
import type { RunningServer } from './http-server.ts';

const host = '127.0.0.1';
let readiness: Readiness;
let config: ConfigReport;
let server: RunningServer;
let errors: string[];
let drained: Promise<void>;

beforeEach(async () => {
  errors = [];
  drained = Promise.resolve();
  readiness = {
    draining: false,
    checks: { ext_proc: { ok: true, detail: 'serving' }, envoy: { ok: true, detail: 'in step' } },
    degraded: {},
    signals: ['keyword', 'context', 'authz'],
  };
  config = {
    hash: 'abc',
    loadedAtMs: Date.UTC(2026, 0, 2),
    mode: 'maas',
    counts: { models: 2 },
    models: [],
    warnings: [],
    rejected: undefined,
  };
  server = await startAdminServer({
    host,
    port: 0,
    onError: (path) => errors.push(path),
    sources: {
      readiness: () => readiness,
      drained: () => drained,
      config: () => config,
      models: () => ({
        status: 200,
        headers: [['content-type', 'application/json']],
        body: '{"object":"list","data":[{"id":"ünïcode"}]}',
        details: 'router_models',
      }),
    },
  });
});

afterEach(() => server.close());

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://${host}:${server.port}${path}`, init);

test('/drained is answered when the router has drained, and not before', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  drained = promise;
  let answered = false;
  const reply = get('/drained').then((answer) => {
    answered = true;
    return answer;
  });
  await (await get('/healthz')).text();
  expect(answered).toBe(false);
  resolve(undefined);
  expect((await reply).status).toBe(200);
});

describe('/readyz', () => {
  test('200 with every check ok, degraded or not', async () => {
    readiness = { ...readiness, degraded: { ledger: 'ENOSPC' } };
    const reply = await get('/readyz');
    expect(reply.status).toBe(200);
    expect(await reply.json()).toEqual({
      ready: true,
      draining: false,
      checks: { ext_proc: { ok: true, detail: 'serving' }, envoy: { ok: true, detail: 'in step' } },
      degraded: { ledger: 'ENOSPC' },
      signals: ['keyword', 'context', 'authz'],
    });
  });

  test('503 while one check fails', async () => {
    const envoy = { ok: false, detail: 'waiting for Envoy' };
    readiness = { ...readiness, checks: { ...readiness.checks, envoy } };
    const reply = await get('/readyz');
    expect(reply.status).toBe(503);
    expect(await reply.json()).toMatchObject({ ready: false, checks: { envoy } });
  });

  test('503 while draining, and still alive', async () => {
    readiness = { ...readiness, draining: true };
    expect((await get('/readyz')).status).toBe(503);
    expect((await get('/healthz')).status).toBe(200);
  });
});

describe('/config', () => {
  test('what is in force', async () => {
    expect(await (await get('/config')).json()).toEqual({
      hash: 'abc',
      loadedAt: '2026-01-02T00:00:00.000Z',
      mode: 'maas',
      counts: { models: 2 },
      models: [],
      warnings: [],
      rejected: null,
    });
  });

  test('why the newest is not', async () => {
    const problems = Array.from({ length: 150 }, (_, index) => `config.yaml:${index}: wrong`);
    config = { ...config, rejected: { atMs: 0, hash: 'def', problems } };
    expect(await (await get('/config')).json()).toMatchObject({
      hash: 'abc',
      rejected: {
        hash: 'def',
        at: '1970-01-01T00:00:00.000Z',
        problemCount: 150,
        problems: problems.slice(0, 100),
      },
    });
  });
});

test('/v1/models is the answer that clients get', async () => {
  const reply = await get('/v1/models?x=1');
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(await reply.json()).toEqual({ object: 'list', data: [{ id: 'ünïcode' }] });
});

describe('what nobody should ask', () => {
  test('other methods', async () => {
    const reply = await get('/config', { method: 'POST', body: 'x'.repeat(100_000) });
    expect(reply.status).toBe(405);
    expect(reply.headers.get('allow')).toBe('GET, HEAD');
    expect(reply.headers.get('connection')).toBe('close');
  });

  test.each(['/nothing', '/', '/constructor', '/__proto__', '/healthz/'])('%s', async (path) => {
    const reply = await get(path);
    expect(reply.status).toBe(404);
    expect(((await reply.json()) as { error: string }).error).toContain('/healthz');
  });

  test('HEAD gives no body', async () => {
    const reply = await get('/config', { method: 'HEAD' });
    expect(reply.status).toBe(200);
    expect(await reply.text()).toBe('');
    expect((await get('/v1/models', { method: 'HEAD' })).status).toBe(200);
  });

  test('headers beyond 8 KiB', async () => {
    expect((await get('/healthz', { headers: { 'x-long': 'x'.repeat(10_000) } })).status).toBe(431);
  });

  test('a source that throws is a 500 without its words', async () => {
    config = undefined as unknown as ConfigReport;
    const reply = await get('/config');
    expect(reply.status).toBe(500);
    expect(await reply.json()).toEqual({ error: 'The answer failed.' });
    expect(errors).toEqual(['/config']);
  });
});

test('a port in use is one sentence', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, host, resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await expect(
      startAdminServer({
        host,
        port,
        onError: () => undefined,
        sources: {
          readiness: () => readiness,
          drained: () => drained,
          config: () => config,
          models: () => never(),
        },
      }),
    ).rejects.toThrow(
      `The admin port 127.0.0.1:${port} is in use by another program: ` +
        'stop that one, or choose another port.',
    );
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});

test('closing ends idle connections and cuts those that do nothing', async () => {
  const socket = connect(server.port, host);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write('GET /healthz HTTP/1.1\r\n');
  await server.close(50);
  socket.resume();
  await closed;
  await expect(get('/healthz')).rejects.toThrow();
});

function never(): never {
  throw new Error('not asked');
}
