import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  startScriptedApiServer,
  type ScriptedApiServer,
} from '../../test/kit/scripted-api-server.ts';
import type { Endpoint } from './endpoint.ts';
import { Transport } from './transport.ts';

let server: ScriptedApiServer;
let endpoint: Endpoint;
let transport: Transport;

beforeEach(async () => {
  server = await startScriptedApiServer((_seen, response) => {
    response.end('done');
  });
  endpoint = { server: server.url, headers: {}, tls: { ca: server.certificateAuthority } };
  transport = new Transport({
    credentials: { current: () => Promise.resolve(endpoint), renew: () => undefined },
    userAgent: 'test',
    concurrency: 2,
  });
});

afterEach(async () => {
  await transport.close();
  await server.close();
});

const request = { asked: 'ask', method: 'GET', path: '/', idempotent: true } as const;

async function readAll(timeoutMs: number): Promise<string> {
  let text = '';
  for await (const chunk of transport.stream({ ...request, timeoutMs })) {
    text += Buffer.from(chunk).toString();
  }
  return text;
}

test('the body of a stream may take longer than its head', async () => {
  server.script((_seen, response) => {
    response.writeHead(200).flushHeaders();
    setTimeout(() => response.end('late'), 400);
  });
  expect(await readAll(200)).toBe('late');
});

test('the head of a stream may not', async () => {
  server.script(() => undefined);
  await expect(readAll(50)).rejects.toMatchObject({ code: 'timeout' });
});

test('new certificates mean new connections, and what is under way goes on over the old ones', async () => {
  server.script((seen, response) => {
    if (seen.url !== '/slow') response.end('quick');
    else setTimeout(() => response.end('slow'), 100);
  });
  const slow = transport.send({ ...request, path: '/slow', timeoutMs: 5_000 });
  while (server.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  endpoint = { ...endpoint, tls: { ...endpoint.tls, servername: 'localhost' } };
  await expect(transport.send({ ...request, timeoutMs: 5_000 })).resolves.toMatchObject({
    body: 'quick',
  });
  await expect(slow).resolves.toMatchObject({ body: 'slow' });
  expect(server.connections()).toBe(2);
});

test('an address that is none leaves the connections that there are alone', async () => {
  const good = endpoint;
  await transport.send({ ...request, timeoutMs: 5_000 });
  endpoint = { ...good, server: 'https://:' };
  const bad = transport.send({ ...request, idempotent: false, timeoutMs: 5_000 });
  await expect(bad).rejects.toMatchObject({ code: 'unreachable' });
  endpoint = good;
  await expect(transport.send({ ...request, timeoutMs: 5_000 })).resolves.toMatchObject({
    body: 'done',
  });
});

test('a call whose turn does not come in time says so', async () => {
  server.script(() => undefined);
  const waiting = [1, 2].map(() => transport.send({ ...request, timeoutMs: 400 }));
  const late = transport.send({ ...request, timeoutMs: 100 });
  await expect(late).rejects.toThrow('ask: no answer within 100 ms');
  for (const call of waiting) await expect(call).rejects.toMatchObject({ code: 'timeout' });
  expect(server.seen).toHaveLength(2);
});
