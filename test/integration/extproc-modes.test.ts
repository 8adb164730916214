// Every pair of body modes that the router works in, with a real Envoy: routing by content, event
// streams as they come, all sizes, trailers, answers of our own and of others.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { send, sendSse, type ClientReply } from '../kit/client.ts';
import { denyFilter, identityFilter, type EnvoyModeOptions } from '../kit/envoy-modes.ts';
import { answerOf, type ExchangeNotes, type ExchangeScript } from '../kit/extproc-exchange.ts';
import { startExtProcFixture, type ExtProcFixture } from '../kit/extproc-fixture.ts';
import { chatChunks, chatCompletion, jsonReply, sseReply, sseText } from '../kit/model-replies.ts';

type Modes = Pick<EnvoyModeOptions, 'requestMode' | 'responseMode' | 'allowModeOverride'>;
const buffered: Modes = { requestMode: 'BUFFERED', responseMode: 'STREAMED' };
const modes: readonly (readonly [string, Modes])[] = [
  ['B/B with override', { ...buffered, responseMode: 'BUFFERED', allowModeOverride: true }],
  ['B/S', buffered],
  ['F/F', { requestMode: 'FULL_DUPLEX_STREAMED', responseMode: 'FULL_DUPLEX_STREAMED' }],
  ['F/S', { requestMode: 'FULL_DUPLEX_STREAMED', responseMode: 'STREAMED' }],
  ['B/F', { ...buffered, responseMode: 'FULL_DUPLEX_STREAMED' }],
];
const limit = 2_000_000;
const script: ExchangeScript = {
  maxRequestBodyBytes: limit,
  onRequestHeaders: ({ headers, facts }) => {
    const user = facts.metadata('envoy.filters.http.ext_authz', 'identity.user');
    return headers.get('x-answer') === undefined
      ? undefined
      : { kind: 'answer', answer: answerOf(429, JSON.stringify({ user })) };
  },
  onResponseBody: (chunk) =>
    chunk.includes('REPLACE')
      ? Buffer.from(chunk.toString().replace('REPLACE', 'something longer'))
      : undefined,
};

describe.each(modes)('%s', (_, mode) => {
  let chain: ExtProcFixture;
  let url: string;
  beforeAll(async () => {
    chain = await startExtProcFixture({
      ...mode,
      script,
      bufferBytes: limit,
      filtersBefore: [denyFilter, identityFilter('alice')],
    });
    url = `${chain.url}/v1/chat/completions`;
  });
  afterAll(async () => {
    await chain.stop();
  });
  const lastNotes = (): ExchangeNotes | undefined => chain.book.notes.at(-1);
  /** Sends to the model `big` and returns the answer, and what the backend `big` got. */
  const toBig = async (body: object, headers = {}): Promise<[ClientReply, string]> => {
    const before = chain.big.requests.length;
    const reply = await send({ url, body: { model: 'big', ...body }, headers });
    const [got, ...more] = chain.big.requests.slice(before);
    expect(more).toEqual([]);
    expect(got?.rawHeaders.filter((one) => one === 'x-selected-model')).toHaveLength(1);
    expect(got?.headers).toMatchObject({ 'x-selected-model': 'big' });
    return [reply, got?.body.toString() ?? ''];
  };

  test.each([
    ['2 KB', 2_000],
    ['1 MB', 1_000_000],
  ])('%s are routed by what they say, unchanged or rewritten', async (_size, size) => {
    const pad = 'x'.repeat(size);
    const [reply, body] = await toBig({ pad }, { 'x-secret': '1', 'x-selected-model': 'small' });
    expect(body).toBe(JSON.stringify({ model: 'big', pad }));
    expect(reply.json()).toEqual(chatCompletion({ model: 'big' }));
    expect(chain.big.requests.at(-1)?.headers).not.toHaveProperty('x-secret');
    const [, changed] = await toBig({ pad, rewrite: true });
    expect(JSON.parse(changed)).toEqual({
      ...{ model: 'big', pad, rewrite: true },
      note: 'added by the router',
    });
    const toSmall = await send({ url, body: { model: 'tiny', pad } });
    expect(toSmall.headers['x-routed-to']).toBe('tiny');
    expect(chain.small.requests.at(-1)?.body.length).toBe(size + 25);
  });

  test('a body that is sent piece by piece is whole for us', async () => {
    const text = JSON.stringify({ model: 'big', pad: 'y'.repeat(50_000) });
    const pieces = [text.slice(0, 3), text.slice(3, 30_000), text.slice(30_000)];
    const reply = await send({ url, body: pieces.map((piece) => Buffer.from(piece)) });
    expect(reply.headers['x-routed-to']).toBe('big');
    expect(chain.big.requests.at(-1)?.body.toString()).toBe(text);
  });

  test('requests without a body go their way', async () => {
    for (const method of ['POST', 'GET']) {
      const reply = await send({ url, method, headers: { 'content-length': '0' } });
      expect([reply.status, reply.headers['x-routed-to']]).toEqual([200, 'none']);
      expect(lastNotes()?.requestBody).toEqual(Buffer.alloc(0));
      expect(chain.small.requests.at(-1)?.headers).toMatchObject({ 'x-selected-model': 'none' });
    }
  });

  test('the backend’s copies of our response headers are overwritten', async () => {
    chain.big.next(
      jsonReply({}, { headers: { 'x-routed-to': ['evil', 'worse'], 'x-internal': '1' } }),
    );
    const [reply] = await toBig({});
    expect(reply.headers['x-routed-to']).toBe('big');
    expect(reply.headers).not.toHaveProperty('x-internal');
  });

  test('each event reaches the client before the next one is made', async () => {
    const seen = Array.from({ length: 3 }, () => Promise.withResolvers<undefined>());
    chain.big.next({
      headers: { 'content-type': 'text/event-stream' },
      steps: [
        ...seen.flatMap(({ promise }, index) => [
          { write: `data: ${index}\n\n` },
          { until: promise },
        ]),
        { write: 'data: [DONE]\n\n' },
      ],
    });
    const reply = await sendSse(
      { url, body: { model: 'big', stream: true } },
      {
        onEvent: (_data, index) => {
          seen[index]?.resolve(undefined);
        },
      },
    );
    expect(reply.events).toEqual(['0', '1', '2', '[DONE]']);
    expect(reply.complete).toBe(true);
    const notes = lastNotes();
    expect(Buffer.concat(notes?.chunks ?? []).toString()).toBe(reply.text());
    expect(notes).toMatchObject({ sawLast: true, contentType: 'text/event-stream' });
  });

  test('bodies may be changed on the way, whole or in pieces', async () => {
    chain.big.next(jsonReply({ text: 'REPLACE' }));
    const [json] = await toBig({});
    expect(json.json()).toEqual({ text: 'something longer' });
    chain.big.next(sseReply(['a', 'REPLACE', 'c'], { gapMs: 20 }));
    const sse = await sendSse({ url, body: { model: 'big' } });
    expect(sse.events).toEqual(['a', 'something longer', 'c', '[DONE]']);
  });

  test('trailers of a response arrive, and end it', async () => {
    chain.big.next(sseReply(['a', 'b'], { gapMs: 10, trailers: { 'x-sum': '7' } }));
    const [reply] = await toBig({});
    expect(reply.trailers).toEqual({ 'x-sum': '7' });
    expect(reply.text()).toBe(sseText(['a', 'b']));
    expect(lastNotes()).toMatchObject({ sawLast: true, endings: ['complete'] });
  });

  test('trailers of a request arrive', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { trailer: 'x-sum', 'content-type': 'application/json' };
      const outgoing = httpRequest(url, { method: 'POST', headers, agent: false });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        incoming.resume();
        incoming.on('end', () => {
          resolve(incoming.statusCode);
        });
      });
      outgoing.write('{"model":"big"}');
      outgoing.addTrailers({ 'x-sum': '3' });
      outgoing.end();
    });
    expect(status).toBe(200);
    expect(chain.big.requests.at(-1)?.body.toString()).toBe('{"model":"big"}');
  });

  test.each([204, 304])('an answer without a body ends with its headers: %i', async (status) => {
    chain.big.next({ status });
    const [reply] = await toBig({});
    expect([reply.status, reply.headers['x-routed-to']]).toEqual([status, 'big']);
    expect(lastNotes()).toMatchObject({ status: String(status), endings: ['complete'] });
  });

  test('informational responses are not taken for the answer', async () => {
    const link = '</style.css>; rel=preload';
    chain.big.next({ ...jsonReply({ a: 1 }), before: [{ earlyHints: link }, { waitMs: 20 }] });
    const [reply] = await toBig({}, { expect: '100-continue' });
    expect([reply.status, reply.text()]).toEqual([200, '{"a":1}']);
    expect(lastNotes()).toMatchObject({ status: '200', endings: ['complete'] });
  });

  test('answers of the router itself, at the headers and at the body', async () => {
    const early = await send({ url, body: { model: 'big' }, headers: { 'x-answer': '1' } });
    expect([early.status, early.text()]).toEqual([429, '{"user":"alice"}']);
    const late = await send({ url, body: { model: 'blocked' } });
    expect([late.status, late.text()]).toEqual([403, '{"blocked":1}']);
    expect(late.headers['content-type']).toBe('application/json');
    expect(lastNotes()?.endings).toEqual(['answered']);
  });

  test('a body over the limit is 413, by whomever', async () => {
    const reply = await send({ url, body: { model: 'big', pad: 'x'.repeat(limit) } });
    expect(reply.status).toBe(413);
    if (mode.requestMode === 'BUFFERED') expect(lastNotes()?.status).toBe('413');
    else expect(reply.text()).toBe('{"error":"too large"}');
  });

  test('a local reply of an earlier filter is none of our business', async () => {
    const before = chain.book.notes.length;
    const reply = await send({ url, body: { model: 'big' }, headers: { 'x-deny': '1' } });
    expect([reply.status, reply.text()]).toEqual([401, 'denied']);
    expect(reply.headers).not.toHaveProperty('x-routed-to');
    expect(chain.book.notes).toHaveLength(before);
  });

  test('what passes is neither seen nor changed', async () => {
    const body = { model: 'big', pad: 'z'.repeat(100_000) };
    const reply = await send({ url: `${chain.url}/pass`, body });
    expect(reply.json()).toEqual(chatCompletion({ model: 'big' }));
    expect(chain.small.requests.at(-1)?.body.toString()).toBe(JSON.stringify(body));
    expect(lastNotes()).toMatchObject({ endings: ['complete'], status: undefined, chunks: [] });
  });

  test('a client that leaves and a backend that breaks off cut the exchange', async () => {
    chain.big.next(sseReply(chatChunks(), { gapMs: 5, done: false, then: ['hang'] }));
    await sendSse({ url, body: { model: 'big' } }, { abortAfter: 2 });
    await (
      await chain.big.request(chain.big.requests.length - 1)
    ).ended;
    const arrived = Promise.withResolvers<undefined>();
    chain.big.next(sseReply(['a'], { done: false, then: [{ until: arrived.promise }, 'reset'] }));
    const cut = await sendSse(
      { url, body: { model: 'big' } },
      {
        onEvent: () => {
          arrived.resolve(undefined);
        },
      },
    );
    expect([cut.events, cut.complete]).toEqual([['a'], false]);
    await untilIdle(chain);
    expect(chain.book.notes.slice(-2).map(({ endings }) => endings)).toEqual([['cut'], ['cut']]);
  });

  test('all in all: one ending each, no spurious reply, no stream left', async () => {
    await untilIdle(chain);
    expect(chain.book.notes.filter(({ endings }) => endings.length !== 1)).toEqual([]);
    expect(chain.book.notes.flatMap(({ breaches }) => breaches)).toEqual([]);
    const stats = await chain.envoy.stats('ext_proc.spurious_msgs_received');
    expect([...stats.values()]).toEqual([0]);
    expect(chain.logged).toEqual([]);
  });

  test('facts of the end reach the access log', async () => {
    const lines = await chain.accessLog(chain.book.notes.length + 1);
    const routed = lines.find(({ details }) => details === 'via_upstream');
    expect(routed?.facts).toMatchObject({ model: 'big' });
    expect(lines.find(({ details }) => details === 'test_403')?.facts).toMatchObject({
      model: 'blocked',
    });
    expect(lines.find(({ details }) => details === 'lua_response')?.facts).toBeNull();
  });
});

async function untilIdle(chain: ExtProcFixture): Promise<void> {
  while (chain.server.activeStreams() > 0) await sleep(10);
}

test('S/S is refused, but for what passes', async () => {
  const chain = await startExtProcFixture({ requestMode: 'STREAMED', responseMode: 'STREAMED' });
  try {
    const refused = await send({ url: `${chain.url}/v1/chat/completions`, body: { model: 'big' } });
    expect(refused.status).toBe(500);
    expect(refused.text()).toContain('request_body_mode STREAMED');
    const body = { model: 'big' };
    expect((await send({ url: `${chain.url}/pass`, body })).status).toBe(200);
    expect(chain.big.requests).toEqual([]);
    expect(chain.book.notes.map(({ endings }) => endings)).toEqual([['answered'], ['complete']]);
  } finally {
    await chain.stop();
  }
});

test('B/B without the allowance works, and says what is wrong', async () => {
  const chain = await startExtProcFixture({ requestMode: 'BUFFERED', responseMode: 'BUFFERED' });
  try {
    chain.big.next(sseReply(['a', 'b'], { gapMs: 600 }));
    const reply = await sendSse({
      url: `${chain.url}/v1/chat/completions`,
      body: { model: 'big' },
    });
    expect(reply.events).toEqual(['a', 'b', '[DONE]']);
    expect(chain.book.notes[0]).toMatchObject({ endings: ['complete'], sawLast: true });
    expect(chain.logged).toHaveLength(1);
    expect(chain.logged[0]).toContain('event streams reach clients only when they are whole');
  } finally {
    await chain.stop();
  }
});

test('an Envoy that closes gracefully leaves no stream behind', async () => {
  const chain = await startExtProcFixture({ ...buffered, closesGracefully: true });
  try {
    const url = `${chain.url}/v1/chat/completions`;
    for (let count = 0; count < 20; count += 1) {
      expect((await send({ url, body: { model: 'big' } })).status).toBe(200);
    }
    await untilIdle(chain);
    expect(chain.book.notes.flatMap(({ endings }) => endings)).toEqual(
      Array.from({ length: 20 }, () => 'complete'),
    );
    const resets = await chain.envoy.stats('cluster.ext_proc.http2.tx_reset');
    expect([...resets.values()][0]).toBeLessThanOrEqual(1);
  } finally {
    await chain.stop();
  }
});
