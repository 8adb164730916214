// Methods, paths and model names with which a client might get past the router, through the real
// Envoy: no spelling of a metered path reaches a backend unmetered, what is not ours passes
// untouched, and what a client invents leaves no trace in the metrics.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { load, send, type ClientRequest } from '../kit/client.ts';
import { startSystem, type System } from '../kit/system.ts';

const messages = [{ role: 'user', content: 'hello' }];

let system: System;

beforeAll(async () => {
  system = await startSystem({ config: { maas_integration: { enabled: true } } });
});
afterAll(() => system.stop());

/** Requests that a backend got so far. */
const reached = (): number =>
  system.backends.small.requests.length + system.backends.big.requests.length;

describe('methods and paths', () => {
  test.each(['chat/completions', 'completions', 'embeddings', 'responses', 'messages'])(
    'GET /v1/%s is refused',
    async (path) => {
      const before = reached();
      const reply = await send({ url: `${system.url}/v1/${path}` });
      expect(reply.status).toBe(405);
      expect(reply.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
      expect(reply.headers['allow']).toBe('POST');
      expect(reached()).toBe(before);
    },
  );

  test('a path that is not ours passes untouched', async () => {
    const index = system.backends.small.requests.length;
    const seen = system.records.length;
    const body = '{ "model" : "nope", "model" : 1.0 ';
    system.backends.small.next({
      headers: { 'content-type': 'text/plain', 'x-vsr-model-selected': 'its own' },
      steps: [{ write: 'as it came' }],
    });
    const reply = await send({
      url: `${system.url}/health/deep?x=1&y=%20`,
      headers: { 'accept-encoding': 'gzip', 'content-type': 'application/json' },
      body,
    });
    expect(reply.text()).toBe('as it came');
    const request = await system.backends.small.request(index);
    expect(request).toMatchObject({ method: 'POST', path: '/health/deep?x=1&y=%20' });
    expect(request.body.toString()).toBe(body);
    expect(request.headers['accept-encoding']).toBe('gzip');
    expect(system.records).toHaveLength(seen);
  });

  test.each([
    '/v1//chat/completions',
    '//v1/chat/completions',
    '/v1/./chat/completions',
    '/v1/x/../chat/completions',
    '/v1/chat%2Fcompletions',
    '/v1/chat%2fcompletions',
    '/v1%2F%2fchat/completions',
    '/v1/chat/%63ompletions',
    '/v1/chat/completions/',
    '/v1/chat/completions//',
    '/v1/chat/completions?model=big',
    '/v1/chat/completions%3Fx',
    '/v1/chat/completions%20',
    '/v1/chat/completions;x=1',
    '/v1/chat\\completions',
    '/v1/chat/completions%23',
    '/v1/%2e/chat/completions',
    '/v1/%2e%2e/v1/chat/completions',
    '/V1/chat/completions',
    '/v1/chat/Completions',
    '/v1/chat/completions#x',
    '/v1/chat%252Fcompletions',
    '/v1/chat/completions%00',
  ])('%s reaches no model unmetered', async (path) => {
    const before = reached();
    const seen = system.records.length;
    const status = await rawPost(path);
    await sleep(50);
    if (reached() === before) {
      expect(status).toBeGreaterThanOrEqual(400);
      return;
    }
    // It went through: either as a metered request, or under a path that no backend serves.
    expect(reached()).toBe(before + 1);
    const arrived = system.backends.small.requests.at(-1)?.path ?? '';
    const metered = system.records.length - seen;
    expect([arrived, metered]).toEqual(
      canonical(arrived) === '/v1/chat/completions' ? [arrived, 1] : [arrived, 0],
    );
  });

  /** A path as a lenient server reads it: decoded once, without empty and dot segments. */
  function canonical(path: string): string {
    const [plain = ''] = path.split(/[?#]/);
    const segments: string[] = [];
    for (const segment of decodeURIComponent(plain).split(/[/\\]/)) {
      if (segment === '..') segments.pop();
      else if (segment !== '' && segment !== '.') segments.push(segment);
    }
    return `/${segments.join('/')}`;
  }

  /** Sends the path as it is; Node's client would tidy it up. Resolves with the status. */
  async function rawPost(path: string): Promise<number> {
    const body = JSON.stringify({ model: 'small', messages });
    const { hostname, port } = new URL(system.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      [
        `POST ${path} HTTP/1.1`,
        'host: router',
        'connection: close',
        'content-type: application/json',
        `content-length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return Number(Buffer.concat(chunks).toString('latin1').split(' ')[1]);
  }

  test('the list of models has the shape of OpenAI', async () => {
    const reply = await send({ url: `${system.url}/v1/models` });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    const list = reply.json() as { object: string; data: Record<string, unknown>[] };
    expect(list.object).toBe('list');
    expect(list.data.map(({ id }) => id)).toEqual(expect.arrayContaining(['small', 'big', 'auto']));
    for (const model of list.data) {
      expect(model).toMatchObject({ object: 'model', owned_by: expect.any(String) });
      expect(model['created']).toBeGreaterThanOrEqual(0);
      expect(Number.isSafeInteger(model['created'])).toBe(true);
    }
  });
});

describe('invented names', () => {
  const inventing = (name: string): ClientRequest => ({
    url: `${system.url}/v1/chat/completions`,
    headers: { 'x-auth-request-user': `user-${name}`, 'x-auth-request-tier': `tier-${name}` },
    body: { model: `model-${name}`, messages },
  });
  // Series of the process come when it first collects garbage, whatever clients send.
  const labelSets = (page: string): string[] =>
    page
      .split('\n')
      .filter((line) => line !== '' && !/^(#|nodejs_|process_)/.test(line))
      .map((line) => line.slice(0, line.lastIndexOf(' ')))
      .sort();

  test('1,500 models that do not exist add no series', async () => {
    await send(inventing('first'));
    const before = labelSets(await system.metricsPage());
    const errors = 'llm_request_errors_total{model="",reason="model_not_found"}';
    const counted = await system.metric(errors);
    const reachedBefore = reached();
    const seen = system.records.length;
    const { byStatus, broken } = await load({
      request: (index) => inventing(String(index)),
      total: 1500,
      concurrency: 16,
    });
    expect([...byStatus]).toEqual([[400, 1500]]);
    expect(broken).toBe(0);
    expect(await system.metric(errors)).toBe(counted + 1500);
    expect(labelSets(await system.metricsPage())).toEqual(before);
    expect(reached()).toBe(reachedBefore);
    expect(system.records).toHaveLength(seen);
  });
});
