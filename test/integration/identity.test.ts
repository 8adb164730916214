// Who pays, through the real Envoy: from an authorization service, from dynamic metadata, from
// filter state; and what a client that lies about it achieves.
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from '../kit/client.ts';
import { startSystem, type System, type SystemOptions } from '../kit/system.ts';

const namespace = 'envoy.filters.http.ext_authz';
const running: { stop(): Promise<void> }[] = [];
let authz: Server | undefined;

afterEach(async () => {
  for (const system of running.splice(0)) await system.stop();
});
afterAll(() => {
  authz?.close();
});

async function start(authentication: object, options: SystemOptions = {}): Promise<System> {
  const system = await startSystem({
    config: { maas_integration: { enabled: true, authentication } },
    ...options,
  });
  running.push(system);
  return system;
}

const forged = {
  'x-auth-request-user': ['mallory', 'admin'],
  'X-Auth-Request-Tier': 'enterprise',
} as const;

async function callerOf(
  system: System,
  headers: Readonly<Record<string, string | readonly string[]>>,
) {
  const seen = system.records.length;
  const reply = await send({
    url: `${system.url}/v1/chat/completions`,
    headers,
    body: { model: 'small', messages: [{ role: 'user', content: 'hi' }] },
  });
  expect(reply.status).toBe(200);
  const record = (await system.waitForRecords(seen + 1)).at(-1);
  const backend = system.backends.small.requests.at(-1);
  expect(Object.keys(backend?.headers ?? {})).not.toContain('x-auth-request-user');
  expect(Object.keys(backend?.headers ?? {})).not.toContain('x-auth-request-tier');
  return record?.caller;
}

const lua = (code: string): object => ({
  name: 'envoy.filters.http.lua',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
    default_source_code: { inline_string: code },
  },
});

test('forged headers are stripped before anybody looks', async () => {
  const system = await start({}, { envoy: { incomingIdentityHeaders: 'strip' } });
  expect(await callerOf(system, forged)).toMatchObject({ user: 'unknown', tier: 'free' });
  const page = await system.metricsPage();
  expect(page).not.toContain('mallory');
  expect(page).not.toContain('enterprise');
  expect(page).toContain('semantic_router_identity_fallback_total{field="user"} 1');
});

test('an authorization service tells who it is, whatever the client says', async () => {
  const service = createServer((request, response) => {
    const key = request.headers.authorization ?? '';
    if (key !== 'Bearer good') response.writeHead(401, { 'content-type': 'application/json' });
    else {
      response.writeHead(200, { 'x-auth-request-user': 'alice', 'x-auth-request-tier': 'premium' });
    }
    response.end(key === 'Bearer good' ? '' : '{"error":{"code":"bad_key"}}');
  });
  authz = service;
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const { port } = service.address() as AddressInfo;
  const envoy = { authz: { host: '127.0.0.1', port }, incomingIdentityHeaders: 'strip' } as const;
  const byHeader = await start({}, { envoy });
  const good = { authorization: 'Bearer good', ...forged };
  expect(await callerOf(byHeader, good)).toMatchObject({
    user: 'alice',
    tier: 'premium',
    userSource: 'headers',
  });
  const refused = await send({
    url: `${byHeader.url}/v1/chat/completions`,
    headers: { authorization: 'Bearer bad', ...forged },
    body: { model: 'small', messages: [] },
  });
  expect([refused.status, refused.json()]).toEqual([401, { error: { code: 'bad_key' } }]);
  expect(byHeader.records).toHaveLength(1);

  const metadata = { namespace, user: 'x-auth-request-user', tier: 'x-auth-request-tier' };
  const byMetadata = await start({ metadata }, { envoy });
  expect(await callerOf(byMetadata, good)).toMatchObject({ user: 'alice', userSource: 'metadata' });
});

test('nested dynamic metadata, as Authorino gives it', async () => {
  const system = await start(
    { metadata: { namespace, user: 'identity.user', tier: 'identity.tier' } },
    {
      filtersBefore: [
        lua(`function envoy_on_request(handle)
          handle:streamInfo():dynamicMetadata():set(
            "${namespace}", "identity", { user = "bob@example.com", tier = "gold", groups = { "a", "b" } })
        end`),
      ],
    },
  );
  expect(await callerOf(system, forged)).toEqual({
    user: 'bob@example.com',
    tier: 'gold',
    userSource: 'metadata',
    tierSource: 'metadata',
  });
});

test('filter state, by attributes', async () => {
  const set = (name: string, value: string): object => ({
    object_key: name,
    factory_key: 'envoy.string',
    format_string: { text_format_source: { inline_string: value } },
  });
  const system = await start(
    { attributes: { user: "filter_state['my.user']", tier: "filter_state['my.tier']" } },
    {
      filtersBefore: [
        {
          name: 'envoy.filters.http.set_filter_state',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config',
            on_request_headers: [set('my.user', 'carol'), set('my.tier', 'silver')],
          },
        },
      ],
    },
  );
  expect(await callerOf(system, forged)).toMatchObject({
    user: 'carol',
    tier: 'silver',
    userSource: 'attributes',
  });
});

test('a local reply of an earlier filter passes and is not billed', async () => {
  const system = await start(
    {},
    {
      filtersBefore: [
        lua(`function envoy_on_request(handle)
          handle:respond({[":status"] = "403", ["x-why"] = "lua"}, "forbidden by lua")
        end`),
      ],
    },
  );
  const reply = await send({ url: `${system.url}/v1/chat/completions`, body: { model: 'small' } });
  expect([reply.status, reply.headers['x-why']]).toEqual([403, 'lua']);
  expect(system.records).toHaveLength(0);
  expect(await system.metricsPage()).not.toContain('semantic_router_requests_total{');
});

test('without identity a request may be refused', async () => {
  const system = await start({ on_missing: 'reject' });
  const reply = await send({ url: `${system.url}/v1/chat/completions`, body: { model: 'small' } });
  expect([reply.status, reply.json()]).toMatchObject([401, { error: { code: 'unauthenticated' } }]);
  expect(system.backends.small.requests).toHaveLength(0);
});
