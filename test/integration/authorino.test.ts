// Who pays, when Envoy asks Authorino: the real Envoy and router, and a stand-in that answers as
// Authorino was seen to answer.
import { afterEach, expect, test } from '@jest/globals';
import { ServerCredentials } from '@grpc/grpc-js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GrpcAuthzService } from '../../config/envoy/options.ts';
import {
  serviceNotFound,
  startAuthorinoStandIn,
  type AuthorinoStandIn,
  type AuthzRequest,
  type AuthzVerdict,
} from '../kit/authorino-stand-in.ts';
import { send, type ClientReply } from '../kit/client.ts';
import { createAuthority } from '../kit/pki.ts';
import { startSystem, type System } from '../kit/system.ts';

const namespace = 'envoy.filters.http.ext_authz';
const byMetadata = {
  on_missing: 'reject',
  metadata: { namespace, user: 'identity.user', tier: 'identity.tier' },
};
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const alice: AuthzVerdict = {
  headers: { 'x-auth-request-user': 'alice', 'x-auth-request-tier': 'premium' },
  identity: { user: 'alice', tier: 'premium' },
};

async function standIn(
  decide: (request: AuthzRequest) => AuthzVerdict,
  credentials?: ServerCredentials,
): Promise<AuthorinoStandIn> {
  const authorino = await startAuthorinoStandIn(decide, credentials);
  cleanups.push(() => {
    authorino.close();
  });
  return authorino;
}

async function start(
  authz: Partial<GrpcAuthzService> & { readonly port: number },
  maas: object = { enabled: true, authentication: byMetadata },
): Promise<System> {
  const system = await startSystem({
    config: { maas_integration: maas },
    envoy: {
      incomingIdentityHeaders: 'strip',
      authz: { protocol: 'grpc', host: '127.0.0.1', hostKey: 'chat.team-a', ...authz },
    },
  });
  cleanups.push(() => system.stop());
  return system;
}

const forged = {
  'x-auth-request-user': ['mallory', 'admin'],
  'X-Auth-Request-Tier': 'enterprise',
} as const;

function ask(
  system: System,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Promise<ClientReply> {
  return send({
    url: `${system.url}/v1/chat/completions`,
    headers: { authorization: 'Bearer sk-1', ...headers },
    body: { model: 'small', messages: [{ role: 'user', content: 'hi' }] },
  });
}

async function expectNothingBilled(system: System): Promise<void> {
  expect(system.records).toHaveLength(0);
  expect(system.backends.small.requests).toHaveLength(0);
  expect(await system.metricsPage()).not.toMatch(/^semantic_router_(requests|tokens)_total\{/m);
}

const ownError = (message: string) => ({
  error: { message, type: 'server_error', param: null, code: 'service_unavailable' },
});

test('user and tier reach the counters by metadata, and forged ones reach nothing', async () => {
  const authorino = await standIn(() => alice);
  const system = await start({ port: authorino.port });
  expect((await ask(system, forged)).status).toBe(200);
  await system.waitForRecords(1);
  expect(system.records[0]?.caller).toEqual({
    ...{ user: 'alice', tier: 'premium', userSource: 'metadata', tierSource: 'metadata' },
  });
  const series = 'semantic_router_requests_total{user="alice",tier="premium",model="small"';
  expect(await system.metricsPage()).toContain(series);
  expect(await system.metricsPage()).not.toMatch(/mallory|admin|enterprise/);
  const names = Object.keys(system.backends.small.requests[0]?.headers ?? {}).join();
  expect(names).not.toMatch(/x-auth-request|authorization/);
});

test('Authorino is told the key and the credentials, not forged headers and not the body', async () => {
  const authorino = await standIn(() => alice);
  const system = await start({ port: authorino.port });
  await ask(system, { ...forged, host: 'another.example' });
  const [request] = authorino.seen;
  expect(request?.contextExtensions).toEqual({ host: 'chat.team-a' });
  expect(request?.headers).toMatchObject({ authorization: 'Bearer sk-1' });
  expect(Object.keys(request?.headers ?? {}).join()).not.toContain('x-auth-request');
  expect([request?.host, request?.bodyBytes]).toEqual(['another.example', 0]);
});

test('every route is asked about, also the one that a client would choose itself', async () => {
  const authorino = await standIn(() => ({ status: 401, headers: {}, body: 'no' }));
  const system = await start({ port: authorino.port });
  for (const headers of [{}, { 'x-selected-model': 'big' }]) {
    const reply = await send({ url: `${system.url}/v1/models`, headers });
    expect([reply.status, reply.text()]).toEqual([401, 'no']);
  }
  expect(authorino.seen.map(({ contextExtensions }) => contextExtensions)).toEqual([
    { host: 'chat.team-a' },
    { host: 'chat.team-a' },
  ]);
});

test('without metadata in its answer there is no identity, whatever headers it set', async () => {
  const authorino = await standIn(() => ({ headers: alice.headers }));
  const system = await start({ port: authorino.port });
  const reply = await ask(system, forged);
  expect([reply.status, reply.json()]).toMatchObject([401, { error: { code: 'unauthenticated' } }]);
  await expectNothingBilled(system);
});

test('headers that it sets are believed where no metadata is configured', async () => {
  const authorino = await standIn(() => alice);
  const system = await start({ port: authorino.port }, { enabled: true });
  expect((await ask(system, forged)).status).toBe(200);
  const [record] = await system.waitForRecords(1);
  expect(record?.caller).toMatchObject({ user: 'alice', tier: 'premium', userSource: 'headers' });
});

test.each([401, 403])('its refusal %d passes as it is and is not billed', async (status) => {
  const headers = {
    'content-type': 'application/json',
    'www-authenticate': 'Bearer realm="semantic-router"',
    'x-ext-auth-reason': 'credential not found',
  };
  const body = `{"error":{"message":"as Authorino wrote it","code":"${status}"}}`;
  const authorino = await standIn(() => ({ status, headers, body }));
  const system = await start({ port: authorino.port });
  const reply = await ask(system);
  expect([reply.status, reply.text()]).toEqual([status, body]);
  expect(reply.headers).toMatchObject(headers);
  await expectNothingBilled(system);
});

test('an AuthConfig that it does not hold (yet) is our outage, not a wrong address', async () => {
  const authorino = await standIn(() => serviceNotFound);
  const system = await start({ port: authorino.port });
  const reply = await ask(system);
  expect([reply.status, reply.json()]).toEqual([
    503,
    ownError('Authorization is not set up here yet.'),
  ]);
  expect(reply.headers['content-type']).toBe('application/json');
  await expectNothingBilled(system);
});

test('a 404 that somebody wrote into an AuthConfig passes as it is', async () => {
  const headers = { 'x-ext-auth-reason': 'Unauthorized' };
  const authorino = await standIn(() => ({ status: 404, headers, body: 'hidden' }));
  const reply = await ask(await start({ port: authorino.port }));
  expect([reply.status, reply.text()]).toEqual([404, 'hidden']);
});

test('nobody gets through while it is down', async () => {
  const authorino = await standIn(() => alice);
  const system = await start({ port: authorino.port });
  authorino.close();
  const reply = await ask(system);
  expect([reply.status, reply.json()]).toEqual([
    503,
    ownError('The authorization service did not answer.'),
  ]);
  await expectNothingBilled(system);
});

test('nor where it does not answer in time', async () => {
  const authorino = await standIn(() => 'hang');
  const system = await start({ port: authorino.port, timeoutSeconds: 0.2 });
  expect((await ask(system)).status).toBe(503);
  await expectNothingBilled(system);
});

test('over TLS only the service that its authority vouches for is asked', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'srm-authorino-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const authority = createAuthority('test authority');
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, authority.certificate);
  const credentials = (name: string): ServerCredentials => {
    const { key, certificate } = authority.issue([name]);
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) };
    return ServerCredentials.createSsl(null, [pair]);
  };
  const right = await standIn(() => alice, credentials('127.0.0.1'));
  expect((await ask(await start({ port: right.port, caFile }))).status).toBe(200);
  const wrong = await standIn(() => alice, credentials('127.0.0.2'));
  const system = await start({ port: wrong.port, caFile });
  expect((await ask(system)).status).toBe(503);
  expect(wrong.seen).toHaveLength(0);
  await expectNothingBilled(system);
});

test('in standalone mode callers are authenticated all the same, and not told apart', async () => {
  const authorino = await standIn(({ headers }) =>
    headers['authorization'] === 'Bearer sk-1'
      ? { headers: {}, identity: { user: 'alice', tier: 'premium' } }
      : { status: 401, headers: {}, body: 'no' },
  );
  const system = await start({ port: authorino.port }, { enabled: false });
  expect((await ask(system, { authorization: 'Bearer guess' })).status).toBe(401);
  expect((await ask(system)).status).toBe(200);
  expect(await system.metricsPage()).not.toContain('alice');
});
