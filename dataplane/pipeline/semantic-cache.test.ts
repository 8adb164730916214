// What clients, metering and stores see of the semantic cache, through the whole pipeline.
import { describe, expect, test } from '@jest/globals';
import { cacheParts, fixedEmbedder, type CacheParts } from '../../test/kit/cache-parts.ts';
import { alice, feed, maas, respond } from '../../test/kit/exchange-steps.ts';
import {
  exchangeFixture,
  requestHead,
  testConfig,
  type ExchangeFixture,
  type HeadOptions,
} from '../../test/kit/exchange.ts';
import { chatChunks, chatCompletion, sseText } from '../../test/kit/model-replies.ts';
import type { Embedder } from '../ports.ts';
import type { Exchange, RequestVerdict } from './exchange.ts';

type Headers = NonNullable<HeadOptions['headers']>;

const bob: Headers = [
  ['x-auth-request-user', 'bob'],
  ['x-auth-request-tier', 'free'],
];
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };

interface Scene extends CacheParts {
  readonly fixture: ExchangeFixture;
  pass(milliseconds: number): void;
}

function scene(
  settings: object = {},
  parts: {
    readonly embedder?: Embedder;
    readonly random?: () => number;
    readonly more?: object;
  } = {},
): Scene {
  let now = 1_700_000_000_000;
  const clock = (): number => now;
  const cached = cacheParts({ now: clock, ...(parts.random && { random: parts.random }) });
  const config = testConfig({
    ...maas,
    semantic_cache: { enabled: true, ...settings },
    ...parts.more,
  });
  return {
    ...cached,
    fixture: exchangeFixture(config, {
      cache: cached.cache,
      now: clock,
      analysers: { embedder: parts.embedder },
    }),
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

interface Ask {
  readonly fields?: object;
  readonly headers?: Headers;
}

const bodyOf = (text: string, fields: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: text }], ...fields }),
  );

async function ask(
  { fixture }: Scene,
  text: string,
  { fields = {}, headers = alice }: Ask = {},
): Promise<{ readonly exchange: Exchange; readonly verdict: RequestVerdict }> {
  const exchange = fixture.open();
  exchange.requestHeaders(requestHead({ headers }));
  return { exchange, verdict: await exchange.requestBody(bodyOf(text, fields)) };
}

/** A hit's body and headers; fails where the request went upstream. */
function given(verdict: RequestVerdict): {
  readonly headers: Record<string, string>;
  readonly body: string;
} {
  if (verdict.kind !== 'answer') throw new Error(`the request was ${verdict.kind}ed`);
  return { headers: Object.fromEntries(verdict.answer.headers), body: String(verdict.answer.body) };
}

const completion = (content: string, more: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ ...chatCompletion({ content, usage }), ...more }));

/** Asks, and lets the backend answer where that is what it comes to. */
async function converse(
  where: Scene,
  text: string,
  options: Ask & { readonly answer?: Buffer; readonly type?: string } = {},
): Promise<RequestVerdict> {
  const { exchange, verdict } = await ask(where, text, options);
  if (verdict.kind !== 'forward') {
    await exchange.finalize('answered');
    return verdict;
  }
  respond(exchange, 200, options.type ?? 'application/json');
  feed(exchange, options.answer ?? completion(`About ${text}`), true);
  await exchange.finalize('complete');
  return verdict;
}

const question = 'How do I reset my router password?';

describe('a request that was answered before', () => {
  test('gets that answer, with the routing headers and a name of its own', async () => {
    const where = scene();
    await converse(where, 'Prove it.', { answer: completion('Quod erat.') });
    const { headers, body } = given(await converse(where, 'Prove it.'));
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-vsr-cache-hit': 'true',
      'x-vsr-model-selected': 'big',
      'x-vsr-decision': 'math_decision',
      'x-vsr-reasoning-enabled': 'on',
      'x-vsr-system-prompt-injected': 'false',
    });
    expect(JSON.parse(body)).toMatchObject({
      id: 'chatcmpl-id-2',
      created: 1_700_000_000,
      object: 'chat.completion',
      choices: [{ message: { content: 'Quod erat.' }, finish_reason: 'stop' }],
      usage,
    });
    expect(where.observed).toEqual(['skip embedding', 'miss', 'answer stored', 'exact']);
  });

  test('is recorded as a hit, with the tokens of the stored answer', async () => {
    const where = scene();
    await converse(where, 'Prove it.');
    await converse(where, 'Prove it.');
    expect(where.fixture.records).toMatchObject([
      { cache: 'miss', outcome: 'completed', usageSource: 'reported', reasoning: true },
      {
        cache: 'hit',
        outcome: 'cache_hit',
        status: 200,
        usageSource: 'cached',
        usage: { promptTokens: 10, completionTokens: 20 },
        model: 'big',
        cost: undefined,
        reasoning: false,
      },
    ]);
  });

  test.each([
    ['JSON', 'a stream', false, true],
    ['a stream', 'JSON', true, false],
    ['a stream', 'a stream', true, true],
  ])('as %s is answered as %s', async (_from, _to, first, second) => {
    const where = scene();
    const answer = first
      ? Buffer.from(sseText(chatChunks({ content: 'Good day', usage })))
      : completion('Good day');
    const type = first ? 'text/event-stream' : 'application/json';
    await converse(where, question, { fields: { stream: first }, answer, type });
    const fields = { stream: second, ...(second && { stream_options: { include_usage: true } }) };
    const { headers, body } = given(await converse(where, question, { fields }));
    if (second) {
      expect(headers['content-type']).toBe('text/event-stream');
      const events = body.trimEnd().split('\n\n');
      expect(events.at(-1)).toBe('data: [DONE]');
      expect(events.at(-2)).toContain(JSON.stringify(usage));
      expect(body).toContain('"content":"Good day"');
    } else {
      expect(JSON.parse(body)).toMatchObject({
        choices: [{ message: { role: 'assistant', content: 'Good day' } }],
        usage,
      });
    }
  });

  test('shows no tokens where they are to be hidden', async () => {
    const where = scene({ usage_of_hits: 'zero' });
    await converse(where, question);
    const { body } = given(await converse(where, question));
    expect(JSON.parse(body)).toMatchObject({ usage: { total_tokens: 0 } });
  });
});

describe('who may get an answer', () => {
  test('another user does not', async () => {
    const where = scene();
    await converse(where, question);
    expect((await converse(where, question, { headers: bob })).kind).toBe('forward');
    expect(where.observed).not.toContain('exact');
  });

  test('another user does where answers are for all', async () => {
    const where = scene({ scope: 'global' });
    await converse(where, question);
    expect((await converse(where, question, { headers: bob })).kind).toBe('answer');
  });

  test('nobody does whom nobody vouches for', async () => {
    const where = scene();
    await converse(where, question, { headers: [] });
    expect((await converse(where, question, { headers: [] })).kind).toBe('forward');
    expect(where.observed).toEqual(['bypass identity', 'bypass identity']);
    expect(where.cache.store.stats().entries).toBe(0);
    expect(where.fixture.records).toMatchObject([{ cache: undefined }, { cache: undefined }]);
  });

  test('without callers only where answers are for all', async () => {
    const standalone = { more: { maas_integration: { enabled: false } } };
    const own = scene({}, standalone);
    await converse(own, question);
    expect((await converse(own, question)).kind).toBe('forward');
    const shared = scene({ scope: 'global' }, standalone);
    expect(await converse(shared, question)).not.toHaveProperty('answer');
    const { headers } = given(await converse(shared, question));
    expect(headers['x-vsr-cache-hit']).toBe('true');
  });
});

describe('what makes another request', () => {
  const other = [
    ['temperature', { temperature: 0.1 }],
    [
      'system prompt',
      {
        messages: [
          { role: 'system', content: 'Rhyme.' },
          { role: 'user', content: question },
        ],
      },
    ],
    [
      'history',
      {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Yes?' },
          { role: 'user', content: question },
        ],
      },
    ],
    ['model', { model: 'small' }],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['response format', { response_format: { type: 'json_object' } }],
  ] as const;
  test.each(other)('another %s', async (_what, fields) => {
    const where = scene();
    await converse(where, question);
    expect((await converse(where, question, { fields })).kind).toBe('forward');
    expect((await converse(where, question, { fields })).kind).toBe('answer');
  });

  test('another system prompt of the decision, after a reload', async () => {
    const decision = (prompt: string): object => ({
      decisions: [
        {
          name: 'all',
          rules: { operator: 'AND', conditions: [] },
          modelRefs: [{ model: 'small' }],
          plugins: [{ type: 'system_prompt', configuration: { system_prompt: prompt } }],
        },
      ],
    });
    const before = scene({}, { more: decision('Be brief.') });
    await converse(before, question);
    const { headers } = given(await converse(before, question));
    expect(headers['x-vsr-system-prompt-injected']).toBe('true');
    const config = testConfig({
      ...maas,
      semantic_cache: { enabled: true },
      ...decision('Be long.'),
    });
    const after = { ...before, fixture: exchangeFixture(config, { cache: before.cache }) };
    expect((await converse(after, question)).kind).toBe('forward');
  });

  test('not another user field, or metadata', async () => {
    const where = scene();
    await converse(where, question);
    const fields = { user: 'end-user-7', metadata: { trace: 'x' } };
    expect((await converse(where, question, { fields })).kind).toBe('answer');
  });
});

describe('requests that read alike', () => {
  test('share an answer without any encoder', async () => {
    const where = scene();
    await converse(where, question);
    given(await converse(where, 'please tell me how I can reset my router password'));
    expect(where.observed).toEqual(['skip embedding', 'miss', 'answer stored', 'canonical']);
  });

  test('and mean the same share one where the encoder finds them near', async () => {
    const reworded = 'How do I reset the password of my router?';
    const embedder = fixedEmbedder({ [question]: { degrees: 0 }, [reworded]: { degrees: 10 } });
    const where = scene({}, { embedder });
    await converse(where, question);
    given(await converse(where, reworded));
    expect(where.observed).toEqual(['miss', 'answer stored', 'semantic']);
    expect(embedder.asked).toEqual([question, reworded]);
  });

  test.each([
    ['not near enough', 'How do I reset the password of my router?', 40],
    ['near, and the opposite', 'How do I forget my router password?', 1],
  ])('do not where they are %s', async (_why, text, degrees) => {
    const embedder = fixedEmbedder({ [question]: { degrees: 0 }, [text]: { degrees } });
    const where = scene({}, { embedder });
    await converse(where, question);
    expect((await converse(where, text)).kind).toBe('forward');
  });

  test.each([
    ['length', { tokens: 129 }],
    ['length', { truncated: true }],
    ['words', { unknownTokens: 1 }],
  ])('are not compared by meaning: %s', async (reason, more) => {
    const reworded = 'How do I reset the password of my router?';
    const near = { degrees: 0, ...more };
    const where = scene({}, { embedder: fixedEmbedder({ [question]: near, [reworded]: near }) });
    await converse(where, question);
    expect((await converse(where, reworded)).kind).toBe('forward');
    expect(where.observed).toContain(`skip ${reason}`);
  });

  test.each([
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }, question],
    ['code', {}, 'What does `a == b` do?'],
    ['script', {}, '如何打开防火墙'],
  ])('count as identical only, for %s', async (reason, fields, text) => {
    const where = scene();
    await converse(where, text, { fields });
    expect(where.observed).toEqual([`skip ${reason}`, 'miss', 'answer stored']);
    expect((await converse(where, text, { fields })).kind).toBe('answer');
  });

  test('a decision may want identical ones only, or none', async () => {
    const plugin = (configuration: object): object => ({
      more: {
        decisions: [
          {
            name: 'all',
            rules: { operator: 'AND', conditions: [] },
            modelRefs: [{ model: 'small' }],
            plugins: [{ type: 'semantic-cache', configuration }],
          },
        ],
      },
    });
    const exact = scene({}, plugin({ match: 'exact' }));
    await converse(exact, question);
    expect((await converse(exact, 'How can I reset my router password?')).kind).toBe('forward');
    expect((await converse(exact, question)).kind).toBe('answer');
    const none = scene({}, plugin({ enabled: false }));
    await converse(none, question);
    expect((await converse(none, question)).kind).toBe('forward');
    expect(none.observed).toEqual([]);
  });
});

describe('requests that bypass the cache', () => {
  test.each([
    ['choices', { n: 2 }, question],
    ['logprobs', { logprobs: true }, question],
    ['temperature', { temperature: 1.2 }, question],
    ['size', { pad: 'x'.repeat(140_000) }, question],
    ['time', {}, 'What is the weather in Oslo today?'],
    [
      'media',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      '',
    ],
  ])('by %s', async (reason, fields, text) => {
    const where = scene();
    await converse(where, text, { fields });
    expect((await converse(where, text, { fields })).kind).toBe('forward');
    expect(where.observed).toEqual([`bypass ${reason}`, `bypass ${reason}`]);
  });

  test('by what a detector found', async () => {
    const { cache, observed } = cacheParts();
    const span = { type: 'EMAIL_ADDRESS' as const, start: 0, end: 1, score: 0.9 };
    const finding = {
      find: () => Promise.resolve({ spans: [[span]], tier: 'structural' as const }),
    };
    const guarded = { pii_guard: { enabled: true }, semantic_cache: { enabled: true } };
    const fixture = exchangeFixture(testConfig({ ...maas, ...guarded }), {
      cache,
      analysers: { pii: finding },
    });
    const where = { ...scene(), fixture, cache, observed };
    await converse(where, question);
    await converse(where, question);
    expect(observed).toEqual(['bypass detection', 'bypass detection']);
  });
});

describe('a request that says what it wants of the cache', () => {
  const saying = (value: string): Ask => ({
    headers: [...alice, ['x-vsr-cache-control', value]],
  });

  test('gets no old answer, and gives a new one', async () => {
    const where = scene();
    await converse(where, question, { answer: completion('old') });
    const fresh = await converse(where, question, {
      ...saying('no-cache'),
      answer: completion('new'),
    });
    expect(fresh.kind).toBe('forward');
    expect(given(await converse(where, question)).body).toContain('"new"');
    expect(where.fixture.records.map(({ cache }) => cache)).toEqual(['miss', undefined, 'hit']);
  });

  test('is not kept, or gets none and is not kept', async () => {
    const where = scene();
    await converse(where, question, saying('no-store'));
    await converse(where, question, saying('bypass'));
    expect(where.cache.store.stats().entries).toBe(0);
    await converse(where, question);
    expect((await converse(where, question, saying('no-store'))).kind).toBe('answer');
    expect((await converse(where, question, saying('bypass'))).kind).toBe('forward');
  });

  test('takes no answer that is older than it likes', async () => {
    const where = scene();
    await converse(where, question);
    where.pass(30_000);
    expect((await converse(where, question, saying('max-age=30'))).kind).toBe('answer');
    where.pass(1);
    expect((await converse(where, question, saying('max-age=30'))).kind).toBe('forward');
  });

  test('is kept for a shorter time, and never for a longer one', async () => {
    const where = scene({ ttl_seconds: 60 });
    await converse(where, question, saying('ttl=10'));
    await converse(where, 'How do I boil an egg?', saying('ttl=100000'));
    where.pass(9_999);
    expect((await converse(where, question)).kind).toBe('answer');
    where.pass(1);
    expect((await ask(where, question)).verdict.kind).toBe('forward');
    where.pass(50_000);
    expect((await converse(where, 'How do I boil an egg?')).kind).toBe('forward');
  });

  test('does not tell the backend', async () => {
    const { verdict } = await ask(scene(), question, saying('no-store'));
    if (verdict.kind !== 'forward') throw new Error(verdict.kind);
    expect(verdict.headers.remove).toContain('x-vsr-cache-control');
  });
});

describe('answers that are not kept', () => {
  test.each([
    ['incomplete', Buffer.from(sseText(chatChunks(), { done: false })), 'text/event-stream'],
    [
      'finish',
      completion('x', {
        choices: [{ message: { content: 'x' }, finish_reason: 'content_filter' }],
      }),
      'application/json',
    ],
    ['incomplete', Buffer.from('{"oops'), 'application/json'],
    ['size', completion('x'.repeat(2_000)), 'application/json'],
    ['empty', completion(''), 'application/json'],
  ])('%s', async (reason, answer, type) => {
    const where = scene({ max_answer_bytes: 1_000 });
    const fields = { stream: type !== 'application/json' };
    await converse(where, question, { answer, type, fields });
    expect(where.observed.at(-1)).toBe(`answer ${reason}`);
    expect(where.cache.store.stats().entries).toBe(0);
  });

  test('errors of the backend', async () => {
    const where = scene();
    const { exchange } = await ask(where, question);
    respond(exchange, 503);
    feed(exchange, Buffer.from('{"error":{}}'), true);
    await exchange.finalize('complete');
    expect(where.observed.at(-1)).toBe('answer status');
  });

  test('what a client did not wait for', async () => {
    const where = scene();
    const { exchange } = await ask(where, question);
    respond(exchange, 200);
    feed(exchange, completion('x'), true);
    await exchange.finalize('cut');
    expect(where.observed.at(-1)).toBe('answer incomplete');
  });

  test('for similar requests: those that call tools, or were cut short', async () => {
    const where = scene();
    const choices = [{ message: { role: 'assistant', content: 'a' }, finish_reason: 'length' }];
    await converse(where, question, { answer: completion('a', { choices }) });
    expect((await converse(where, 'how can I reset my router password?')).kind).toBe('forward');
    expect((await converse(where, question)).kind).toBe('answer');
  });
});

describe('identical requests at the same time', () => {
  test('wait for one', async () => {
    const where = scene();
    const first = await ask(where, question);
    const others = [ask(where, question), ask(where, question, { fields: { stream: true } })];
    respond(first.exchange, 200);
    feed(first.exchange, completion('One for all'), true);
    await first.exchange.finalize('complete');
    for (const { verdict } of await Promise.all(others)) {
      expect(given(verdict).body).toContain('One for all');
    }
    expect(where.observed.toSorted()).toEqual([
      'answer stored',
      'flight',
      'flight',
      'miss',
      'skip embedding',
    ]);
  });

  test.each([
    ['fails', 503, completion('x'), 'complete'],
    ['is cut', 200, completion('x'), 'cut'],
    ['brings nothing to share', 200, completion(''), 'complete'],
  ] as const)('go on by themselves where the first %s', async (_how, status, body, ending) => {
    const where = scene();
    const first = await ask(where, question);
    const other = ask(where, question);
    respond(first.exchange, status);
    feed(first.exchange, body, true);
    await first.exchange.finalize(ending);
    expect((await other).verdict.kind).toBe('forward');
  });

  test('go on by themselves after a while', async () => {
    const where = scene();
    await ask(where, question);
    const other = ask(where, question);
    where.runOut();
    expect((await other).verdict.kind).toBe('forward');
  });

  test('go on where the client of the first left before it was decided', async () => {
    const embedder: Embedder = {
      ...fixedEmbedder({}),
      embed: () => Promise.resolve({ unavailable: 'deadline' }),
    };
    const where = scene({}, { embedder });
    const gone = where.fixture.open();
    gone.requestHeaders(requestHead({ headers: alice }));
    const verdict = gone.requestBody(bodyOf(question));
    await gone.finalize('cut');
    await verdict;
    expect(where.cache.flights.size).toBe(0);
  });

  test('take no answer that is older than they like', async () => {
    const reworded = 'How do I reset the password of my router?';
    const near = fixedEmbedder({ [question]: { degrees: 0 }, [reworded]: { degrees: 1 } });
    let go = (): void => undefined;
    const pause = new Promise<void>((resolve) => {
      go = resolve;
    });
    const embedder: Embedder = {
      ...near,
      embed: async (text) => {
        if (text === reworded) await pause;
        return near.embed(text);
      },
    };
    const where = scene({}, { embedder });
    await converse(where, question);
    const first = ask(where, reworded);
    const headers: Headers = [...alice, ['x-vsr-cache-control', 'max-age=5']];
    const choosy = ask(where, reworded, { headers });
    where.pass(6_000);
    go();
    expect((await first).verdict.kind).toBe('answer');
    expect((await choosy).verdict.kind).toBe('forward');
  });

  test('of different users do not wait for each other', async () => {
    const where = scene();
    await ask(where, question);
    expect((await ask(where, question, { headers: bob })).verdict.kind).toBe('forward');
  });
});

describe('shadows', () => {
  test('a share of hits goes upstream, and both answers are compared', async () => {
    let chance = 0.9;
    const where = scene({ shadow_ratio: 0.5 }, { random: () => chance });
    await converse(where, question, { answer: completion('Hold the reset button.') });
    expect((await converse(where, question)).kind).toBe('answer');
    chance = 0.1;
    const answer = completion('Hold the reset button.');
    expect((await converse(where, question, { answer })).kind).toBe('forward');
    await converse(where, question, { answer: completion('Bananas are yellow.') });
    expect(where.observed.filter((word) => word.startsWith('shadow'))).toEqual([
      'shadow exact identical',
      'shadow exact different',
    ]);
    expect(where.fixture.records.map(({ cache }) => cache)).toEqual([
      'miss',
      'hit',
      'miss',
      'miss',
    ]);
  });
});

test('a store that is not there costs nothing but its answers', async () => {
  const unavailable = { unavailable: 'overloaded' } as const;
  const { cache, observed } = cacheParts({
    store: {
      isLocal: false,
      find: () => Promise.resolve(unavailable),
      nearest: () => Promise.resolve(unavailable),
      put: () => Promise.resolve(unavailable),
      stats: () => ({
        backend: 'redis',
        state: 'degraded',
        problem: 'x',
        entries: undefined,
        bytes: undefined,
      }),
      close: () => Promise.resolve(),
    },
  });
  const config = testConfig({ ...maas, semantic_cache: { enabled: true } });
  const where = {
    ...scene(),
    cache,
    observed,
    fixture: exchangeFixture(config, { cache, analysers: { embedder: fixedEmbedder({}) } }),
  };
  expect((await converse(where, question)).kind).toBe('forward');
  expect((await converse(where, question)).kind).toBe('forward');
  expect(observed.slice(0, 4)).toEqual([
    'problem find overloaded',
    'problem nearest overloaded',
    'miss',
    'problem put overloaded',
  ]);
  expect(where.fixture.records).toHaveLength(2);
});
