import { afterEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAskEnvoy } from './ask-envoy.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** Answers with what it was asked; 503 where the path says `ill`. */
async function listening(...where: readonly [string] | readonly [number, string]): Promise<Server> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/ill' ? 503 : 200;
    response.end(`${request.method ?? ''} ${request.url ?? ''}`);
  });
  await new Promise<void>((resolve) => {
    if (where.length === 1) server.listen(where[0], resolve);
    else server.listen(where[0], where[1], resolve);
  });
  ending.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  );
  return server;
}

test('it asks over a socket in the file system', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'srm-ask-'));
  ending.push(() => rm(directory, { recursive: true, force: true }));
  const unixSocket = join(directory, 'admin.sock');
  const ask = createAskEnvoy({ unixSocket });
  expect(await ask('GET', '/stats')).toBeUndefined();
  await listening(unixSocket);
  expect(await ask('GET', '/stats?filter=x')).toBe('GET /stats?filter=x');
  expect(await ask('POST', '/healthcheck/fail')).toBe('POST /healthcheck/fail');
});

test('it asks over TCP, and takes a bad answer for none', async () => {
  const server = await listening(0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  const ask = createAskEnvoy({ host: '127.0.0.1', port });
  expect(await ask('GET', '/stats')).toBe('GET /stats');
  expect(await ask('GET', '/ill')).toBeUndefined();
});
