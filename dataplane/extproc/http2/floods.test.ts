// What a client can do that is right, one by one, and too much.
import { expect, test } from '@jest/globals';
import {
  frame,
  goawayCode,
  headersFrame,
  ofType,
  rawClient,
  setting,
  uint32,
} from '../../../test/kit/raw-http2.ts';
import { flags } from './frames.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';

const { endHeaders, endStream } = flags;
const enhanceYourCalm = 11;

/** Frames of as many streams, in pieces that a socket might bring. */
function* streamIds(count: number): Generator<readonly number[]> {
  for (let first = 0; first < count; first += 1_000) {
    yield Array.from({ length: 1_000 }, (_, index) => 2 * (first + index) + 1);
  }
}

const rst = (streamId: number): Buffer => frame('rstStream', { streamId, payload: uint32(8) });
const noGrowth = (streamId: number): Buffer =>
  frame('windowUpdate', { streamId, payload: uint32(0) });
const malformed = (streamId: number): Buffer => frame('headers', { streamId, flags: endHeaders });

test.each<[string, (streamId: number) => readonly Buffer[]]>([
  ['resets its streams', (streamId) => [headersFrame(streamId), rst(streamId)]],
  ['has us reset its streams', (streamId) => [headersFrame(streamId), noGrowth(streamId)]],
  ['sends malformed requests', (streamId) => [malformed(streamId)]],
])('a client that does nothing but that it %s is sent away', async (_, framesOf) => {
  let running = 0;
  let most = 0;
  const client = rawClient({
    opened: () => {
      running += 1;
      most = Math.max(most, running);
      return { closed: () => (running -= 1) };
    },
  });
  // Some more are earned while these are on their way.
  for (const ids of streamIds(500_000)) {
    client.send(...ids.flatMap(framesOf));
    await new Promise(setImmediate);
    if (client.closed() > 0) break;
  }
  expect(await goawayCode(client)).toBe(enhanceYourCalm);
  expect([client.closed(), running]).toEqual([1, 0]);
  expect(most).toBeLessThanOrEqual(1);
});

test('streams beyond the limit are refused, and no other suffers', async () => {
  const client = rawClient();
  for (const ids of streamIds(11_000)) client.send(...ids.map((id) => headersFrame(id)));
  const refused = ofType(await client.frames(), 'rstStream');
  expect(refused.map(({ streamId }) => streamId)).toEqual(
    Array.from({ length: 1_000 }, (_, index) => 20_001 + 2 * index),
  );
  expect(refused[0]?.payload).toEqual(uint32(7));
  expect(client.streams).toHaveLength(10_000);
  client.send(rst(1), headersFrame(22_001));
  await client.frames();
  expect(client.streams[10_000]?.events).toEqual([]);
});

test('settings may change, and not without end', async () => {
  const client = rawClient();
  const many = (count: number): Buffer[] =>
    Array.from({ length: count }, (_, index) => setting(4, index));
  client.send(headersFrame(1), ...many(90));
  expect(await goawayCode(client)).toBeUndefined();
  client.send(...many(90));
  expect(await goawayCode(client)).toBe(enhanceYourCalm);
});

test('a client that asks and reads no answer is given up', async () => {
  const client = rawClient({ reads: false });
  const asks = Buffer.concat(
    Array.from({ length: 4_000 }, () => frame('ping', { payload: Buffer.alloc(8) })),
  );
  for (let turn = 0; turn < 1_000 && client.closed() === 0; turn += 1) {
    client.send(asks);
    await new Promise(setImmediate);
  }
  expect(client.closed()).toBe(1);
});

test('so is one whose streams all end well', async () => {
  const answer = encodeHeaders({ ':status': '200', 'x-long': 'x'.repeat(300) });
  let answered = 0;
  const client = rawClient({
    reads: false,
    opened: ({ stream }) => {
      answered += 1;
      return {
        ended: () => {
          stream.end(answer);
        },
      };
    },
  });
  for (const ids of streamIds(200_000)) {
    client.send(...ids.map((id) => headersFrame(id, endHeaders | endStream)));
    await new Promise(setImmediate);
    if (client.closed() > 0) break;
  }
  expect(client.closed()).toBe(1);
  // 16 MiB of answers, and what was under way.
  expect(answered * answer.length).toBeLessThan(18_000_000);
});

test('a client that allows everything and reads nothing gets no more than a bound', async () => {
  const client = rawClient({ reads: false });
  client.send(setting(4, 2 ** 31 - 1));
  client.send(frame('windowUpdate', { payload: uint32(2 ** 31 - 1 - 65_535) }));
  client.send(headersFrame(1), headersFrame(3));
  await client.frames();
  const [one, other] = client.streams;
  const piece = Buffer.alloc(1_000);
  const written = async (stream: typeof one): Promise<number> => {
    let bytes = piece.length;
    while (stream?.stream.write([piece]) === true && bytes < 50_000_000) {
      bytes += piece.length;
      if (bytes % 64_000 === 0) await new Promise(setImmediate);
    }
    return bytes;
  };
  // A megabyte for the connection, and one for each stream.
  expect(await written(one)).toBeLessThan(2_500_000);
  expect(await written(other)).toBeLessThan(1_500_000);
  expect(client.closed()).toBe(0);
  let read = 0;
  client.socket.on('data', (chunk: Buffer) => (read += chunk.length));
  for (let turn = 0; turn < 50; turn += 1) await client.frames();
  expect(read).toBeGreaterThan(2_900_000);
  expect([one?.events, other?.events]).toEqual([['drained'], ['drained']]);
});
