import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connect } from 'node:http2';
import {
  frame,
  goawayCode,
  headersFrame,
  ofType,
  preface,
  rawClient,
  requestHeaders,
  resets,
  setting,
  uint32,
} from '../../../test/kit/raw-http2.ts';
import { flags, frameTypes } from './frames.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';

const trailers = encodeHeaders({ 'x-trailer': 'some' });
const { endHeaders, endStream, padded, priority, ack } = flags;

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

test('malformed requests and trailers are refused, and what they kept in the table stays', async () => {
  const client = rawClient();
  // A header that is kept, in a request that is none; then one that refers to it.
  const kept = Buffer.from('40 03 78 2d 61 01 62'.replaceAll(' ', ''), 'hex');
  const whole = Buffer.concat([headersFrame(3).subarray(9), Buffer.from([0xbe])]);
  client.send(
    frame('headers', { streamId: 1, flags: endHeaders, payload: kept }),
    frame('headers', { streamId: 3, flags: endHeaders, payload: whole.subarray(1) }),
    // Headers of a request are no trailers.
    headersFrame(3, endHeaders | endStream),
    headersFrame(5),
  );
  expect(await resets(client)).toEqual({ 1: 1, 3: 1 });
  expect(client.streams.map(({ headers }) => headers.at(-1))).toEqual([
    'x-a: b',
    ':path: /some/method',
  ]);
});

test('an announcement ends with its connection, and is not made twice', async () => {
  const client = rawClient();
  await client.frames();
  const closing = client.connection.close();
  client.socket.destroy();
  client.connection.destroy();
  await closing;
  await client.connection.close();
  expect(client.closed()).toBe(1);
});

test('a client that does not answer in time is given up, one that answers is not', async () => {
  const silent = rawClient();
  const lively = rawClient();
  for (const client of [silent, lively]) {
    client.send(headersFrame(1));
    await client.frames();
  }
  const asked = [silent, lively].map((client) => client.connection.askForLife(20));
  const [question] = ofType(await lively.frames(), 'ping');
  lively.send(frame('ping', { flags: ack, payload: question?.payload ?? Buffer.alloc(8) }));
  await Promise.all(asked);
  await silent.frames();
  expect(silent.streams[0]?.events).toEqual(['closed']);
  expect(lively.streams[0]?.events).toEqual([]);
});
