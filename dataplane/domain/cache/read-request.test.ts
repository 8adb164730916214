import { describe, expect, test } from '@jest/globals';
import { readCacheable, type CacheableRequest } from './read-request.ts';

const limits = { maxTemperature: 1 };
const user = (content: unknown): object => ({ role: 'user', content });

function read(fields: object): CacheableRequest | string {
  const body = { model: 'auto', messages: [user('Hello?')], ...fields };
  return readCacheable(Buffer.from(JSON.stringify(body)), limits);
}

function readable(fields: object): CacheableRequest {
  const request = read(fields);
  if (typeof request === 'string') throw new Error(request);
  return request;
}

test.each([
  ['choices', { n: 2 }],
  ['choices', { best_of: 3 }],
  ['logprobs', { logprobs: true }],
  ['logprobs', { top_logprobs: 2 }],
  ['media', { modalities: ['text', 'audio'] }],
  ['media', { messages: [user([{ type: 'image_url', image_url: { url: 'x' } }])] }],
  ['media', { messages: [user([{ type: 'file', file: {} }]), user('Sum it up')] }],
  ['temperature', { temperature: 1.5 }],
  ['temperature', { temperature: '0' }],
  ['json', { seed: 1e300 }],
])('%s speaks against the cache: %j', (reason, fields) => {
  expect(read(fields)).toBe(reason);
});

test('so does a body that parsers could read differently', () => {
  const body = '{"model":"a","messages":[{"role":"user","content":"x"}],"top_p":1,"top_p":0.5}';
  expect(readCacheable(Buffer.from(body), limits)).toBe('json');
});

describe('a request', () => {
  const base = readable({});

  test.each([
    [{ stream: true, stream_options: { include_usage: true } }],
    [{ user: 'somebody' }],
    [{ metadata: { trace: '1' } }],
    [{ n: 1, logprobs: false }],
    [{ modalities: ['text'] }],
  ])('is the same with %j', (fields) => {
    const { conversation, exact } = readable(fields);
    const counts = 'stream' in fields || 'user' in fields || 'metadata' in fields;
    expect(exact).toBe(base.exact);
    if (counts) expect(conversation).toBe(base.conversation);
  });

  test.each([
    [{ temperature: 0 }],
    [{ top_p: 0.5 }],
    [{ seed: 7 }],
    [{ max_tokens: 10 }],
    [{ response_format: { type: 'json_object' } }],
    [{ tools: [{ type: 'function', function: { name: 'f' } }] }],
    [{ chat_template_kwargs: { enable_thinking: true } }],
    [{ something_new: 1 }],
    [{ messages: [{ role: 'system', content: 'Be kind.' }, user('Hello?')] }],
    [{ messages: [user('Hi'), { role: 'assistant', content: 'Yes?' }, user('Hello?')] }],
  ])('is of another conversation with %j', (fields) => {
    expect(readable(fields).conversation).not.toBe(base.conversation);
  });

  test('is another one with another last message, in the same conversation', () => {
    const other = readable({ messages: [user('Hello!')] });
    expect(other.conversation).toBe(base.conversation);
    expect(other.exact).not.toBe(base.exact);
  });

  test('has the text of its last message, if that is a user’s', () => {
    expect(
      readable({
        messages: [
          user([
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ]),
        ],
      }).lastText,
    ).toBe('a\nb');
    expect(
      readable({ messages: [user('a'), { role: 'assistant', content: 'b' }] }).lastText,
    ).toBeUndefined();
  });

  test('tells of tools, wherever they are', () => {
    expect(base.hasTools).toBe(false);
    expect(readable({ functions: [{ name: 'f' }] }).hasTools).toBe(true);
    expect(
      readable({ messages: [{ role: 'tool', content: '1', tool_call_id: 'x' }, user('So?')] })
        .hasTools,
    ).toBe(true);
  });
});
