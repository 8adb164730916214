// Chat completions through the real Envoy: what reaches the backend, what reaches the client.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { send, sendSse } from '../kit/client.ts';
import { chatChunks, chatCompletion, jsonReply, sseReply } from '../kit/model-replies.ts';
import type { ModelRequest } from '../kit/model-replies.ts';
import type { ModelServer } from '../kit/model-server.ts';
import { startSystem, type System } from '../kit/system.ts';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
let system: System;

const decisions = [
  {
    name: 'math_decision',
    priority: 10,
    rules: { operator: 'AND', conditions: [{ type: 'keyword', name: 'math' }] },
    modelRefs: [{ model: 'big', use_reasoning: true }],
    plugins: [
      { type: 'system_prompt', configuration: { system_prompt: 'Be exact.', mode: 'insert' } },
      {
        type: 'header_mutation',
        configuration: {
          add: [{ name: 'x-team', value: 'math' }],
          update: [{ name: 'x-level', value: 'high' }],
          delete: ['x-secret'],
        },
      },
    ],
  },
  {
    name: 'poetry',
    priority: 5,
    rules: {
      operator: 'AND',
      conditions: [
        {
          operator: 'OR',
          conditions: [
            { type: 'keyword', name: 'poem' },
            { type: 'context', name: 'long' },
          ],
        },
        { operator: 'NOT', conditions: [{ type: 'authz', name: 'free_tier' }] },
      ],
    },
    modelRefs: [{ model: 'big', use_reasoning: false }],
    plugins: [
      { type: 'system_prompt', configuration: { system_prompt: 'Rhyme.', mode: 'replace' } },
    ],
  },
];

beforeAll(async () => {
  system = await startSystem({
    config: {
      keyword_rules: [
        { name: 'math', operator: 'OR', keywords: ['integral', 'prove'] },
        { name: 'poem', operator: 'OR', keywords: ['poem'] },
      ],
      context_rules: [{ name: 'long', min_tokens: 1000 }],
      authz_rules: [{ name: 'free_tier', tiers: ['free'] }],
      decisions,
      maas_integration: { enabled: true },
    },
  });
});
afterAll(() => system.stop());

let smallSeen = 0;
let bigSeen = 0;
afterEach(() => {
  smallSeen = system.backends.small.requests.length;
  bigSeen = system.backends.big.requests.length;
});

const premium = { 'x-auth-request-user': 'alice', 'x-auth-request-tier': 'premium' };

function ask(body: object | string, headers: Record<string, string> = {}) {
  return {
    url: `${system.url}/v1/chat/completions`,
    headers: { 'content-type': 'application/json', ...premium, ...headers },
    body,
  };
}

function last(server: ModelServer): ModelRequest {
  const request = server.requests.at(-1);
  if (request === undefined) throw new Error('the backend saw no request');
  return request;
}

const user = (content: unknown) => [{ role: 'user', content }];

describe('routing', () => {
  test('by a keyword, to the model of the decision', async () => {
    const reply = await send(ask({ model: 'auto', messages: user('Prove it.') }));
    expect(reply.status).toBe(200);
    expect(system.backends.big.requests).toHaveLength(bigSeen + 1);
    expect(system.backends.small.requests).toHaveLength(smallSeen);
    expect(reply.headers).toMatchObject({
      'x-vsr-model-selected': 'big',
      'x-vsr-decision': 'math_decision',
      'x-vsr-reasoning-enabled': 'on',
      'x-vsr-cache-hit': 'false',
      'x-vsr-system-prompt-injected': 'true',
    });
    expect(reply.headers).not.toHaveProperty('x-vsr-category');
  });

  test('by no rule, to the default model', async () => {
    const reply = await send(ask({ model: 'MoM', messages: user('Hello.') }));
    expect(last(system.backends.small).json).toMatchObject({ model: 'small' });
    expect(reply.headers).toMatchObject({ 'x-vsr-decision': 'default' });
  });

  test('by the length of the prompt and the caller, in nested rules', async () => {
    const long = user('word '.repeat(1000));
    const paid = await send(ask({ model: 'auto', messages: long }));
    expect(paid.headers).toMatchObject({ 'x-vsr-decision': 'poetry' });
    const free = await send(
      ask({ model: 'auto', messages: long }, { 'x-auth-request-tier': 'free' }),
    );
    expect(free.headers).toMatchObject({ 'x-vsr-decision': 'default' });
  });

  test('by the text parts of a message, and its last user turn alone', async () => {
    const parts = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'text', text: 'What is this integral?' },
    ];
    const reply = await send(ask({ model: 'auto', messages: user(parts) }));
    expect(reply.headers).toMatchObject({ 'x-vsr-decision': 'math_decision' });
    const earlier = [...user('Prove it.'), { role: 'assistant', content: 'ok' }, ...user('Thanks')];
    const second = await send(ask({ model: 'auto', messages: earlier }));
    expect(second.headers).toMatchObject({ 'x-vsr-decision': 'default' });
  });

  test('an event stream gets the same headers', async () => {
    system.backends.big.next(sseReply(chatChunks({ usage })));
    const reply = await sendSse(ask({ model: 'auto', stream: true, messages: user('Prove it.') }));
    expect(reply.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'x-vsr-model-selected': 'big',
      'x-vsr-cache-hit': 'false',
    });
  });
});

describe('what reaches the backend', () => {
  test('a pinned model: every byte as it came', async () => {
    const body =
      '{ "model":"small", "temperature": 1.0,"seed":12345678901234567890, "top_p":1e-1,\n' +
      ' "x_unknown": {"b":1,"a":[null,true]}, "messages": [ {"role":"user","content":"caf\\u00e9 <b>&"} ], "n": 2 }';
    await send(ask(body));
    expect(last(system.backends.small).body.toString()).toBe(body);
  });

  test('a routed request: only what has to change', async () => {
    const body =
      '{"seed":12345678901234567890,"model":"auto","temperature":1.0,' +
      '"messages":[{"role":"user","content":"hello caf\\u00e9"}],"tools":[{"type":"function","function":{"name":"f"}}]}';
    await send(ask(body));
    expect(last(system.backends.small).body.toString()).toBe(body.replace('"auto"', '"small"'));
  });

  test('reasoning, system prompt and header mutations of the decision', async () => {
    const messages = [{ role: 'system', content: 'You are kind.' }, ...user('Prove it.')];
    await send(
      ask({ model: 'auto', messages }, { 'x-secret': 's', 'x-level': 'low', 'x-team': 'mine' }),
    );
    const request = last(system.backends.big);
    expect(request.json).toEqual({
      model: 'big',
      messages: [{ role: 'system', content: 'Be exact.\n\nYou are kind.' }, ...user('Prove it.')],
      chat_template_kwargs: { enable_thinking: true },
    });
    expect(request.headers).toMatchObject({ 'x-level': 'high', 'x-team': 'mine' });
    expect(request.headers).not.toHaveProperty('x-secret');
  });

  test('reasoning off, and a system prompt in the place of the old one', async () => {
    const messages = [{ role: 'system', content: 'Old.' }, ...user('A poem!')];
    const reply = await send(ask({ model: 'auto', messages }));
    expect(last(system.backends.big).json).toMatchObject({
      messages: [{ role: 'system', content: 'Rhyme.' }, ...user('A poem!')],
      chat_template_kwargs: { enable_thinking: false },
    });
    expect(reply.headers).toMatchObject({ 'x-vsr-reasoning-enabled': 'off' });
  });

  test('usage is asked for on every stream, and the answer uncompressed', async () => {
    await sendSse(ask({ model: 'small', stream: true, messages: user('x') }));
    const request = last(system.backends.small);
    expect(request.json).toMatchObject({ stream_options: { include_usage: true } });
    expect(request.headers['accept-encoding']).toBe('identity');
  });

  test('no identity and no routing header of ours', async () => {
    await send(ask({ model: 'auto', messages: user('Prove it.') }));
    const { headers } = last(system.backends.big);
    for (const name of ['x-auth-request-user', 'x-auth-request-tier', 'x-selected-model']) {
      expect(headers).not.toHaveProperty(name);
    }
  });
});

describe('other endpoints', () => {
  test.each([
    ['completions', { prompt: 'hello' }, { usage }, [10, 20]],
    [
      'embeddings',
      { input: ['a', 'b'] },
      { data: [], usage: { prompt_tokens: 4, total_tokens: 4 } },
      [4, 0],
    ],
    ['responses', { input: 'hello' }, { usage: { input_tokens: 5, output_tokens: 6 } }, [5, 6]],
    [
      'messages',
      { max_tokens: 9, messages: user('hi') },
      { usage: { input_tokens: 7, output_tokens: 8 } },
      [7, 8],
    ],
  ])(
    '/v1/%s passes to the model that it names and is metered',
    async (path, body, answer, tokens) => {
      const seen = system.records.length;
      system.backends.big.next(jsonReply(answer));
      const reply = await send({
        url: `${system.url}/v1/${path}`,
        headers: premium,
        body: { model: 'big', ...body },
      });
      expect(reply.json()).toEqual(answer);
      expect(last(system.backends.big).path).toBe(`/v1/${path}`);
      const record = (await system.waitForRecords(seen + 1)).at(-1);
      expect(record).toMatchObject({ decision: 'pinned', model: 'big', usageSource: 'reported' });
      expect([record?.usage?.promptTokens, record?.usage?.completionTokens]).toEqual(tokens);
    },
  );

  test('what is not ours passes untouched and unmetered', async () => {
    const seen = system.records.length;
    system.backends.small.next({ headers: { 'x-own': 'yes' }, steps: [{ write: 'plain' }] });
    const reply = await send({
      url: `${system.url}/tokenize?x=1`,
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'anything at all',
    });
    expect([reply.text(), reply.headers['x-own']]).toEqual(['plain', 'yes']);
    const request = last(system.backends.small);
    expect([request.path, request.body.toString()]).toEqual(['/tokenize?x=1', 'anything at all']);
    expect(system.records).toHaveLength(seen);
  });

  test('the models: the list, one, and none', async () => {
    const list = await send({ url: `${system.url}/v1/models` });
    expect(list.json()).toMatchObject({
      data: ['MoM', 'auto', 'small', 'big'].map((id) => ({ id, object: 'model' })),
    });
    const one = await send({ url: `${system.url}/v1/models/big` });
    expect(one.json()).toMatchObject({ id: 'big' });
    const none = await send({ url: `${system.url}/v1/models/nope` });
    expect([none.status, none.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
  });
});

test('the usage chunk that a client did not ask for can be hidden', async () => {
  const hiding = await startSystem({ config: { router: { hide_forced_usage: true } } });
  try {
    const stream = async (more: object): Promise<readonly string[]> => {
      hiding.backends.small.next(sseReply(chatChunks({ usage }), { gapMs: 2 }));
      const reply = await sendSse({
        url: `${hiding.url}/v1/chat/completions`,
        body: { model: 'small', stream: true, messages: user('x'), ...more },
      });
      return reply.events;
    };
    const all = [...chatChunks({ usage }).map((chunk) => JSON.stringify(chunk)), '[DONE]'];
    expect(await stream({ stream_options: { include_usage: true } })).toEqual(all);
    expect(await stream({})).toEqual(all.filter((event) => !event.includes('prompt_tokens')));
    expect(await hiding.waitForRecords(2)).toMatchObject([
      { usage: { promptTokens: 10 } },
      { usage: { promptTokens: 10 } },
    ]);
  } finally {
    await hiding.stop();
  }
});

test('a compressed answer is metered all the same, and passed on as it came', async () => {
  const seen = system.records.length;
  system.backends.small.next(jsonReply(chatCompletion({ usage }), { encoding: 'gzip' }));
  const reply = await send(ask({ model: 'small', messages: user('x') }));
  expect(reply.headers['content-encoding']).toBe('gzip');
  const record = (await system.waitForRecords(seen + 1)).at(-1);
  expect(record).toMatchObject({ usageSource: 'reported', usage: { completionTokens: 20 } });
});
