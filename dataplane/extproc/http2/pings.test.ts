import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { frameHeaderBytes } from './frames.ts';
import { Outbox } from './outbox.ts';
import { Pings } from './pings.ts';

/** Pings, and the payloads that they sent. */
function start(): { readonly pings: Pings; readonly sent: () => Promise<readonly Buffer[]> } {
  const chunks: Buffer[] = [];
  const socket = new PassThrough();
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const sent = async (): Promise<readonly Buffer[]> => {
    await new Promise(setImmediate);
    const bytes = Buffer.concat(chunks);
    const length = frameHeaderBytes + 8;
    return Array.from({ length: bytes.length / length }, (_, index) =>
      bytes.subarray(index * length + frameHeaderBytes, (index + 1) * length),
    );
  };
  return { pings: new Pings(new Outbox(socket)), sent };
}

const later = Symbol('not yet');
const now = <T>(promise: Promise<T>): Promise<T | typeof later> =>
  Promise.race([promise, new Promise<typeof later>((resolve) => setImmediate(resolve, later))]);

test('an answer is one to its own question', async () => {
  const { pings, sent } = start();
  const first = pings.ask(60_000);
  const second = pings.ask(60_000);
  const [one = Buffer.alloc(8), other = Buffer.alloc(8)] = await sent();
  pings.answered(one);
  expect([await now(first), await now(second)]).toEqual([true, later]);
  pings.answered(Buffer.alloc(8, 0xff));
  expect(await now(second)).toBe(later);
  pings.answered(other);
  expect(await second).toBe(true);
});

test('nobody waits longer than the time, or than the connection stands', async () => {
  const { pings } = start();
  expect(await pings.ask(1)).toBe(false);
  const asked = pings.ask(60_000);
  pings.end();
  expect(await asked).toBe(true);
});
