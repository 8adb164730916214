import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ChatRequest,
  isRequestProblem,
  readChatRequest,
  type RequestProblem,
} from './chat-request.ts';
import type { Endpoint } from './usage-record.ts';

function read(body: string | object, endpoint: Endpoint = 'chat.completions'): ChatRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = readChatRequest(Buffer.from(text), endpoint);
  if (isRequestProblem(request)) throw new Error(`${request.code}: ${request.message}`);
  return request;
}

function refused(body: string | object, endpoint: Endpoint = 'chat.completions'): RequestProblem {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const problem = readChatRequest(Buffer.from(text), endpoint);
  if (!isRequestProblem(problem)) throw new Error('the request was accepted');
  return problem;
}

const hello = [{ role: 'user', content: 'hello' }];

test('a whole request', () => {
  const request = read({
    model: 'auto',
    stream: true,
    stream_options: { include_usage: true },
    n: 2,
    max_tokens: 10,
    max_completion_tokens: 20,
    tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
    messages: [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: null, tool_calls: [] },
      { role: 'tool', content: 'result', tool_call_id: 'x' },
      { role: 'user', content: 'second' },
      { role: 'developer', content: 'and short' },
    ],
  });
  expect(request).toMatchObject({
    endpoint: 'chat.completions',
    requestedModel: 'auto',
    stream: true,
    includeUsage: true,
    messageCount: 6,
    roles: { system: 2, user: 2, assistant: 1, tool: 1, other: 0 },
    hasTools: true,
    n: 2,
    maxTokens: 20,
    promptBytes: 'be kindfirstresultsecondand short'.length,
  });
  expect(request.latestUserText()).toBe('second');
  expect(request.userTexts()).toEqual(['first', 'second']);
  expect(request.systemText()).toBe('be kind\nand short');
});

test('what is left out has its default', () => {
  const request = read({ model: 'm', stream: null, stream_options: null, n: 'x', messages: hello });
  expect(request).toMatchObject({
    stream: false,
    includeUsage: false,
    hasTools: false,
    n: 1,
    maxTokens: undefined,
  });
  expect(request.systemText()).toBe('');
});

test('the text of parts: joined, images skipped, whatever their type says', () => {
  const content = [
    { type: 'text', text: 'one' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    'two',
    { type: 'input_text', text: 'thr\u00e9e' },
    { type: 'image_url', text: 'four' },
    { type: 'refusal', refusal: 'five' },
    { type: 'tool_result', content: [{ type: 'text', text: 'six' }] },
    { type: 'text', text: 7 },
  ];
  const request = read({ model: 'm', messages: [{ role: 'user', content }] });
  expect(request.latestUserText()).toBe('one\ntwo\nthrée\nfour\nfive');
  expect(request.promptBytes).toBe(Buffer.byteLength('onetwothréefourfivesix'));
});

test('a text that a part carries twice is read twice', () => {
  const part = '{"type":"text","text":"kind","text":"evil","Text":"worse"}';
  const request = read(`{"model":"m","messages":[{"role":"user","content":[${part}]}]}`);
  expect(request.latestUserText()).toBe('kind\nevil\nworse');
});

test('the latest user turn may hold no text', () => {
  const image = { type: 'image_url', image_url: { url: 'x' } };
  const messages = [...hello, { role: 'user', content: [image] }];
  expect(read({ model: 'm', messages }).latestUserText()).toBe('');
  expect(read({ model: 'm', messages: [{ role: 'assistant' }] }).latestUserText()).toBe('');
});

test('roles nobody knows are kept apart, and looked at like users', () => {
  const request = read({ model: 'm', messages: [...hello, { role: 'human', content: 'hi' }] });
  expect(request.roles).toMatchObject({ user: 1, other: 1 });
  expect(request.userTexts()).toEqual(['hello', 'hi']);
  expect(request.latestUserText()).toBe('hello');
});

test.each<[string, string | object, string, string | undefined]>([
  ['nothing', '', 'invalid_json', undefined],
  ['broken JSON', '{"model":', 'invalid_json', undefined],
  ['two values', '{"model":"m","messages":[]}{}', 'invalid_json', undefined],
  ['an array', [], 'not_an_object', undefined],
  ['a string', '"model"', 'not_an_object', undefined],
  ['no model', { messages: hello }, 'missing_model', 'model'],
  ['a model in other letters', { Model: 'm', messages: hello }, 'missing_model', 'model'],
  ['a nested model only', { x: { model: 'm' }, messages: hello }, 'missing_model', 'model'],
  ['an empty model', { model: '', messages: hello }, 'invalid_model', 'model'],
  ['a null model', { model: null, messages: hello }, 'invalid_model', 'model'],
  ['a number', { model: 1, messages: hello }, 'invalid_model', 'model'],
  ['a long model', { model: 'é'.repeat(129), messages: hello }, 'invalid_model', 'model'],
  ['a line break', { model: 'a\nb', messages: hello }, 'invalid_model', 'model'],
  ['half a character', { model: 'a\ud83d', messages: hello }, 'invalid_model', 'model'],
  ['a model twice', '{"model":"a","model":"a","messages":[]}', 'ambiguous_model', 'model'],
  ['escaped', '{"model":"a","m\\u006fdel":"b","messages":[]}', 'ambiguous_model', 'model'],
  ['other letters', '{"MODEL":"a","model":"b","messages":[]}', 'ambiguous_model', 'model'],
  ['stream twice', '{"model":"a","stream":true,"stream":false}', 'ambiguous_field', 'stream'],
  ['no messages', { model: 'm' }, 'missing_messages', 'messages'],
  ['messages null', { model: 'm', messages: null }, 'invalid_messages', 'messages'],
  ['messages a string', { model: 'm', messages: 'hi' }, 'invalid_messages', 'messages'],
  ['no message', { model: 'm', messages: [] }, 'invalid_messages', 'messages'],
  ['a number among them', { model: 'm', messages: [...hello, 1] }, 'invalid_messages', 'messages'],
  [
    'a string among them',
    { model: 'm', messages: [...hello, 'x'] },
    'invalid_messages',
    'messages',
  ],
  ['no role', { model: 'm', messages: [{ content: 'x' }] }, 'invalid_messages', 'messages'],
  ['a role 1', { model: 'm', messages: [{ role: 1 }] }, 'invalid_messages', 'messages'],
  [
    'content 1',
    { model: 'm', messages: [{ role: 'user', content: 1 }] },
    'invalid_messages',
    'messages',
  ],
  [
    'content {}',
    { model: 'm', messages: [{ role: 'user', content: {} }] },
    'invalid_messages',
    'messages',
  ],
  [
    'content twice',
    '{"model":"m","messages":[{"role":"user","content":"a","content":"b"}]}',
    'invalid_messages',
    'messages',
  ],
  [
    'role twice',
    '{"model":"m","messages":[{"role":"user","Role":"tool","content":"a"}]}',
    'invalid_messages',
    'messages',
  ],
  ['stream "true"', { model: 'm', stream: 'true', messages: hello }, 'invalid_stream', 'stream'],
  ['stream 1', { model: 'm', stream: 1, messages: hello }, 'invalid_stream', 'stream'],
  [
    'stream options',
    { model: 'm', stream_options: [], messages: hello },
    'invalid_stream_options',
    'stream_options',
  ],
  [
    'include_usage',
    { model: 'm', stream_options: { include_usage: 1 }, messages: hello },
    'invalid_stream_options',
    'stream_options',
  ],
])('%s is refused', (_what, body, code, param) => {
  expect(refused(body)).toMatchObject({ code, param });
});

test('bytes that are no UTF-8 are refused', () => {
  const body = Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  expect(readChatRequest(body, 'chat.completions')).toMatchObject({ code: 'invalid_json' });
});

test('no problem quotes the body', () => {
  const secret = 'hunter2';
  fc.assert(
    fc.property(fc.nat(200), fc.constantFrom('"', '}', ']', ',', 'x', '\\', ''), (at, piece) => {
      const text = JSON.stringify({ model: secret, messages: [{ role: secret, content: secret }] });
      const broken = text.slice(0, at) + piece + text.slice(at + 1);
      const request = readChatRequest(Buffer.from(broken), 'chat.completions');
      if (isRequestProblem(request)) expect(request.message).not.toContain(secret);
    }),
  );
});

test('completions: the prompt is the text', () => {
  expect(read({ model: 'm', prompt: 'hi' }, 'completions').latestUserText()).toBe('hi');
  const two = read({ model: 'm', prompt: ['hi', 'ho'] }, 'completions');
  expect(two.latestUserText()).toBe('hi\nho');
  expect(two.promptBytes).toBe(4);
  const ids = read({ model: 'm', prompt: [[1, 2, 3], [4]] }, 'completions');
  expect(ids.latestUserText()).toBe('');
  expect(ids.promptBytes).toBe(16);
  expect(read({ model: 'm', prompt: [1, 2, 3] }, 'completions').promptBytes).toBe(12);
  expect(read({ model: 'm' }, 'completions').promptBytes).toBe(0);
});

test('embeddings: the input is the text', () => {
  const request = read({ model: 'm', input: ['a', 'b'] }, 'embeddings');
  expect(request.userTexts()).toEqual(['a\nb']);
  expect(request.messageCount).toBe(1);
});

test('responses: instructions and input', () => {
  const simple = read({ model: 'm', instructions: 'be kind', input: 'hi' }, 'responses');
  expect([simple.systemText(), simple.latestUserText()]).toEqual(['be kind', 'hi']);
  const items = read(
    {
      model: 'm',
      input: [
        { role: 'developer', content: 'be short' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
        { type: 'function_call', name: 'f', arguments: '{}' },
        { type: 'function_call_output', output: 'done' },
      ],
    },
    'responses',
  );
  expect([items.systemText(), items.latestUserText()]).toEqual(['be short', 'hi']);
  expect(items.roles).toMatchObject({ system: 1, user: 1, tool: 2 });
  expect(items.promptBytes).toBe('be shorthidone'.length);
  expect(read({ model: 'm' }, 'responses').messageCount).toBe(0);
});

test('messages: the system field, a string or blocks', () => {
  const request = read(
    { model: 'm', system: [{ type: 'text', text: 'be kind' }], messages: hello, max_tokens: 5 },
    'messages',
  );
  expect([request.systemText(), request.latestUserText()]).toEqual(['be kind', 'hello']);
  expect(request.maxTokens).toBe(5);
  expect(read({ model: 'm', system: 'x', messages: hello }, 'messages').systemText()).toBe('x');
  expect(refused({ model: 'm', messages: [1] }, 'messages').code).toBe('invalid_messages');
});

test('whatever comes in, reading never throws', () => {
  const messy = fc.record(
    {
      model: fc.constantFrom('m', 'auto'),
      messages: fc.jsonValue(),
      input: fc.jsonValue(),
      prompt: fc.jsonValue(),
      system: fc.jsonValue(),
      instructions: fc.jsonValue(),
      stream_options: fc.jsonValue(),
      n: fc.jsonValue(),
      tools: fc.jsonValue(),
    },
    { requiredKeys: ['model'] },
  );
  const endpoints = fc.constantFrom<Endpoint>(
    'chat.completions',
    'completions',
    'embeddings',
    'responses',
    'messages',
  );
  fc.assert(
    fc.property(fc.oneof(messy, fc.uint8Array()), endpoints, (value, endpoint) => {
      const body =
        value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(JSON.stringify(value));
      const request = readChatRequest(body, endpoint);
      if (isRequestProblem(request)) return;
      expect(typeof request.latestUserText()).toBe('string');
      expect(request.userTexts().every((text) => typeof text === 'string')).toBe(true);
      expect(Number.isSafeInteger(request.promptBytes)).toBe(true);
      expect([request.n, request.hasTools, request.maxTokens, request.systemText()]).toHaveLength(
        4,
      );
    }),
  );
});
