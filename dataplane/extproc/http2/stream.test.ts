import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  frame,
  headersFrame,
  rawClient,
  uint32,
  type RawClient,
} from '../../../test/kit/raw-http2.ts';
import { flags, frameTypes } from './frames.ts';
import { encodeHeaders } from './hpack/encode-headers.ts';

const trailers = encodeHeaders({ 'grpc-status': '0' });

/** The bytes of DATA that came for a stream, and whether it was ended behind them. */
async function received(
  client: RawClient,
  streamId: number,
): Promise<{ readonly data: Buffer; readonly ended: boolean; readonly longest: number }> {
  const frames = (await client.frames()).filter((one) => one.streamId === streamId);
  const data = frames.filter(({ type }) => type === frameTypes.data).map(({ payload }) => payload);
  const ended = (frames.at(-1)?.flags ?? 0) & flags.endStream;
  const longest = Math.max(0, ...data.map((payload) => payload.length));
  return { data: Buffer.concat(data), ended: ended !== 0, longest };
}

function windowSetting(size: number): Buffer {
  return frame('settings', { payload: Buffer.concat([Buffer.from([0, 4]), uint32(size)]) });
}

test('no more is sent than the windows allow, and all in the end', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('write' as const), bytes: fc.nat(40_000) }),
    fc.record({ kind: fc.constant('stream' as const), bytes: fc.integer({ min: 1, max: 30_000 }) }),
    fc.record({
      kind: fc.constant('connection' as const),
      bytes: fc.integer({ min: 1, max: 30_000 }),
    }),
    fc.record({ kind: fc.constant('setting' as const), bytes: fc.nat(60_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), fc.nat(60_000), async (steps, initial) => {
      const client = rawClient();
      client.send(windowSetting(initial), headersFrame(1));
      await client.frames();
      const [told] = client.streams;
      const sent: Buffer[] = [];
      // All that was ever allowed and written, and how much of it must have gone by now.
      const all = { stream: initial, connection: 65_535, written: 0 };
      let setting = initial;
      let gone = 0;
      for (const { kind, bytes } of steps) {
        if (kind === 'write') {
          const piece = Buffer.alloc(bytes, sent.length + 1);
          sent.push(piece);
          all.written += bytes;
          told?.stream.write([piece.subarray(0, 100), piece.subarray(100)]);
        } else if (kind === 'setting') {
          all.stream += bytes - setting;
          setting = bytes;
          client.send(windowSetting(bytes));
        } else {
          all[kind] += bytes;
          const streamId = kind === 'stream' ? 1 : 0;
          client.send(frame('windowUpdate', { streamId, payload: uint32(bytes) }));
        }
        // Where a setting took back what had been allowed, more may have gone before.
        gone = Math.max(gone, Math.min(all.stream, all.connection, all.written));
        expect((await received(client, 1)).data.length).toBe(gone);
      }
      told?.stream.end(trailers);
      client.send(frame('windowUpdate', { streamId: 1, payload: uint32(2_000_000) }));
      client.send(frame('windowUpdate', { payload: uint32(2_000_000) }));
      const { data, ended, longest } = await received(client, 1);
      expect(data.equals(Buffer.concat(sent))).toBe(true);
      expect(ended).toBe(true);
      expect(longest).toBeLessThanOrEqual(16_384);
    }),
    { numRuns: 60 },
  );
});

test('whoever writes too much is told, and told again when more is welcome', async () => {
  const client = rawClient();
  client.send(headersFrame(1), headersFrame(3));
  await client.frames();
  const [slow, other] = client.streams;
  const piece = Buffer.alloc(400_000, 'x');
  expect([1, 2, 3].map(() => slow?.stream.write([piece]))).toEqual([true, true, false]);
  expect(slow?.events).toEqual([]);
  client.send(frame('windowUpdate', { payload: uint32(10_000_000) }));
  expect(other?.stream.write([Buffer.from('quick')])).toBe(true);
  expect((await received(client, 3)).data.toString()).toBe('quick');
  client.send(frame('windowUpdate', { streamId: 1, payload: uint32(10_000_000) }));
  expect((await received(client, 1)).data).toHaveLength(1_200_000);
  expect(slow?.events).toEqual(['drained']);
});

test('streams that wait for the connection get their turns', async () => {
  const client = rawClient();
  client.send(windowSetting(1_000_000), headersFrame(1), headersFrame(3));
  await client.frames();
  const [one, other] = client.streams;
  one?.stream.write([Buffer.alloc(65_535)]);
  for (const told of [one, other]) told?.stream.write([Buffer.alloc(100_000)]);
  for (let turn = 0; turn < 4; turn += 1) {
    client.send(frame('windowUpdate', { payload: uint32(1_000) }));
    await client.frames();
  }
  const lengths = [
    (await received(client, 1)).data.length,
    (await received(client, 3)).data.length,
  ];
  expect(lengths).toEqual([65_535 + 2_000, 2_000]);
});

test('a paused stream takes what its window allows and no more, and loses nothing', async () => {
  const client = rawClient();
  client.send(headersFrame(1));
  await client.frames();
  const [told] = client.streams;
  told?.stream.pause();
  const pieces = Array.from({ length: 64 }, (_, index) => Buffer.alloc(16_384, index + 1));
  client.send(...pieces.map((payload) => frame('data', { streamId: 1, payload })));
  client.send(frame('data', { streamId: 1, flags: flags.endStream }));
  const updates = async (): Promise<number> =>
    (await client.frames()).filter(
      (one) => one.type === frameTypes.windowUpdate && one.streamId === 1,
    ).length;
  expect([await updates(), told?.data.length, told?.events]).toEqual([0, 0, []]);
  told?.stream.resume();
  expect(told?.data.equals(Buffer.concat(pieces))).toBe(true);
  expect(told?.events).toEqual(['ended']);
});

test('windows are given back as bytes are read', async () => {
  let read = 0;
  const client = rawClient({
    opened: () => ({
      data: (piece) => {
        read += piece.length;
      },
    }),
  });
  client.send(headersFrame(1));
  const payload = Buffer.alloc(16_384);
  for (let round = 0; round < 40; round += 1) {
    client.send(...Array.from({ length: 32 }, () => frame('data', { streamId: 1, payload })));
    await new Promise(setImmediate);
  }
  const given = (await client.frames()).filter((one) => one.type === frameTypes.windowUpdate);
  const sum = (streamId: number): number =>
    given
      .filter((one) => one.streamId === streamId)
      .reduce((total, one) => total + one.payload.readUInt32BE(), 0);
  const sent = 40 * 32 * payload.length;
  expect(read).toBe(sent);
  expect(sum(1)).toBeGreaterThan(sent - 1_048_576);
  expect(sum(0)).toBeGreaterThan(sent - 16_777_216);
});

test('padding is given back like what it pads, and no more than it', async () => {
  const client = rawClient({ opened: () => ({ data: () => undefined }) });
  client.send(headersFrame(1));
  const payload = Buffer.concat([Buffer.from([255]), Buffer.alloc(100), Buffer.alloc(255)]);
  const padded = frame('data', { streamId: 1, flags: flags.padded, payload });
  client.send(...Array.from({ length: 6_000 }, () => padded));
  const ofStream = async (type: number): Promise<readonly Buffer[]> =>
    (await client.frames())
      .filter((one) => one.type === type && one.streamId === 1)
      .map((one) => one.payload);
  const given = (await ofStream(frameTypes.windowUpdate)).map((bytes) => bytes.readUInt32BE());
  const sum = given.reduce((total, bytes) => total + bytes, 0);
  // All but what stays below half a window.
  expect(6_000 * payload.length - sum).toBeLessThan(524_288);
  client.streams[0]?.stream.pause();
  const piece = frame('data', { streamId: 1, payload: Buffer.alloc(16_384) });
  client.send(...Array.from({ length: 65 }, () => piece));
  expect(await ofStream(frameTypes.rstStream)).toEqual([uint32(3)]);
});

test('whoever has said all reads on, so that a paused stream ends with its client', async () => {
  const client = rawClient();
  client.send(...[1, 3, 5].map((streamId) => headersFrame(streamId)));
  await client.frames();
  const end = (streamId: number): Buffer => frame('data', { streamId, flags: flags.endStream });
  const [before, after, again] = client.streams;
  for (const told of client.streams) told.stream.pause();
  const held = Buffer.from('held');
  client.send(...[1, 3, 5].map((streamId) => frame('data', { streamId, payload: held })), end(1));
  await client.frames();
  for (const told of client.streams) told.stream.end(trailers);
  again?.stream.pause();
  client.send(end(3), end(5));
  await client.frames();
  for (const told of [before, after, again]) expect(told?.events).toEqual(['closed']);
});

test('a stream that waits for its own window holds up no other', async () => {
  const client = rawClient();
  client.send(windowSetting(10), headersFrame(1), headersFrame(3));
  await client.frames();
  const [stuck, other] = client.streams;
  stuck?.stream.write([Buffer.alloc(1_000)]);
  client.send(windowSetting(70_000));
  await client.frames();
  stuck?.stream.write([Buffer.alloc(100_000)]);
  other?.stream.write([Buffer.alloc(1_000)]);
  client.send(frame('windowUpdate', { payload: uint32(6_000) }));
  expect((await received(client, 1)).data).toHaveLength(70_000);
  expect((await received(client, 3)).data).toHaveLength(1_000);
});

test('a stream that is paused again while it catches up goes on later, in order', async () => {
  let pausing = true;
  const client = rawClient({
    opened: (told) => ({
      data: (piece) => {
        told.events.push(piece.toString());
        if (pausing) told.stream.pause();
      },
    }),
  });
  client.send(headersFrame(1));
  for (const text of ['a', 'b', 'c']) {
    client.send(frame('data', { streamId: 1, payload: Buffer.from(text) }));
    await client.frames();
  }
  const [told] = client.streams;
  expect(told?.events).toEqual(['a']);
  told?.stream.resume();
  expect(told?.events).toEqual(['a', 'b']);
  pausing = false;
  told?.stream.resume();
  expect(told?.events).toEqual(['a', 'b', 'c']);
});

test('after its end, or behind a reset, nothing is sent', async () => {
  const client = rawClient();
  client.send(headersFrame(1), headersFrame(3), headersFrame(5));
  await client.frames();
  const [ended, broken, told] = client.streams;
  ended?.stream.end(trailers);
  broken?.stream.reset(2);
  told?.stream.end(trailers, 0);
  for (const one of [ended, broken, told]) {
    one?.stream.respond(trailers);
    expect(one?.stream.write([Buffer.from('more')])).toBe(true);
    one?.stream.end(trailers);
    one?.stream.reset(0);
  }
  const types = async (streamId: number): Promise<number[]> =>
    (await client.frames()).filter((one) => one.streamId === streamId).map(({ type }) => type);
  expect(await types(1)).toEqual([frameTypes.headers, frameTypes.rstStream]);
  expect(await types(3)).toEqual([frameTypes.rstStream]);
  // The client was told all, and that it need say no more.
  expect(await types(5)).toEqual([frameTypes.headers, frameTypes.rstStream]);
});
