import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connect } from 'node:http2';
import {
  frame,
  headersFrame,
  preface,
  rawClient,
  requestHeaders,
  uint32,
  type RawClient,
} from '../../../test/kit/raw-http2.ts';
import { flags, frameTypes, type Frame } from './frames.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';

const trailers = encodeHeaders({ 'x-trailer': 'some' });
const { endHeaders, endStream, padded, priority, ack } = flags;

const ofType = (frames: readonly Frame[], type: keyof typeof frameTypes): readonly Frame[] =>
  frames.filter((one) => one.type === frameTypes[type]);

/** The code of the GOAWAY that came; undefined when none did. */
async function goawayCode(client: RawClient): Promise<number | undefined> {
  return ofType(await client.frames(), 'goaway')
    .at(-1)
    ?.payload.readUInt32BE(4);
}

/** Codes of the streams that were reset, by their ids. */
async function resets(client: RawClient): Promise<Readonly<Record<number, number>>> {
  const frames = ofType(await client.frames(), 'rstStream');
  return Object.fromEntries(
    frames.map(({ streamId, payload }) => [streamId, payload.readUInt32BE()]),
  );
}

const setting = (id: number, value: number): Buffer => {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(id);
  payload.writeUInt32BE(value, 2);
  return frame('settings', { payload });
};

test('a client is greeted, answered and served', async () => {
  const client = rawClient();
  const pingPayload = Buffer.from('12345678');
  client.send(frame('ping', { payload: pingPayload }), headersFrame(1));
  client.send(frame('data', { streamId: 1, payload: Buffer.from('hello') }));
  const frames = await client.frames();
  expect(frames[0]?.type).toBe(frameTypes.settings);
  expect(ofType(frames, 'settings').map((one) => one.flags)).toEqual([0, ack]);
  expect(ofType(frames, 'windowUpdate')[0]?.payload).toEqual(uint32(16_777_216 - 65_535));
  expect(ofType(frames, 'ping')).toEqual([
    { type: frameTypes.ping, flags: ack, streamId: 0, payload: pingPayload },
  ]);
  const [told] = client.streams;
  expect(told?.headers).toEqual([':method: POST', ':scheme: http', ':path: /some/method']);
  expect([told?.data.toString(), told?.events]).toEqual(['hello', []]);
  told?.stream.respond(encodeHeaders({ ':status': '200' }));
  expect(told?.stream.write([Buffer.from('wor'), Buffer.from('ld')])).toBe(true);
  told?.stream.end(encodeHeaders({ 'grpc-status': '0' }));
  client.send(frame('data', { streamId: 1, flags: endStream }));
  const answer = (await client.frames()).filter(({ streamId }) => streamId === 1);
  expect(answer.map((one) => [one.type, one.flags])).toEqual([
    [frameTypes.headers, endHeaders],
    [frameTypes.data, 0],
    [frameTypes.headers, endHeaders | endStream],
  ]);
  expect(answer[1]?.payload.toString()).toBe('world');
  expect(told?.events).toEqual(['closed']);
});

describe('what leaves no common view of the connection ends it, and every stream once', () => {
  const short = (length: number): Buffer => Buffer.alloc(length);
  test.each<[string, number, readonly Buffer[]]>([
    ['SETTINGS of a wrong length', 6, [frame('settings', { payload: short(5) })]],
    [
      'an answer to SETTINGS that says something',
      6,
      [frame('settings', { flags: ack, payload: short(6) })],
    ],
    ['SETTINGS of a stream', 1, [frame('settings', { streamId: 1 })]],
    ['a window beyond all bounds', 3, [setting(4, 2 ** 31)]],
    ['a PING of a wrong length', 6, [frame('ping', { payload: short(7) })]],
    ['a PING of a stream', 1, [frame('ping', { streamId: 1, payload: short(8) })]],
    ['a WINDOW_UPDATE of a wrong length', 6, [frame('windowUpdate', { payload: short(3) })]],
    ['a connection window that does not grow', 1, [frame('windowUpdate', { payload: uint32(0) })]],
    [
      'a connection window beyond all bounds',
      3,
      [frame('windowUpdate', { payload: uint32(2 ** 31 - 1) })],
    ],
    ['RST_STREAM of a wrong length', 6, [frame('rstStream', { streamId: 1, payload: short(3) })]],
    ['RST_STREAM before its stream', 1, [frame('rstStream', { streamId: 3, payload: short(4) })]],
    ['DATA before its stream', 1, [frame('data', { streamId: 3, payload: short(4) })]],
    ['DATA of no stream', 1, [frame('data', { payload: short(4) })]],
    [
      'a WINDOW_UPDATE before its stream',
      1,
      [frame('windowUpdate', { streamId: 3, payload: uint32(1) })],
    ],
    ['HEADERS of no stream', 1, [headersFrame(0)]],
    ['HEADERS of an even stream', 1, [headersFrame(2)]],
    [
      'HEADERS that are too short',
      6,
      [frame('headers', { streamId: 3, flags: priority | endHeaders, payload: short(4) })],
    ],
    [
      'padding longer than HEADERS',
      1,
      [frame('headers', { streamId: 3, flags: padded | endHeaders, payload: Buffer.from([9, 1]) })],
    ],
    [
      'padding longer than DATA',
      1,
      [frame('data', { streamId: 1, flags: padded, payload: Buffer.from([2, 1]) })],
    ],
    ['CONTINUATION of nothing', 1, [frame('continuation', { streamId: 1, flags: endHeaders })]],
    [
      'CONTINUATION of another stream',
      1,
      [headersFrame(3, 0), frame('continuation', { streamId: 1 })],
    ],
    ['a PING within headers', 1, [headersFrame(3, 0), frame('ping', { payload: short(8) })]],
    ['DATA within headers', 1, [headersFrame(3, 0), frame('data', { streamId: 1 })]],
    [
      'headers without end',
      11,
      [
        headersFrame(3, 0),
        ...Array.from({ length: 8_000 }, () => frame('continuation', { streamId: 3 })),
      ],
    ],
    [
      'a malformed header block',
      9,
      [frame('headers', { streamId: 3, flags: endHeaders, payload: Buffer.from([0x80]) })],
    ],
    ['PUSH_PROMISE', 1, [frame('pushPromise', { streamId: 1, payload: short(8) })]],
    ['a frame that is too long', 6, [Buffer.from([0, 0x40, 1, 6, 0, 0, 0, 0, 0])]],
  ])('%s', async (_, code, pieces) => {
    const client = rawClient();
    client.send(headersFrame(1));
    client.send(...pieces);
    expect(await goawayCode(client)).toBe(code);
    expect(client.streams.map(({ events }) => events)).toEqual([['closed']]);
    expect(client.closed()).toBe(1);
    // Nothing is looked at any more.
    client.send(headersFrame(5));
    await client.frames();
    expect(client.streams).toHaveLength(1);
  });

  test.each([
    ['HTTP/1.1', Buffer.from('GET / HTTP/1.1\r\nhost: here\r\n\r\n')],
    ['no settings', Buffer.concat([preface, frame('ping', { payload: Buffer.alloc(8) })])],
  ])('a client that begins with %s', async (_, bytes) => {
    const client = rawClient({ greets: false });
    client.send(bytes);
    expect(await goawayCode(client)).toBe(1);
    expect(client.closed()).toBe(1);
  });

  test('too many resets', async () => {
    const client = rawClient();
    const reset = frame('rstStream', { streamId: 1, payload: Buffer.alloc(4) });
    client.send(headersFrame(1));
    client.send(...Array.from({ length: 120_000 }, () => reset));
    expect(await goawayCode(client)).toBe(11);
  });
});

test('what is wrong with one stream resets that and no other', async () => {
  const client = rawClient();
  client.send(...[1, 3, 5, 7, 9, 11].map((streamId) => headersFrame(streamId)));
  await client.frames();
  client.streams[3]?.stream.pause();
  client.send(
    headersFrame(1),
    frame('windowUpdate', { streamId: 3, payload: uint32(0) }),
    frame('windowUpdate', { streamId: 5, payload: uint32(2 ** 31 - 1) }),
    frame('data', { streamId: 11, flags: endStream }),
    frame('data', { streamId: 11, payload: Buffer.from('more') }),
    // A setting makes all windows smaller, also below zero, and that is no mistake.
    setting(4, 0),
  );
  const piece = frame('data', { streamId: 7, payload: Buffer.alloc(16_384) });
  client.send(...Array.from({ length: 65 }, () => piece));
  client.send(frame('data', { streamId: 9, payload: Buffer.from('fine') }));
  expect(await resets(client)).toEqual({ 1: 1, 3: 1, 5: 3, 7: 3, 11: 5 });
  expect(client.streams.map(({ events }) => events.at(-1))).toEqual([
    ...['closed', 'closed', 'closed', 'closed', undefined, 'closed'],
  ]);
  expect(client.streams[4]?.data.toString()).toBe('fine');
});

test('what comes for a stream that is over was on its way, and is no mistake', async () => {
  const client = rawClient();
  client.send(headersFrame(1));
  await client.frames();
  client.streams[0]?.stream.reset(2);
  const late = { streamId: 1, payload: uint32(8) };
  client.send(frame('data', late), frame('windowUpdate', late), frame('rstStream', late));
  client.send(headersFrame(1, endHeaders | endStream), headersFrame(3));
  expect(await goawayCode(client)).toBeUndefined();
  expect(client.streams).toHaveLength(2);
});

test('unknown frames, priorities, trailers and padding are taken', async () => {
  const block = encodeHeaders({ ...requestHeaders, ':path': '/x' });
  const payload = Buffer.concat([Buffer.from([3]), Buffer.alloc(5), block, Buffer.alloc(3)]);
  const client = rawClient();
  const unknown = frame('ping');
  unknown[0] = 0;
  unknown[3] = 200;
  client.send(
    unknown,
    frame('headers', { streamId: 1, flags: padded | priority | endHeaders, payload }),
    frame('priority', { streamId: 1, payload: Buffer.alloc(5) }),
    frame('data', { streamId: 1, flags: padded, payload: Buffer.from([2, 0x68, 0x69, 0, 0]) }),
    frame('headers', { streamId: 1, flags: endHeaders | endStream, payload: trailers }),
  );
  expect(await goawayCode(client)).toBeUndefined();
  const [told] = client.streams;
  expect([told?.headers, told?.data.toString(), told?.events]).toEqual([
    [':method: POST', ':scheme: http', ':path: /x'],
    'hi',
    ['ended'],
  ]);
});

test("headers of Node's client are read as it meant them", async () => {
  const token = fc.string({
    unit: fc.constantFrom(...Array.from('abcz-019')),
    minLength: 1,
    maxLength: 20,
  });
  const value = fc.string({ unit: fc.constantFrom(...Array.from('abcz-019 %/=é')), maxLength: 60 });
  const lists = fc.array(fc.array(fc.tuple(token, value), { maxLength: 8 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(lists, async (given) => {
      const client = rawClient({ greets: false, reads: false });
      const session = connect('http://server', { createConnection: () => client.socket });
      session.on('error', () => undefined);
      for (const fields of given) {
        const more = Object.fromEntries(fields.map(([name, text]) => [`x-${name}`, text.trim()]));
        session.request({ ':path': '/m', ...more }).on('error', () => undefined);
      }
      for (let turn = 0; turn < 20 && client.streams.length < given.length; turn += 1) {
        await new Promise(setImmediate);
      }
      session.destroy();
      expect(
        client.streams.map(({ headers }) => headers.filter((one) => one.startsWith('x-'))),
      ).toEqual(
        given.map((fields) => {
          const more = new Map(fields.map(([name, text]) => [`x-${name}`, text.trim()]));
          return [...more].map(([name, text]) => `${name}: ${text}`);
        }),
      );
    }),
    { numRuns: 60 },
  );
});

test('wherever bytes are cut, streams get the same', async () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(payloads, fc.array(fc.nat(), { maxLength: 20 }), async (sent, cuts) => {
      const bytes = Buffer.concat([
        ...[preface, frame('settings'), headersFrame(1, 0)],
        frame('continuation', { streamId: 1, flags: endHeaders }),
        ...sent.map((payload) => frame('data', { streamId: 1, payload: Buffer.from(payload) })),
        frame('data', { streamId: 1, flags: endStream }),
      ]);
      const client = rawClient({ greets: false });
      const places = [0, ...cuts.map((cut) => cut % bytes.length), bytes.length];
      places.sort((left, right) => left - right);
      for (const [index, end] of places.slice(1).entries()) {
        client.send(bytes.subarray(places[index], end));
        await new Promise(setImmediate);
      }
      await client.frames();
      const [told] = client.streams;
      expect(told?.data).toEqual(Buffer.concat(sent));
      expect(told?.events).toEqual(['ended']);
    }),
    { numRuns: 60 },
  );
});

test('whatever comes, it is an answer or an end, and no crash', async () => {
  const anyFrame = fc
    .record({
      type: fc.constantFrom(...(Object.keys(frameTypes) as (keyof typeof frameTypes)[])),
      flags: fc.constantFrom(0, 1, 4, 5, 8, 32, 255),
      streamId: fc.constantFrom(0, 1, 2, 3, 5),
      payload: fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes)),
    })
    .map(({ type, ...given }) => frame(type, given));
  await fc.assert(
    fc.asyncProperty(fc.array(anyFrame, { maxLength: 20 }), async (frames) => {
      const client = rawClient();
      client.send(headersFrame(1), ...frames);
      await client.frames();
      client.connection.destroy();
      await client.frames();
      const endings = client.streams.map(({ events }) => events.filter((one) => one === 'closed'));
      expect(endings.every((one) => one.length === 1)).toBe(true);
      expect(client.closed()).toBe(1);
    }),
    { numRuns: 300 },
  );
});

test('an end is announced, takes what was on its way, and comes with the last stream', async () => {
  const client = rawClient();
  client.send(headersFrame(1));
  await client.frames();
  const closing = client.connection.close();
  const [first] = ofType(await client.frames(), 'goaway');
  expect([first?.payload.readUInt32BE(), first?.payload.readUInt32BE(4)]).toEqual([2 ** 31 - 1, 0]);
  client.send(headersFrame(3));
  const [asked] = ofType(await client.frames(), 'ping');
  client.send(frame('ping', { flags: ack, payload: asked?.payload ?? Buffer.alloc(8) }));
  await closing;
  const second = ofType(await client.frames(), 'goaway').at(-1);
  expect(second?.payload.readUInt32BE()).toBe(3);
  client.send(headersFrame(5), frame('data', { streamId: 5, payload: Buffer.from('late') }));
  await client.frames();
  expect(client.streams).toHaveLength(2);
  expect(client.closed()).toBe(0);
  for (const streamId of [1, 3]) client.send(frame('rstStream', { streamId, payload: uint32(8) }));
  await client.frames();
  expect(client.closed()).toBe(1);
});

test('a client that asks and reads no answer is given up', async () => {
  const client = rawClient({ reads: false });
  const asks = Buffer.concat(
    Array.from({ length: 50_000 }, () => frame('ping', { payload: Buffer.alloc(8) })),
  );
  for (let turn = 0; turn < 40 && client.closed() === 0; turn += 1) {
    client.send(asks);
    await client.frames();
  }
  expect(client.closed()).toBe(1);
});
