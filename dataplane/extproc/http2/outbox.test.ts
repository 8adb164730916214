import { expect, test } from '@jest/globals';
import { Duplex } from 'node:stream';
import { Outbox } from './outbox.ts';

/** A socket that takes everything, and what it was given in each write. */
function keepingSocket(): { readonly socket: Duplex; readonly writes: string[] } {
  const writes: string[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      writes.push(chunk.toString());
      done();
    },
  });
  return { socket, writes };
}

test('what is said while something is worked off goes out in one write', () => {
  const { socket, writes } = keepingSocket();
  const outbox = new Outbox(socket);
  outbox.collect(() => {
    outbox.push(Buffer.from('one '));
    outbox.push(Buffer.from('two'));
    expect(writes).toEqual([]);
  });
  expect(writes).toEqual(['one two']);
  outbox.collect(() => undefined);
  expect(writes).toHaveLength(1);
});

test('so does what promises that are settled together lead to', async () => {
  const { socket, writes } = keepingSocket();
  const outbox = new Outbox(socket);
  const settled = Promise.resolve();
  for (const text of ['a', 'b', 'c']) {
    void settled.then(() => {
      outbox.push(Buffer.from(text));
    });
  }
  await new Promise(setImmediate);
  expect(writes).toEqual(['abc']);
});

test('a socket that is gone is not written to', () => {
  const { socket, writes } = keepingSocket();
  const outbox = new Outbox(socket);
  socket.destroy();
  outbox.collect(() => {
    outbox.push(Buffer.from('nobody'));
  });
  expect(writes).toEqual([]);
});
