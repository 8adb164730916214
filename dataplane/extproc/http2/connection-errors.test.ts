// What a client does wrong with the connection.
import { describe, expect, test } from '@jest/globals';
import {
  frame,
  goawayCode,
  headersFrame,
  ofType,
  preface,
  rawClient,
  setting,
  uint32,
} from '../../../test/kit/raw-http2.ts';
import { flags } from './frames.ts';

const { endHeaders, padded, priority, ack } = flags;

const rst = (streamId: number): Buffer => frame('rstStream', { streamId, payload: uint32(8) });

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
    ['a PRIORITY of no stream', 1, [frame('priority', { payload: short(5) })]],
    ['a PRIORITY of a wrong length', 6, [frame('priority', { streamId: 1, payload: short(4) })]],
    ['a GOAWAY of a stream', 1, [frame('goaway', { streamId: 1, payload: short(8) })]],
    ['a GOAWAY that is too short', 6, [frame('goaway', { payload: short(7) })]],
    ['a push that is neither allowed nor not', 1, [setting(2, 2)]],
    ['frames shorter than everybody takes', 1, [setting(5, 16_383)]],
    ['frames longer than can be', 1, [setting(5, 2 ** 24)]],
    [
      'a setting that makes the window of a stream too large',
      3,
      [
        frame('windowUpdate', { streamId: 1, payload: uint32(2 ** 31 - 1 - 65_535) }),
        setting(4, 65_536),
      ],
    ],
    ['RST_STREAM of no stream', 1, [frame('rstStream', { payload: short(4) })]],
    ['a stream that begins again', 1, [rst(1), headersFrame(1)]],
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
    ['an answer to settings', Buffer.concat([preface, frame('settings', { flags: ack })])],
    ['no settings', Buffer.concat([preface, frame('ping', { payload: Buffer.alloc(8) })])],
  ])('a client that begins with %s', async (_, bytes) => {
    const client = rawClient({ greets: false });
    client.send(bytes);
    expect(await goawayCode(client)).toBe(1);
    expect(client.closed()).toBe(1);
  });
});

test('a client is told why, in words too', async () => {
  const client = rawClient();
  client.send(headersFrame(1), headersFrame(2));
  const goaway = ofType(await client.frames(), 'goaway')[0]?.payload;
  expect(goaway?.readUInt32BE()).toBe(1);
  expect(goaway?.toString('latin1', 8)).toBe('a client has odd streams');
});
