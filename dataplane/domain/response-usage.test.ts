import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createJsonObserver, type JsonAnswer } from './response-usage.ts';
import type { Endpoint } from './usage-record.ts';

function observe(
  body: string | Buffer,
  endpoint: Endpoint = 'chat.completions',
  cut = 7,
): JsonAnswer {
  const observer = createJsonObserver(endpoint, { maxBytes: 100_000 });
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += cut) observer.feed(bytes.subarray(at, at + cut));
  return observer.end();
}

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const counts = { promptTokens: 10, completionTokens: 20, totalTokens: 30 };

test('a chat completion', () => {
  const body = {
    id: 'x',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'h\u00e9llo "usage"' },
        finish_reason: 'length',
      },
      {
        index: 1,
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage,
  };
  expect(observe(JSON.stringify(body, undefined, 2))).toMatchObject({
    usage: counts,
    finishReason: 'tool_calls',
    contentEvents: 2,
    contentBytes: Buffer.byteLength('h\u00e9llo "usage"{"a":1}'),
    errorEvent: false,
    broken: false,
    tooLong: false,
  });
});

test('reasoning under both of its names counts once, refusals and legacy calls too', () => {
  const message = {
    reasoning: 'hmm',
    reasoning_content: 'hmm',
    refusal: 'no',
    function_call: { name: 'f', arguments: '{}' },
  };
  expect(observe(JSON.stringify({ choices: [{ message }] }))).toMatchObject({
    usage: undefined,
    contentEvents: 1,
    contentBytes: 7,
  });
});

test.each<[Endpoint, object, object]>([
  [
    'completions',
    { choices: [{ text: 'abc', finish_reason: 'stop' }], usage },
    { usage: counts, finishReason: 'stop', contentBytes: 3 },
  ],
  [
    'embeddings',
    { data: [{ embedding: [0.1, -2e-3, 3] }], usage: { prompt_tokens: 8, total_tokens: 8 } },
    { usage: { promptTokens: 8, completionTokens: 0, totalTokens: 8 }, contentBytes: 0 },
  ],
  [
    'responses',
    {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      error: null,
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
        { type: 'message', content: [{ type: 'output_text', text: 'abc' }] },
        { type: 'function_call', arguments: '{}' },
      ],
      usage: {
        input_tokens: 10,
        output_tokens: 20,
        total_tokens: 30,
        input_tokens_details: { cached_tokens: 3 },
      },
    },
    {
      usage: { ...counts, cachedPromptTokens: 3 },
      finishReason: 'max_output_tokens',
      contentBytes: 7,
      contentEvents: 3,
      errorEvent: false,
    },
  ],
  [
    'messages',
    {
      type: 'message',
      content: [
        { type: 'text', text: 'abc' },
        { type: 'tool_use', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 4, cache_read_input_tokens: 6, output_tokens: 20 },
    },
    { usage: { ...counts, cachedPromptTokens: 6 }, finishReason: 'tool_use', contentBytes: 10 },
  ],
])('an answer of %s', (endpoint, body, expected) => {
  expect(observe(JSON.stringify(body), endpoint)).toMatchObject(expected);
});

test('a usage that lies deeper, or in a text, is none', () => {
  const body = {
    choices: [{ message: { content: '"usage":{"prompt_tokens":1}', usage } }],
    x: { usage },
  };
  expect(observe(JSON.stringify(body)).usage).toBeUndefined();
});

test.each([
  ['nothing', ''],
  ['a cut body', JSON.stringify({ choices: [], usage }).slice(0, -1)],
  ['an event stream', 'data: {"usage":{"prompt_tokens":1,"completion_tokens":1}}\n\n'],
  ['HTML', '<html></html>'],
  ['bytes', Buffer.from([0x1f, 0x8b, 0x08, 0xff])],
])('%s is broken and reports nothing', (_what, body) => {
  expect(observe(body)).toMatchObject({ broken: true, usage: undefined, tooLong: false });
});

test('an error with status 200 is seen', () => {
  expect(observe('{"error":{"message":"x"}}')).toMatchObject({ errorEvent: true, broken: false });
  expect(
    observe('{"type":"error","error":{"type":"overloaded_error"}}', 'messages').errorEvent,
  ).toBe(true);
  expect(observe('{"status":"failed","error":{"code":"x"}}', 'responses')).toMatchObject({
    errorEvent: true,
    finishReason: 'failed',
  });
});

test('a body beyond the limit is let go of', () => {
  const body = JSON.stringify({ choices: [{ message: { content: 'x'.repeat(100_000) } }], usage });
  expect(observe(body, 'chat.completions', 1000)).toMatchObject({
    tooLong: true,
    broken: false,
    usage: undefined,
  });
});

test('the end may be asked for twice', () => {
  const observer = createJsonObserver('chat.completions', { maxBytes: 1000 });
  observer.feed(Buffer.from(JSON.stringify({ usage })));
  expect(observer.end()).toMatchObject({ usage: counts });
  expect(observer.end()).toBe(observer.end());
});

test('whatever comes, observing never throws, however it is cut', () => {
  const endpoints = fc.constantFrom<Endpoint>(
    'chat.completions',
    'embeddings',
    'responses',
    'messages',
  );
  const messy = fc.dictionary(
    fc.constantFrom(
      'usage',
      'choices',
      'error',
      'content',
      'output',
      'delta',
      'message',
      'response',
      'status',
      'type',
    ),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(messy, endpoints, fc.integer({ min: 1, max: 50 }), (value, endpoint, cut) => {
      const body = JSON.stringify(value);
      const answer = observe(body, endpoint, cut);
      expect(answer).toEqual(observe(body, endpoint, body.length));
      expect(answer.broken).toBe(false);
    }),
  );
});
