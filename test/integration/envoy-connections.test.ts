// How our Envoy configuration reaches backends and the router: TLS on every side, a Unix socket.
import { ServerCredentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routerConfigSchema } from '../../config/schema/index.ts';
import { send } from '../kit/client.ts';
import { createAuthority } from '../kit/pki.ts';
import { freePort } from '../kit/ports.ts';
import { configOf, createSurroundings } from '../kit/stubbed-envoy.ts';

const around = createSurroundings();
const { backend, listen, start } = around;
afterEach(() => around.end());

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

test('TLS to a backend is used where its certificate fits the name or the address', async () => {
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

test('TLS to the router, with a certificate on either side', async () => {
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

test('the router may listen on a Unix socket', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'srm-socket-'));
  around.onEnd(() => rm(directory, { recursive: true }));
  const small = await backend();
  const { url, seen } = await start(configOf({ small: small.port }), {
    extProc: { unixSocket: join(directory, 'ext-proc.sock') },
  });
  expect((await send({ url, body: '{"model":"small"}' })).status).toBe(200);
  expect(seen).toHaveLength(2);
});
