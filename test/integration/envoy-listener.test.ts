// What our Envoy configuration does to requests before and after the router, with a stand-in for the
// router: forged headers, paths, limits, errors, authorization, the access log.
import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:http2';
import { envoyResources, routesFile } from '../../config/envoy/resources.ts';
import { send } from '../kit/client.ts';
import { freePort } from '../kit/ports.ts';
import { configOf, createSurroundings } from '../kit/stubbed-envoy.ts';

const around = createSurroundings();
const { backend, listen, start } = around;
afterEach(() => around.end());

const maas = { maas_integration: { enabled: true, headers: { prefix: 'x-acme-' } } };

function errorOf(body: string): unknown {
  return (JSON.parse(body) as { error: unknown }).error;
}

describe('headers', () => {
  const forged = {
    'x-selected-model': 'big',
    'x-vsr-selected-model': 'big',
    'X-VSR-Anything': '1',
    'x-acme-decision': 'free-of-charge',
    'X-Auth-Request-User': ['mallory', 'alice'],
    'x-auth-request-tier': 'enterprise',
    'x-envoy-upstream-rq-timeout-ms': '1',
    'x-mine': 'kept',
  };

  test('that a client forged reach neither the router nor the backend', async () => {
    const [small, big] = [await backend(), await backend()];
    const { url, seen } = await start(configOf({ small: small.port, big: big.port }, maas));
    const reply = await send({ url: `${url}/v1/models`, headers: forged });
    expect(reply.status).toBe(200);
    const names = Object.keys(seen[0]?.headers ?? {});
    expect(
      names.filter((name) => /selected-model|x-vsr-|x-acme-|x-auth-request/.test(name)),
    ).toEqual([]);
    expect(seen[0]?.headers['x-mine']).toEqual(['kept']);
    expect(big.requests).toHaveLength(0);
    expect(Object.keys(small.requests[0]?.headers ?? {}).sort()).toEqual(
      expect.arrayContaining(['x-mine', 'x-request-id']),
    );
    expect(Object.keys(small.requests[0]?.headers ?? {}).join()).not.toMatch(
      /selected-model|x-vsr-|x-acme-|x-auth-request|x-envoy-upstream/,
    );
  });

  test('of a trusted gateway reach the router and not the backend', async () => {
    const small = await backend();
    const { url, seen } = await start(configOf({ small: small.port }, maas), {
      options: { incomingIdentityHeaders: 'keep' },
    });
    await send({ url, headers: { 'x-auth-request-user': 'alice', 'x-vsr-decision': 'x' } });
    expect(seen[0]?.headers['x-auth-request-user']).toEqual(['alice']);
    expect(seen[0]?.headers['x-vsr-decision']).toBeUndefined();
    expect(small.requests[0]?.headers['x-auth-request-user']).toBeUndefined();
  });

  test('mean nothing in standalone mode', async () => {
    const small = await backend();
    const { url } = await start(configOf({ small: small.port }));
    await send({ url, headers: { 'x-auth-request-user': 'alice' } });
    expect(small.requests[0]?.headers['x-auth-request-user']).toBe('alice');
  });

  test('an id that came stays, another is made, and the client learns it', async () => {
    const small = await backend();
    const { url } = await start(configOf({ small: small.port }));
    const own = await send({ url, headers: { 'x-request-id': '0198c3a0-aaaa-1000-8000-1' } });
    const made = await send({ url });
    expect(own.headers['x-request-id']).toBe('0198c3a0-aaaa-1000-8000-1');
    expect(small.requests[0]?.headers['x-request-id']).toBe('0198c3a0-aaaa-1000-8000-1');
    expect(made.headers['x-request-id']).toBe(small.requests[1]?.headers['x-request-id']);
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('routes', () => {
  test('lead to the model that the router names, and else to the default one', async () => {
    const [small, big] = [await backend(), await backend()];
    const models = { small: small.port, 'vendor/big model': big.port };
    const { url } = await start(configOf(models));
    await send({ url, body: '{"model":"vendor/big model"}' });
    await send({ url, body: '{"model":"no such model"}' });
    await send({ url, body: 'nothing known' });
    expect(big.requests.map((request) => request.body.toString())).toEqual([
      '{"model":"vendor/big model"}',
    ]);
    expect(small.requests).toHaveLength(2);
    expect(big.requests[0]?.headers['x-selected-model']).toBeUndefined();
    expect(big.requests[0]?.headers.host).toBe(`127.0.0.1:${big.port}`);
  });

  test('see the path that the backend sees', async () => {
    const small = await backend();
    const { url, seen } = await start(configOf({ small: small.port }));
    await getPath(url, '/x/../v1//chat%2F%63ompletions?q=a%2Fb');
    expect(seen[0]?.headers[':path']).toEqual(['/v1/chat/completions?q=a%2Fb']);
    expect(small.requests[0]?.path).toBe('/v1/chat/completions?q=a%2Fb');
  });
});

describe('a body that the router may not even see', () => {
  test('is refused, by HTTP/1.1 to the byte and by HTTP/2 to a window', async () => {
    const small = await backend();
    const config = configOf({ small: small.port }, { router: { max_request_body_bytes: 200_000 } });
    const { url } = await start(config);
    // Beyond the limit that is the router's to hold there is room for what it adds.
    const routes = JSON.stringify(routesFile(envoyResources(config)).content);
    const bound = Number(/"request_body_buffer_limit":(\d+)/.exec(routes)?.[1]);
    expect(bound).toBeGreaterThanOrEqual(200_000);
    const fits = Buffer.alloc(bound, 32);
    const exceeds = Buffer.alloc(bound + 1, 32);
    const chunked = (body: Buffer): Buffer[] => [body.subarray(0, 7), body.subarray(7)];
    expect((await send({ url, body: fits })).status).toBe(200);
    expect((await send({ url, body: chunked(fits) })).status).toBe(200);
    expect(await sendByHttp2(url, fits)).toBe(200);
    expect(small.requests.map((request) => request.body.length)).toEqual([bound, bound, bound]);
    const refused = await send({ url, body: exceeds });
    expect(refused.status).toBe(413);
    expect(errorOf(refused.text())).toMatchObject({ code: 'request_too_large', param: null });
    expect((await send({ url, body: chunked(exceeds) })).status).toBe(413);
    expect(await sendByHttp2(url, Buffer.alloc(2 * bound + 262_144, 32))).toBe(413);
    expect(small.requests).toHaveLength(3);
  });
});

describe('errors', () => {
  test("of Envoy's own are what an OpenAI client reads", async () => {
    const gone = await freePort();
    const config = configOf({ small: gone }, { router: { message_timeout_seconds: 0.2 } });
    const { url } = await start(config, {
      decide: ({ headers }) => headers['x-do']?.[0] as 'fail' | 'hang' | undefined,
    });
    const failing = async (how: string): Promise<unknown> => {
      const reply = await send({ url, headers: { 'x-do': how } });
      expect(reply.headers['content-type']).toBe('application/json');
      return [reply.status, errorOf(reply.text())];
    };
    const message: unknown = expect.any(String);
    const server = { type: 'server_error', param: null, message };
    expect(await failing('fail')).toEqual([500, { ...server, code: 'internal_error' }]);
    expect(await failing('hang')).toEqual([504, { ...server, code: 'timeout' }]);
    const unreachable = await send({ url });
    expect(unreachable.status).toBe(503);
    expect(errorOf(unreachable.text())).toEqual({ ...server, code: 'service_unavailable' });
  });

  test('of the router and of the backend stay as they are', async () => {
    const small = await backend();
    small.next({ status: 503, steps: [{ write: 'from the backend' }] });
    const { url } = await start(configOf({ small: small.port }), {
      decide: ({ headers }) =>
        headers['x-status'] === undefined
          ? undefined
          : { status: Number(headers['x-status'][0]), body: 'as it is', details: 'router_test' },
    });
    for (const status of [200, 400, 413, 500, 503]) {
      const reply = await send({ url, headers: { 'x-status': String(status) } });
      expect([reply.status, reply.text()]).toEqual([status, 'as it is']);
    }
    const reply = await send({ url });
    expect([reply.status, reply.text()]).toEqual([503, 'from the backend']);
  });
});

describe('the authorization service', () => {
  const answers: Readonly<Record<string, readonly [number, Record<string, string>, string]>> = {
    'Bearer good': [200, { 'x-auth-request-user': 'alice', 'x-auth-request-tier': 'gold' }, ''],
    'Bearer bad': [401, { 'content-type': 'application/json' }, '{"error":"not you"}'],
  };

  async function gate(): Promise<number> {
    return listen(
      createServer((request, response) => {
        const [status, headers, body] = answers[String(request.headers.authorization)] ?? [
          500,
          {},
          '',
        ];
        response.writeHead(status, headers).end(body);
      }),
    );
  }

  test('gives the identity by headers, and nobody else does', async () => {
    const small = await backend();
    const { url, seen } = await start(configOf({ small: small.port }, maas), {
      options: { authz: { host: '127.0.0.1', port: await gate() } },
    });
    const headers = { authorization: 'Bearer good', 'x-auth-request-user': 'mallory' };
    expect((await send({ url, headers })).status).toBe(200);
    expect(seen[0]?.headers['x-auth-request-user']).toEqual(['alice']);
    expect(seen[0]?.headers['x-auth-request-tier']).toEqual(['gold']);
    expect(small.requests[0]?.headers['x-auth-request-user']).toBeUndefined();
  });

  test('gives the identity by metadata where the router reads it there', async () => {
    const small = await backend();
    const metadata = {
      namespace: 'envoy.filters.http.ext_authz',
      user: 'x-auth-request-user',
      tier: 'x-auth-request-tier',
    };
    const config = configOf(
      { small: small.port },
      { maas_integration: { enabled: true, authentication: { metadata } } },
    );
    const { url, seen } = await start(config, {
      options: { authz: { host: '127.0.0.1', port: await gate() } },
    });
    await send({ url, headers: { authorization: 'Bearer good' } });
    expect(seen[0]?.metadata[metadata.namespace]).toMatchObject({
      'x-auth-request-user': 'alice',
      'x-auth-request-tier': 'gold',
    });
    expect(seen[0]?.headers['x-auth-request-user']).toBeUndefined();
  });

  test('refuses in its own words, and its failure lets nobody through', async () => {
    const small = await backend();
    const { url } = await start(configOf({ small: small.port }, maas), {
      options: { authz: { host: '127.0.0.1', port: await gate() } },
    });
    const refused = await send({ url, headers: { authorization: 'Bearer bad' } });
    expect([refused.status, refused.text()]).toEqual([401, '{"error":"not you"}']);
    const failed = await send({ url, headers: { authorization: 'Bearer ugly' } });
    expect(failed.status).toBe(503);
    expect(errorOf(failed.text())).toMatchObject({ code: 'service_unavailable' });
    expect(small.requests).toHaveLength(0);
  });
});

test('the access log is one JSON line for each request, without the query', async () => {
  const small = await backend();
  const { url, envoy } = await start(configOf({ small: small.port }));
  await send({ url: `${url}/v1/models?api_key=secret`, headers: { 'x-request-id': 'id-1' } });
  let line: string | undefined;
  while (line === undefined) {
    line = envoy
      .log()
      .split('\n')
      .find((text) => text.startsWith('{') && text.endsWith('}'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(JSON.parse(line)).toMatchObject({
    ...{ request_id: 'id-1', method: 'GET', path: '/v1/models', status: 200, router: null },
    ...{ cluster: 'model:small', upstream: `127.0.0.1:${small.port}`, details: 'via_upstream' },
  });
  expect(envoy.log()).not.toContain('secret');
});

/** Asks for a path as it is: `send` would tidy it up. */
function getPath(url: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { path }, (reply) => {
      reply.resume().once('end', resolve);
    })
      .once('error', reject)
      .end();
  });
}

/** Posts by HTTP/2 with prior knowledge; resolves with the status. */
function sendByHttp2(url: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connect(url);
    session.on('error', reject);
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    let status = 0;
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve(status);
    });
    stream.resume();
    stream.end(body);
  });
}
