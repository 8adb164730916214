// Event streams in every shape that other routers were measured to meter wrongly, through the real
// Envoy: the counters say 10 and 20 tokens, and the client has the backend's bytes, all of them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGzip, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { UsageRecord } from '../../dataplane/domain/usage-record.ts';
import { send, sendSse, type ClientRequest } from '../kit/client.ts';
import {
  chatChunks,
  chatCompletion,
  cutAt,
  jsonReply,
  sseReply,
  sseText,
  type ModelRequest,
  type Reply,
  type Step,
} from '../kit/model-replies.ts';
import { startSystem, type System } from '../kit/system.ts';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const chunks = chatChunks({ usage, content: 'one two three four five six seven eight nine ten' });
const whole = sseText(chunks);
const eventStream = { 'content-type': 'text/event-stream' };

let system: System;

beforeAll(async () => {
  system = await startSystem({ config: { maas_integration: { enabled: true } } });
});
afterAll(() => system.stop());

const requestOf = (user: string, more: object = {}): ClientRequest => ({
  url: `${system.url}/v1/chat/completions`,
  headers: { 'x-auth-request-user': user, 'x-auth-request-tier': 'premium' },
  body: { model: 'small', stream: true, messages: [{ role: 'user', content: 'hello' }], ...more },
});

/** Every record of one user; waits for the first. */
async function recordOf(user: string): Promise<UsageRecord> {
  const own = (): UsageRecord[] => system.records.filter(({ caller }) => caller?.user === user);
  for (let count = 1; own().length === 0; count++) await system.waitForRecords(count);
  const [record, ...more] = own();
  if (record === undefined) throw new Error('unreachable');
  expect(more).toEqual([]);
  return record;
}

async function tokensOf(user: string, kind = 'tokens'): Promise<readonly [number, number]> {
  const series = (type: string): Promise<number> =>
    system.metric(
      `semantic_router_${kind}_total{user="${user}",tier="premium",model="small",type="${type}"}`,
    );
  return [await series('prompt'), await series('completion')];
}

function usageMissing(): Promise<number> {
  return system.metric('semantic_router_usage_missing_total{model="small"}');
}

/** Pieces that travel apart, cut every `size` bytes. */
function cutEvery(text: string, size: number): Step[] {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size) - 1;
  return cutAt(
    bytes,
    Array.from({ length: count }, (_, index) => (index + 1) * size),
  );
}

/** Cut `offset` bytes after the beginning of the last occurrence of `mark`. */
function cutWithin(text: string, mark: string, offset: number): Step[] {
  const at = Buffer.byteLength(text.slice(0, text.lastIndexOf(mark)));
  return cutAt(text, [at + offset], 10);
}

function bytesOf(steps: readonly Step[]): Buffer {
  return Buffer.concat(
    steps.flatMap((step) =>
      typeof step === 'object' && 'write' in step ? [Buffer.from(step.write)] : [],
    ),
  );
}

/** One gzip member, flushed after each piece as a streaming server does. */
async function gzipPieces(pieces: readonly string[]): Promise<Step[]> {
  const gzip = createGzip();
  const steps: Step[] = [];
  const take = (): void => {
    const bytes = gzip.read() as Buffer | null;
    if (bytes !== null) steps.push({ write: bytes });
  };
  for (const piece of pieces) {
    gzip.write(piece);
    await new Promise<void>((resolve) => {
      gzip.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    take();
  }
  const ended = new Promise((resolve) => gzip.once('end', resolve));
  gzip.on('readable', take);
  gzip.end();
  await ended;
  return steps;
}

/** One element for each event. */
function eventsOf(text: string): string[] {
  return text.split(/(?<=\n\n)/);
}

const writesOf = (text: string): Step[] => eventsOf(text).map((write) => ({ write }));

/** Usage so far in each chunk, as backends send it with `continuous_usage_stats`. */
const continuous = chunks.map((chunk, index) => ({
  ...chunk,
  usage: {
    prompt_tokens: 10,
    completion_tokens: index === chunks.length - 1 ? 20 : index + 1,
    total_tokens: 0,
  },
}));

const withComments = [
  ': keep-alive\n\n',
  ...chunks.map((chunk, index) =>
    [
      `event: message`,
      `id: ${index}`,
      `retry: 1000`,
      `data: ${JSON.stringify(chunk)}`,
      '',
      ': ping',
      '',
      '',
    ].join('\n'),
  ),
  'event: done\ndata: [DONE]\n\n',
].join('');

const saysDone = sseText(
  chatChunks({ usage, content: 'It ends with data: [DONE] \n\ndata: [DONE]\n\n and then goes on' }),
);

const whatBackendsSend: readonly (readonly [name: string, steps: readonly Step[]])[] = [
  ['normal', writesOf(whole)],
  ['CRLF line ends', [{ write: sseText(chunks, { newline: '\r\n' }) }]],
  ['CRLF cut between CR and LF', cutWithin(sseText(chunks, { newline: '\r\n' }), '\r\n\r\n', 1)],
  ['usage in every chunk', writesOf(sseText(continuous))],
  ['comments, event and id lines', [{ write: withComments }]],
  ['no [DONE]', writesOf(sseText(chunks, { done: false }))],
  ['the usage event cut in two', cutWithin(whole, '"usage"', 20)],
  ['[DONE] cut in two', cutWithin(whole, '[DONE]', 3)],
  ['cut every 37 bytes', cutEvery(whole, 37)],
  ['cut every 1000 bytes', cutEvery(whole, 1000)],
  ['data: without a space', [{ write: whole.replaceAll('data: ', 'data:') }]],
  ['text that says data: [DONE]', writesOf(saysDone)],
  ['no newline after the last line', writesOf(sseText(chunks, { done: false }).trimEnd())],
];

describe('streams that end by themselves', () => {
  test.each(whatBackendsSend)('%s', async (name, steps) => {
    const user = name.replaceAll(/[^a-zA-Z0-9]+/g, '-');
    system.backends.small.next({ headers: eventStream, steps });
    const reply = await send(requestOf(user));
    expect(reply.complete).toBe(true);
    expect(reply.body).toEqual(bytesOf(steps));
    expect(await recordOf(user)).toMatchObject({ outcome: 'completed', usageSource: 'reported' });
    expect(await tokensOf(user)).toEqual([10, 20]);
    expect(await tokensOf(user, 'estimated_tokens')).toEqual([0, 0]);
  });
});

describe('compressed answers, though nobody asked for them', () => {
  const gzipHeaders = { ...eventStream, 'content-encoding': 'gzip' };
  const compressed = async (user: string, reply: Reply): Promise<ModelRequest> => {
    const index = system.backends.small.requests.length;
    system.backends.small.next(reply);
    const request = requestOf(user, {
      stream: reply.headers?.['content-type'] !== 'application/json',
    });
    const answer = await send({
      ...request,
      headers: { ...request.headers, 'accept-encoding': 'gzip, br' },
    });
    expect(answer.complete).toBe(true);
    expect(answer.headers['content-encoding']).toBe(reply.headers?.['content-encoding']);
    expect(answer.body).toEqual(bytesOf(reply.steps ?? []));
    expect(await recordOf(user)).toMatchObject({ outcome: 'completed', usageSource: 'reported' });
    expect(await tokensOf(user)).toEqual([10, 20]);
    return system.backends.small.request(index);
  };

  test('a gzip stream, flushed after each event', async () => {
    const request = await compressed('gzip', {
      headers: gzipHeaders,
      steps: await gzipPieces(eventsOf(whole)),
    });
    expect(request.headers['accept-encoding']).toBe('identity');
  });

  test('a gzip stream cut every 37 bytes', async () => {
    const bytes = gzipSync(whole);
    const cuts = Array.from({ length: Math.floor(bytes.length / 37) }, (_, index) => index * 37);
    await compressed('gzip-37', { headers: gzipHeaders, steps: cutAt(bytes, cuts) });
  });

  test('a gzip stream of 1,500 events', async () => {
    const content = 'word '.repeat(1497);
    const events = eventsOf(sseText(chatChunks({ usage, content })));
    const steps = await gzipPieces(events);
    expect(steps.length).toBeGreaterThanOrEqual(1500);
    await compressed('gzip-1500', { headers: gzipHeaders, steps });
  });

  test('a JSON answer in br', async () => {
    await compressed('br', jsonReply(chatCompletion({ usage }), { encoding: 'br' }));
  });

  test('a JSON answer in gzip', async () => {
    await compressed('gzip-json', jsonReply(chatCompletion({ usage }), { encoding: 'gzip' }));
  });

  test.each([
    ['zlib', deflateSync],
    ['raw', deflateRawSync],
  ])('a JSON answer in deflate, %s', async (name, deflate) => {
    const body = deflate(JSON.stringify(chatCompletion({ usage })));
    await compressed(`deflate-${name}`, {
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'deflate',
        'content-length': String(body.length),
      },
      steps: [{ write: body }],
    });
  });
});

describe('usage that the client did not ask for', () => {
  /** As real backends do: usage where `stream_options.include_usage` is true, and only there. */
  const asAsked = ({ json }: ModelRequest): Reply => {
    const options = json?.['stream_options'] as { include_usage?: unknown } | undefined;
    return sseReply(chatChunks({ usage: options?.include_usage === true ? usage : null }));
  };
  const cases: readonly (readonly [name: string, more: object])[] = [
    ['auto model, nothing said', { model: 'auto' }],
    ['auto model, refused', { model: 'auto', stream_options: { include_usage: false } }],
    ['explicit model, nothing said', {}],
    ['explicit model, refused', { stream_options: { include_usage: false } }],
    ['explicit model, null', { stream_options: null }],
    ['explicit model, other options', { stream_options: { continuous_usage_stats: false } }],
    ['explicit model, asked', { stream_options: { include_usage: true } }],
  ];

  test.each(cases)('%s', async (name, more) => {
    const user = name.replaceAll(/[^a-z]+/g, '-');
    const index = system.backends.small.requests.length;
    system.backends.small.next(asAsked);
    const reply = await sendSse(requestOf(user, more));
    expect(reply.events.at(-1)).toBe('[DONE]');
    const { json } = await system.backends.small.request(index);
    expect(json?.['stream_options']).toMatchObject({ include_usage: true });
    expect(await recordOf(user)).toMatchObject({ outcome: 'completed', usageSource: 'reported' });
    expect(await tokensOf(user)).toEqual([10, 20]);
  });
});

describe('streams that are cut', () => {
  test('the client leaves in the middle', async () => {
    // Words so short that they count as one token each.
    const begun = chatChunks({ usage, content: 'a b c d e f g h' }).slice(0, 6);
    system.backends.small.next(sseReply(begun, { done: false, then: ['hang'] }));
    await sendSse(requestOf('leaves'), { abortAfter: begun.length });
    expect(await recordOf('leaves')).toMatchObject({
      outcome: 'aborted',
      usageSource: 'estimated',
      usage: { completionTokens: 6 },
    });
    expect(await tokensOf('leaves')).toEqual([0, 0]);
    expect((await tokensOf('leaves', 'estimated_tokens'))[1]).toBe(6);
  });

  test('the client leaves after the usage', async () => {
    system.backends.small.next(sseReply(chunks, { done: false, then: ['hang'] }));
    await sendSse(requestOf('leaves-late'), { abortAfter: chunks.length });
    expect(await recordOf('leaves-late')).toMatchObject({
      outcome: 'aborted',
      usageSource: 'reported',
    });
    expect(await tokensOf('leaves-late')).toEqual([10, 20]);
    expect(await tokensOf('leaves-late', 'estimated_tokens')).toEqual([0, 0]);
  });

  test('the client leaves a stream that reports usage in each chunk', async () => {
    const begun = continuous.slice(0, 7);
    system.backends.small.next(sseReply(begun, { done: false, then: ['hang'] }));
    await sendSse(requestOf('leaves-continuous'), { abortAfter: begun.length });
    expect(await recordOf('leaves-continuous')).toMatchObject({
      outcome: 'aborted',
      usageSource: 'reported',
    });
    expect(await tokensOf('leaves-continuous')).toEqual([10, 7]);
    expect(await tokensOf('leaves-continuous', 'estimated_tokens')).toEqual([0, 0]);
  });

  test('the backend resets after the usage', async () => {
    const { promise: allSeen, resolve: seeAll } = Promise.withResolvers<undefined>();
    const then: Step[] = [{ until: allSeen }, 'reset'];
    system.backends.small.next(sseReply(chunks, { done: false, then }));
    const reply = await sendSse(requestOf('resets'), {
      onEvent: (_data, index) => {
        if (index === chunks.length - 1) seeAll(undefined);
      },
    });
    expect(reply.complete).toBe(false);
    expect(reply.text()).toBe(sseText(chunks, { done: false }));
    expect(await recordOf('resets')).toMatchObject({
      outcome: 'aborted',
      usageSource: 'reported',
    });
    expect(await tokensOf('resets')).toEqual([10, 20]);
    expect(await tokensOf('resets', 'estimated_tokens')).toEqual([0, 0]);
  });
});

describe('streams without usage', () => {
  const error = { error: { message: 'out of memory', type: 'server_error', code: 500 } };
  const unfinished = chatChunks({ usage: null, content: 'a b c ' }).slice(0, 3);
  const cases: readonly (readonly [name: string, events: readonly object[]])[] = [
    ['no usage at all', chatChunks({ usage: null, content: 'a b c' })],
    ['usage null in each chunk', unfinished.map((chunk) => ({ ...chunk, usage: null }))],
    ['an error event in the middle', [...unfinished, error]],
  ];

  test.each(cases)('%s: marked, estimated, and not billed', async (name, events) => {
    const user = name.replaceAll(' ', '-');
    const before = await usageMissing();
    system.backends.small.next(sseReply(events));
    const reply = await send(requestOf(user));
    expect(reply.text()).toBe(sseText(events));
    expect(await recordOf(user)).toMatchObject({ usageSource: 'estimated', cost: undefined });
    expect(await usageMissing()).toBe(before + 1);
    expect(await tokensOf(user)).toEqual([0, 0]);
    expect((await tokensOf(user, 'estimated_tokens'))[1]).toBe(3);
  });
});
