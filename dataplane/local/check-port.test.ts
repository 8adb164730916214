import { afterEach, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { checkPortIsFree, isReachable } from './check-port.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

async function listen(): Promise<number> {
  const listening = createServer((socket) => socket.destroy());
  server = listening;
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  return (listening.address() as AddressInfo).port;
}

test('a port in use is one sentence with its way out', async () => {
  const port = await listen();
  await expect(
    checkPortIsFree({ host: '127.0.0.1', port, wantedBy: 'Envoy', flag: '--port' }),
  ).rejects.toThrow(
    `Port ${port}, which Envoy needs, is in use by another program; choose another with --port.`,
  );
});

test('a free port is free, and nothing answers there', async () => {
  const port = await listen();
  expect(await isReachable('127.0.0.1', port, 1000)).toBe(true);
  await new Promise((resolve) => server?.close(resolve));
  await checkPortIsFree({ host: '127.0.0.1', port, wantedBy: 'Envoy', flag: '--port' });
  expect(await isReachable('127.0.0.1', port, 1000)).toBe(false);
});
