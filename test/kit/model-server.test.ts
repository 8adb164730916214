import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { load, send, sendSse } from './client.ts';
import {
  chatChunks,
  chatCompletion,
  cutAt,
  jsonReply,
  sseReply,
  sseText,
} from './model-replies.ts';
import { startModelServer, type ModelServer } from './model-server.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer({
    scripts: {
      crlf: sseReply(chatChunks({ usage: null }), { newline: '\r\n', done: false }),
      busy: jsonReply({ error: 'busy' }, { status: 503 }),
    },
  });
});
afterEach(async () => {
  await server.close();
});
const chat = (extra: object = {}): { url: string; body: object } => ({
  url: `${server.url}/v1/chat/completions`,
  body: { model: 'm', messages: [], ...extra },
});

test('by default it completes chats, as event stream where asked', async () => {
  const plain = await send(chat());
  expect(plain.json()).toEqual(chatCompletion({ model: 'm' }));
  const stream = await sendSse(chat({ stream: true }));
  expect(stream.events).toEqual([
    ...chatChunks({ model: 'm' }).map((chunk) => JSON.stringify(chunk)),
    '[DONE]',
  ]);
  expect(server.requests.map(({ json }) => json?.['stream'])).toEqual([undefined, true]);
  expect(server.requests[0]?.body.toString()).toBe(JSON.stringify(chat().body));
});

test('scripts are chosen by queue, header, then model', async () => {
  server.next({ status: 418 });
  expect((await send(chat({ model: 'busy' }))).status).toBe(418);
  expect((await send(chat({ model: 'busy' }))).status).toBe(503);
  const byHeader = await sendSse({ ...chat(), headers: { 'x-script': 'crlf' } });
  expect(byHeader.text()).toBe(
    sseText(chatChunks({ usage: null }), { newline: '\r\n', done: false }),
  );
});

test('bytes are cut where asked, and compressed', async () => {
  server.next({ steps: cutAt('abcdef', [1, 4], 20) });
  const pieces: string[] = [];
  await send(chat(), (chunk) => {
    pieces.push(chunk.toString());
    return undefined;
  });
  expect(pieces).toEqual(['a', 'bcd', 'ef']);
  server.next(jsonReply({ a: 1 }, { encoding: 'gzip' }));
  const zipped = await send(chat());
  expect(gunzipSync(zipped.body).toString()).toBe('{"a":1}');
});

test('trailers follow a chunked body', async () => {
  server.next(sseReply(['x'], { trailers: { 'x-sum': '7' } }));
  expect((await send(chat())).trailers).toEqual({ 'x-sum': '7' });
});

describe('endings', () => {
  test('a finished answer', async () => {
    await send(chat());
    const { how, bytesSent } = await (await server.request(0)).ended;
    expect([how, bytesSent]).toEqual([
      'finished',
      JSON.stringify(chatCompletion({ model: 'm' })).length,
    ]);
  });

  test('a client that leaves after two events', async () => {
    server.next(sseReply(['a', 'b', 'c', 'd'], { gapMs: 30, then: ['hang'] }));
    const reply = await sendSse(chat(), { abortAfter: 2 });
    expect([reply.events, reply.complete]).toEqual([['a', 'b'], false]);
    expect((await (await server.request(0)).ended).how).toBe('aborted');
  });

  test('a reset before the headers, after them, and in the body', async () => {
    server.next({ before: ['reset'] });
    await expect(send(chat())).rejects.toThrow();
    server.next({ steps: ['reset'] });
    expect((await send(chat())).complete).toBe(false);
    server.next({ headers: { 'content-length': '9' }, steps: [{ write: 'abc' }, 'reset'] });
    const cut = await send(chat());
    expect([cut.status, cut.text(), cut.complete]).toEqual([200, 'abc', false]);
  });

  test('a hanging backend is the caller’s timeout', async () => {
    server.next({ before: ['hang'] });
    await expect(send({ ...chat(), timeoutMs: 100 })).rejects.toThrow('within 100 ms');
  });
});

test('load counts what came back', async () => {
  server.next({ before: ['reset'] });
  const result = await load({
    request: (index) => chat({ model: index % 2 === 0 ? 'm' : 'busy' }),
    total: 41,
    concurrency: 4,
  });
  const whole = [...result.byStatus.values()].reduce((a, b) => a + b, 0);
  expect([result.sent, result.broken, whole]).toEqual([41, 1, 40]);
  expect([...result.byStatus.keys()].sort()).toEqual([200, 503]);
});
