// What our Envoy configuration does to requests before and after the router, with a stand-in for the
// router: forged headers, paths, limits, errors, authorization, TLS on every side.
import { ServerCredentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { routerConfigSchema, type RouterConfig } from '../../config/schema/index.ts';
import { send } from '../kit/client.ts';
import { startConfiguredEnvoy, type ConfiguredEnvoy } from '../kit/configured-envoy.ts';
import { startModelServer, type ModelServer } from '../kit/model-server.ts';
import { createAuthority } from '../kit/pki.ts';
import { freePort } from '../kit/ports.ts';
import { startStubRouter, type SeenRequest, type StubAnswer } from '../kit/stub-router.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function backend(): Promise<ModelServer> {
  const server = await startModelServer();
  cleanups.push(() => server.close());
  return server;
}

/** A configuration of models by name, each served by one port of 127.0.0.1, plus `rest`. */
function configOf(models: Readonly<Record<string, number>>, rest: object = {}): RouterConfig {
  return routerConfigSchema.parse({
    default_model: Object.keys(models)[0],
    vllm_endpoints: Object.entries(models).map(([name, port]) => ({
      name,
      address: '127.0.0.1',
      port,
    })),
    model_config: Object.fromEntries(
      Object.keys(models).map((name) => [name, { preferred_endpoints: [name] }]),
    ),
    ...rest,
  });
}

const maas = { maas_integration: { enabled: true, headers: { prefix: 'x-acme-' } } };

interface Started extends ConfiguredEnvoy {
  /** What the router saw of each request, headers first, then body. */
  readonly seen: SeenRequest[];
}

/** Envoy by `config`, before a router that answers with `decide`, by default with the body's model. */
async function start(
  config: RouterConfig,
  given: {
    readonly options?: Partial<EnvoyOptions>;
    readonly decide?: (request: SeenRequest) => StubAnswer;
    readonly extProc?: EnvoyOptions['extProc'];
    readonly credentials?: ServerCredentials;
  } = {},
): Promise<Started> {
  const extProc = given.extProc ?? { host: '127.0.0.1', port: await freePort() };
  const seen: SeenRequest[] = [];
  const router = await startStubRouter({
    address: 'unixSocket' in extProc ? `unix:${extProc.unixSocket}` : `127.0.0.1:${extProc.port}`,
    ...(given.credentials === undefined ? {} : { credentials: given.credentials }),
    onHeaders: (request) => {
      seen.push(request);
      return given.decide?.(request);
    },
    onBody: (request) => {
      seen.push(request);
      return routeByBody(request);
    },
  });
  cleanups.push(() => {
    router.close();
  });
  const started = await startConfiguredEnvoy({
    config,
    extProc,
    ...(given.options === undefined ? {} : { options: given.options }),
  });
  cleanups.push(() => started.stop());
  return { ...started, seen };
}

function routeByBody({ body }: SeenRequest): StubAnswer {
  const text = body.toString();
  const model = /"model":"([^"]*)"/.exec(text)?.[1];
  return model === undefined ? undefined : { setHeaders: { 'x-selected-model': model } };
}

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

describe('the body limit', () => {
  const limit = 200_000;

  test('holds to the byte by HTTP/1.1, with and without a length, and to a window by HTTP/2', async () => {
    const small = await backend();
    const config = configOf({ small: small.port }, { router: { max_request_body_bytes: limit } });
    const { url } = await start(config);
    const fits = Buffer.alloc(limit, 32);
    const exceeds = Buffer.alloc(limit + 1, 32);
    expect((await send({ url, body: fits })).status).toBe(200);
    expect((await send({ url, body: [fits.subarray(0, 7), fits.subarray(7)] })).status).toBe(200);
    expect(await sendByHttp2(url, fits)).toBe(200);
    expect(small.requests.map((request) => request.body.length)).toEqual([limit, limit, limit]);
    const refused = await send({ url, body: exceeds });
    expect(refused.status).toBe(413);
    expect(errorOf(refused.text())).toMatchObject({ code: 'request_too_large', param: null });
    const pieces = [exceeds.subarray(0, 7), exceeds.subarray(7)];
    expect((await send({ url, body: pieces })).status).toBe(413);
    expect(await sendByHttp2(url, Buffer.alloc(2 * limit + 262_144, 32))).toBe(413);
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

describe('TLS', () => {
  const authority = createAuthority('the test authority');
  let directory = '';
  const file = (name: string): string => join(directory, name);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'srm-tls-'));
    await writeFile(file('ca.pem'), authority.certificate);
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function tlsBackend(names: readonly string[]): Promise<number> {
    const { certificate, key } = authority.issue(names);
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      response.end(request.headers.host);
    };
    return listen(createTlsServer({ cert: certificate, key }, answer));
  }

  test('to a backend is used where its certificate fits the name or the address', async () => {
    const endpoint = (name: string, port: number, tls: object): object => ({
      ...{ name, address: '127.0.0.1', port },
      tls: { ca_file: file('ca.pem'), ...tls },
    });
    const plain = await backend();
    const byName = await tlsBackend(['llm.example']);
    const byAddress = await tlsBackend(['127.0.0.1']);
    const config = routerConfigSchema.parse({
      default_model: 'named',
      vllm_endpoints: [
        endpoint('named', byName, { server_name: 'llm.example' }),
        endpoint('addressed', byAddress, {}),
        endpoint('other', byName, { server_name: 'other.example' }),
        endpoint('system', byName, { server_name: 'llm.example', ca_file: undefined }),
        { name: 'plain', address: '127.0.0.1', port: plain.port },
      ],
      model_config: Object.fromEntries(
        ['named', 'addressed', 'other', 'system', 'plain'].map((name) => [
          name,
          { preferred_endpoints: [name] },
        ]),
      ),
    });
    const foreign = createAuthority('somebody else');
    await writeFile(file('system.pem'), foreign.certificate);
    const { url } = await start(config, { options: { systemCaFile: file('system.pem') } });
    const ask = async (model: string): Promise<unknown> => {
      const reply = await send({ url, body: { model } });
      return reply.status === 200 ? reply.text() : reply.status;
    };
    expect(await ask('named')).toBe(`llm.example:${byName}`);
    expect(await ask('addressed')).toBe(`127.0.0.1:${byAddress}`);
    expect(await ask('other')).toBe(503);
    expect(await ask('system')).toBe(503);
    expect(await ask('plain')).toContain('choices');
  });

  test('to the router, with a certificate on either side', async () => {
    const small = await backend();
    const router = authority.issue(['router.example']);
    const client = authority.issue(['envoy.example']);
    await writeFile(file('client.pem'), client.certificate);
    await writeFile(file('client.key'), client.key);
    const pair = {
      cert_chain: Buffer.from(router.certificate),
      private_key: Buffer.from(router.key),
    };
    const credentials = (): ServerCredentials =>
      ServerCredentials.createSsl(Buffer.from(authority.certificate), [pair], true);
    const tls = { caFile: file('ca.pem'), serverName: 'router.example' };
    const clientFiles = { certFile: file('client.pem'), keyFile: file('client.key') };
    const status = async (given: object): Promise<number> => {
      const { url } = await start(configOf({ small: small.port }), {
        credentials: credentials(),
        extProc: { host: '127.0.0.1', port: await freePort(), tls: { ...tls, ...given } },
      });
      return (await send({ url })).status;
    };
    expect(await status({ client: clientFiles })).toBe(200);
    expect(await status({})).toBe(500);
    expect(await status({ client: clientFiles, serverName: 'other.example' })).toBe(500);
  });
});

test('the router may listen on a Unix socket', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'srm-socket-'));
  cleanups.push(() => rm(directory, { recursive: true }));
  const small = await backend();
  const { url, seen } = await start(configOf({ small: small.port }), {
    extProc: { unixSocket: join(directory, 'ext-proc.sock') },
  });
  expect((await send({ url, body: '{"model":"small"}' })).status).toBe(200);
  expect(seen).toHaveLength(2);
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

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanups.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

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
