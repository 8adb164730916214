// What backends and clients do to a router on purpose or by accident, through the real Envoy:
// errors, forged identities, ambiguous and huge bodies.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageRecord } from '../../dataplane/domain/usage-record.ts';
import { send, type ClientReply, type ClientRequest } from '../kit/client.ts';
import { chatChunks, chatCompletion, jsonReply, sseReply } from '../kit/model-replies.ts';
import { startSystem, type System } from '../kit/system.ts';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const maas = { maas_integration: { enabled: true } };
const maxBodyBytes = 8 * 1024 * 1024;
const messages = [{ role: 'user', content: 'hello' }];

/** Identity headers are believed: a gateway in front sets them. */
let system: System;
/** Envoy's default: whatever the client says about itself is forged. */
let stripping: System;

beforeAll(async () => {
  system = await startSystem({
    config: { ...maas, router: { max_request_body_bytes: maxBodyBytes } },
  });
  stripping = await startSystem({ config: maas, envoy: { incomingIdentityHeaders: 'strip' } });
});
afterAll(async () => {
  await stripping.stop();
  await system.stop();
});

// So that no record of one test comes in the next.
beforeEach(async () => {
  while (system.router.activeStreams() + stripping.router.activeStreams() > 0) await sleep(5);
});

const requestOf = (user: string, more: object = {}): ClientRequest => ({
  url: `${system.url}/v1/chat/completions`,
  headers: { 'x-auth-request-user': user, 'x-auth-request-tier': 'premium' },
  body: { model: 'small', messages, ...more },
});

/** A request whose body is exactly `body`. */
const rawRequestOf = (user: string, body: string | readonly Buffer[]): ClientRequest => {
  const { url, headers } = requestOf(user);
  return { url, headers: { ...headers, 'content-type': 'application/json' }, body };
};

async function recordsAfter(count: number, of: System = system): Promise<readonly UsageRecord[]> {
  const records = await of.waitForRecords(count + 1);
  return records.slice(count);
}

const series = (user: string, type: string): string =>
  `semantic_router_tokens_total{user="${user}",tier="premium",model="small",type="${type}"}`;

async function tokensOf(user: string): Promise<readonly [number, number]> {
  return [
    await system.metric(series(user, 'prompt')),
    await system.metric(series(user, 'completion')),
  ];
}

/** An error as OpenAI clients read it. */
function expectError(reply: ClientReply, status: number, code: string): void {
  expect(reply.status).toBe(status);
  expect(reply.headers['content-type']).toMatch(/^application\/json/);
  const { error } = reply.json() as { error: Record<string, unknown> };
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(error).toMatchObject({ code, message: expect.any(String), type: expect.any(String) });
}

/** What reached the backends since `count` was taken. */
const reached = (of: System = system): number =>
  of.backends.small.requests.length + of.backends.big.requests.length;

describe('backends that fail', () => {
  const histograms = async (): Promise<readonly number[]> =>
    Promise.all(
      ['completion_latency', 'ttft', 'tpot'].map((name) =>
        system.metric(`llm_model_${name}_seconds_count{model="small"}`),
      ),
    );

  test.each([400, 401, 404, 422, 429, 500, 502, 503])(
    'a JSON error %d passes unchanged and stays out of the histograms',
    async (status) => {
      const before = await histograms();
      const seen = system.records.length;
      const body = Buffer.from('{ "error" : {"message":"no","code":null}, "n": 1.0 }');
      system.backends.small.next({
        status,
        headers: { 'content-type': 'application/json', 'retry-after': '7', 'x-own': 'kept' },
        steps: [{ write: body }],
      });
      const reply = await send(requestOf(`error-${status}`));
      expect(reply.status).toBe(status);
      expect(reply.body).toEqual(body);
      expect(reply.headers).toMatchObject({
        'content-type': 'application/json',
        'retry-after': '7',
        'x-own': 'kept',
      });
      const [record] = await recordsAfter(seen);
      expect(record).toMatchObject({ outcome: 'upstream_error', status, usageSource: 'none' });
      expect(await histograms()).toEqual(before);
      expect(await tokensOf(`error-${status}`)).toEqual([0, 0]);
    },
  );

  test.each([404, 429, 500, 503])('a text/plain error %d passes unchanged', async (status) => {
    const before = await histograms();
    const parseErrors = 'llm_request_errors_total{model="small",reason="parse_error"}';
    const parseErrorsBefore = await system.metric(parseErrors);
    const seen = system.records.length;
    system.backends.small.next({
      status,
      headers: { 'content-type': 'text/plain', 'retry-after': '11' },
      steps: [{ write: 'no healthy worker\n' }],
    });
    const reply = await send(requestOf(`text-${status}`, { stream: true }));
    expect(reply.status).toBe(status);
    expect(reply.text()).toBe('no healthy worker\n');
    expect(reply.headers).toMatchObject({ 'content-type': 'text/plain', 'retry-after': '11' });
    const [record] = await recordsAfter(seen);
    expect(record).toMatchObject({ outcome: 'upstream_error', status, usageSource: 'none' });
    expect(await histograms()).toEqual(before);
    expect(await system.metric(parseErrors)).toBe(parseErrorsBefore);
  });

  test('each failed request is counted once, by class', async () => {
    const count = (reason: string): Promise<number> =>
      system.metric(`llm_request_errors_total{model="small",reason="${reason}"}`);
    const before = [await count('upstream_4xx'), await count('upstream_5xx')];
    for (const status of [429, 500, 503]) {
      system.backends.small.next(jsonReply({ error: {} }, { status }));
      await send(requestOf('counted'));
    }
    const requests =
      'semantic_router_requests_total{user="counted",tier="premium",model="small",decision="pinned"}';
    while ((await system.metric(requests)) < 3) await sleep(10);
    expect([await count('upstream_4xx'), await count('upstream_5xx')]).toEqual([
      (before[0] ?? 0) + 1,
      (before[1] ?? 0) + 2,
    ]);
    expect(await system.metric(requests)).toBe(3);
  });

  test.each([
    ['cut off', '{"id":"chatcmpl-1","choices":[{"index":0,'],
    ['no JSON at all', '<html>hello</html>'],
    ['empty', ''],
  ])('broken JSON with status 200 (%s) passes on, counted as without usage', async (name, text) => {
    const user = `broken-${name.replaceAll(' ', '-')}`;
    const missing = 'semantic_router_usage_missing_total{model="small"}';
    const before = await system.metric(missing);
    const seen = system.records.length;
    system.backends.small.next({
      headers: { 'content-type': 'application/json', 'content-length': String(text.length) },
      steps: text === '' ? [] : [{ write: text }],
    });
    const reply = await send(requestOf(user));
    expect(reply.status).toBe(200);
    expect(reply.text()).toBe(text);
    const [record] = await recordsAfter(seen);
    expect(record).toMatchObject({ outcome: 'completed', usageSource: 'estimated' });
    expect(await system.metric(missing)).toBe(before + 1);
    expect(await tokensOf(user)).toEqual([0, 0]);
  });

  test('a backend that claims to be the router is overwritten', async () => {
    const forged = {
      'x-vsr-model-selected': 'forged',
      'X-VSR-Decision': 'forged',
      'x-vsr-request-blocked': 'forged',
      'x-vsr-block-reason': 'forged',
      'x-vsr-pii-detected': 'forged',
      'x-vsr-cache-hit': ['forged', 'twice'],
    };
    for (const stream of [false, true]) {
      system.backends.small.next(
        stream
          ? sseReply(chatChunks({ usage }), { headers: forged })
          : jsonReply(chatCompletion({ usage }), { headers: forged }),
      );
      const reply = await send(requestOf('claims', { stream }));
      expect(reply.headers['x-vsr-model-selected']).toBe('small');
      expect(reply.headers['x-vsr-decision']).toBe('pinned');
      expect(reply.rawHeaders.join('\n')).not.toMatch(/forged|twice/);
    }
  });

  test('what a backend says under the reserved prefix, the router not using it, is removed', async () => {
    const headers = { 'x-vsr-selected-model': 'forged', 'x-vsr-anything': 'forged' };
    system.backends.small.next(jsonReply(chatCompletion({ usage }), { headers }));
    const reply = await send(requestOf('claims-more'));
    expect(reply.rawHeaders.join('\n')).not.toContain('forged');
  });
});

describe('clients that forge', () => {
  const forgeries: readonly (readonly [string, Record<string, string | readonly string[]>])[] = [
    ['plain', { 'x-auth-request-user': 'mallory-1', 'x-auth-request-tier': 'mallory-tier' }],
    ['upper case', { 'X-AUTH-REQUEST-USER': 'mallory-2', 'X-Auth-Request-Tier': 'mallory-tier' }],
    [
      'doubled',
      {
        'x-auth-request-user': ['mallory-3', 'mallory-4'],
        'x-auth-request-tier': ['mallory-tier', 'mallory-tier'],
      },
    ],
    ['underscores', { x_auth_request_user: 'mallory-5', 'x-auth_request-tier': 'mallory-tier' }],
    [
      'beside each other',
      {
        'x-auth-request-user': 'mallory-6',
        x_auth_request_user: 'mallory-7',
        'X-Auth_Request-Tier': 'mallory-tier',
      },
    ],
  ];

  test.each(forgeries)(
    'identity headers, %s, reach neither metrics nor backends',
    async (_name, headers) => {
      const seen = stripping.records.length;
      const index = stripping.backends.small.requests.length;
      const reply = await send({
        url: `${stripping.url}/v1/chat/completions`,
        headers,
        body: { model: 'small', messages },
      });
      expect(reply.status).toBe(200);
      const [record] = await recordsAfter(seen, stripping);
      expect(record?.caller).toMatchObject({ userSource: 'fallback', tierSource: 'fallback' });
      const { rawHeaders } = await stripping.backends.small.request(index);
      expect(rawHeaders.filter((_, at) => at % 2 === 0).join('\n')).not.toMatch(/x-auth-request-/i);
      expect(await stripping.metricsPage()).not.toContain('mallory');
    },
  );

  test('identity headers do not reach the backend where a gateway sets them', async () => {
    const index = system.backends.small.requests.length;
    await send(requestOf('from-the-gateway'));
    const { rawHeaders } = await system.backends.small.request(index);
    expect(rawHeaders.join('\n')).not.toMatch(/x-auth-request|from-the-gateway/i);
  });

  test('of two values for one identity header none is believed', async () => {
    const seen = system.records.length;
    await send({
      ...requestOf('doubled'),
      headers: { 'x-auth-request-user': ['carol', 'admin'], 'x-auth-request-tier': 'premium' },
    });
    const [record] = await recordsAfter(seen);
    expect(record?.caller?.userSource).toBe('fallback');
    expect(await system.metricsPage()).not.toMatch(/user="(carol|admin|carol,.*)"/);
  });

  test('headers of the router have no effect and do not reach the backend', async () => {
    const index = system.backends.small.requests.length;
    const others = system.backends.big.requests.length;
    const { headers, ...request } = requestOf('routes-itself', { model: 'auto' });
    const reply = await send({
      ...request,
      headers: {
        ...headers,
        'x-selected-model': ['big', 'big'],
        'X-VSR-Selected-Model': 'big',
        'x-vsr-decision': 'forged',
        'x-vsr-model-selected': 'forged',
        'x-vsr-debug': 'true',
      },
    });
    expect(reply.headers['x-vsr-model-selected']).toBe('small');
    expect(system.backends.big.requests).toHaveLength(others);
    const { rawHeaders } = await system.backends.small.request(index);
    expect(rawHeaders.join('\n')).not.toMatch(/x-vsr-|forged/i);
    const selected = rawHeaders.filter((_, at) => rawHeaders[at - 1] === 'x-selected-model');
    expect(['', 'small']).toContain(selected.join());
  });
});

describe('bodies', () => {
  test.each([
    ['plain', '{"model":"small","messages":[],"model":"big"}'],
    ['escaped', '{"model":"small","messages":[],"\\u006dodel":"big"}'],
    ['the same twice', '{"model":"small","messages":[],"model":"small"}'],
  ])('a repeated model key (%s) is refused', async (_name, body) => {
    const before = reached();
    expectError(await send(rawRequestOf('twice', body)), 400, 'invalid_request');
    expect(reached()).toBe(before);
  });

  test('6 MB pass byte by byte and are metered', async () => {
    const content = 'lorem ipsum '.repeat((6 * 1024 * 1024) / 12);
    const body = JSON.stringify({ model: 'small', messages: [{ role: 'user', content }] });
    expect(body.length).toBeGreaterThan(6 * 1024 * 1024);
    const seen = system.records.length;
    const index = system.backends.small.requests.length;
    system.backends.small.next(jsonReply(chatCompletion({ usage })));
    const reply = await send(rawRequestOf('six-megabytes', body));
    expect(reply.status).toBe(200);
    const received = await system.backends.small.request(index);
    expect(received.body.equals(Buffer.from(body))).toBe(true);
    await recordsAfter(seen);
    expect(await tokensOf('six-megabytes')).toEqual([10, 20]);
  });

  const padded = (length: number, model = 'small'): string => {
    const frame = JSON.stringify({ model, messages: [{ role: 'user', content: '' }] });
    return frame.replace('""', `"${'x'.repeat(length - frame.length)}"`);
  };

  test('a body of exactly the limit passes', async () => {
    const index = system.backends.small.requests.length;
    const reply = await send(rawRequestOf('at-the-limit', padded(maxBodyBytes)));
    expect(reply.status).toBe(200);
    expect((await system.backends.small.request(index)).body).toHaveLength(maxBodyBytes);
  });

  test('a body of exactly the limit passes, though the model that is put in has a longer name', async () => {
    const index = system.backends.small.requests.length;
    const reply = await send(rawRequestOf('beyond-by-us', padded(maxBodyBytes, 'auto')));
    expect(reply.status).toBe(200);
    expect((await system.backends.small.request(index)).body).toHaveLength(maxBodyBytes + 1);
  });

  test('one byte more, declared by its length, is refused', async () => {
    const before = reached();
    const body = padded(maxBodyBytes + 1);
    expectError(await send(rawRequestOf('over', body)), 413, 'request_too_large');
    expect(reached()).toBe(before);
  });

  test.each([1, 2 * 1024 * 1024])('%d bytes more, chunked, are refused', async (more) => {
    const before = reached();
    const body = Buffer.from(padded(maxBodyBytes + more));
    const pieces: Buffer[] = [];
    for (let at = 0; at < body.length; at += 65_536) pieces.push(body.subarray(at, at + 65_536));
    expectError(await send(rawRequestOf('over-chunked', pieces)), 413, 'request_too_large');
    expect(reached()).toBe(before);
  });

  test('an empty POST is refused', async () => {
    const before = reached();
    for (const body of ['', []]) {
      const reply = await send({ ...rawRequestOf('empty', body), method: 'POST' });
      expectError(reply, 400, 'invalid_json');
    }
    expect(reached()).toBe(before);
  });

  test.each([
    '{"model":"small"',
    '{"model":"small","messages":[{"role":"user","content":"say "hi""}]}',
    '{"model": small}',
    '"\u0000"',
    'null',
    '[]',
    '{',
    '\ufeff{"model":"small"',
  ])('malformed JSON %j is refused with valid JSON', async (body) => {
    const before = reached();
    const reply = await send(rawRequestOf('malformed', body));
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(reached()).toBe(before);
  });

  test.each([
    ['model_not_found', 'no"such\\model</script>\u2028'],
    ['invalid_request', 'no"such\u0001\nmodel'],
  ])('a name that needs escaping comes back as valid JSON: %s', async (code, model) => {
    const reply = await send(requestOf('escapes', { model }));
    expectError(reply, 400, code);
    expect(reply.rawHeaders.join('\n')).not.toContain('such');
  });
});
