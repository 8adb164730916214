import { describe, expect, test } from '@jest/globals';
import { chatChunks, chatCompletion, sseText } from '../../../../test/kit/model-replies.ts';
import { reachOf, type AssembledAnswer } from './assembled-answer.ts';
import { readJsonAnswer } from './read-json-answer.ts';
import { readStreamAnswer } from './read-stream-answer.ts';
import { renderAnswer, type RenderOptions } from './render-answer.ts';

const options: RenderOptions = {
  id: 'new',
  createdSeconds: 5,
  stream: false,
  showsUsage: true,
  usage: 'original',
};
const usage = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };

function answer(read: AssembledAnswer | string): AssembledAnswer {
  if (typeof read === 'string') throw new Error(`not readable: ${read}`);
  return read;
}

const fromJson = (value: object): AssembledAnswer =>
  answer(readJsonAnswer(Buffer.from(JSON.stringify(value))));
const stream = (events: readonly object[], done = true): Buffer =>
  Buffer.from(sseText(events, { done }));

const chunk = (delta: object, finish: string | null = null, index = 0): object => ({
  id: 'x',
  model: 'm',
  choices: [{ index, delta, finish_reason: finish }],
});

test('a stream and a whole answer of the same words are kept alike', () => {
  const whole = fromJson(chatCompletion({ content: 'Good day to you', usage }));
  const streamed = answer(
    readStreamAnswer(stream(chatChunks({ content: 'Good day to you', usage }))),
  );
  expect(streamed).toEqual(whole);
  expect(reachOf(whole)).toBe('similar');
});

test('reasoning and calls of tools are put together from their pieces', () => {
  const { message, finishReason } = answer(
    readStreamAnswer(
      stream([
        chunk({ role: 'assistant', reasoning_content: 'Let ' }),
        chunk({ reasoning_content: 'me see.' }),
        chunk({
          tool_calls: [
            { index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a"' } },
          ],
        }),
        chunk({
          tool_calls: [
            { index: 0, function: { arguments: ':1}' } },
            { index: 1, id: 'c2', function: { name: 'g', arguments: '' } },
          ],
        }),
        chunk({}, 'tool_calls'),
      ]),
    ),
  );
  expect(finishReason).toBe('tool_calls');
  expect(message).toEqual({
    role: 'assistant',
    content: null,
    reasoning_content: 'Let me see.',
    tool_calls: [
      { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
      { id: 'c2', function: { name: 'g', arguments: '' } },
    ],
  });
});

test.each([
  ['incomplete', stream([chunk({ content: 'a' }, 'stop')], false)],
  ['incomplete', stream([chunk({ content: 'a' })])],
  ['choices', stream([chunk({ content: 'a' }), chunk({ content: 'b' }, 'stop', 1)])],
  ['format', stream([chunk({ content: 'a' }), { error: { message: 'overloaded' } }])],
  ['format', stream([chunk({ audio: { data: 'x' } }, 'stop')])],
])('a stream is refused: %s', (reason, body) => {
  expect(readStreamAnswer(body)).toBe(reason);
});

test.each([
  ['format', '{"error":{"message":"no"}}'],
  ['format', 'oops'],
  ['choices', '{"model":"m","choices":[]}'],
  ['finish', '{"model":"m","choices":[{"message":{"content":"a"},"finish_reason":null}]}'],
])('a whole answer is refused: %s', (reason, body) => {
  expect(readJsonAnswer(Buffer.from(body))).toBe(reason);
});

test.each<[string, string, object]>([
  ['similar', 'stop', { content: 'a' }],
  ['exact', 'length', { content: 'a' }],
  ['exact', 'tool_calls', { content: null, tool_calls: [{}] }],
  ['exact', 'stop', { content: 'a', tool_calls: [{}] }],
  ['finish', 'content_filter', { content: 'a' }],
  ['finish', 'constructor', { content: 'a' }],
  ['empty', 'stop', { content: '' }],
  ['refused', 'stop', { content: null, refusal: 'I cannot.' }],
])('an answer reaches %s requests when it ended by %s with %j', (reach, finishReason, message) => {
  expect(
    reachOf({ model: 'm', message: { ...message }, finishReason, usage: undefined, extra: {} }),
  ).toBe(reach);
});

describe('given again', () => {
  const kept = fromJson({
    ...chatCompletion({ content: 'Good day', usage }),
    system_fingerprint: 'fp',
  });

  test('as a whole, under a new id and time', () => {
    const { contentType, body } = renderAnswer(kept, options);
    expect(contentType).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      id: 'chatcmpl-new',
      object: 'chat.completion',
      created: 5,
      model: 'test-model',
      system_fingerprint: 'fp',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Good day' },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage,
    });
  });

  test('as a stream that adds up to the same answer', () => {
    const { contentType, body } = renderAnswer(kept, { ...options, stream: true });
    expect(contentType).toBe('text/event-stream');
    expect(readStreamAnswer(Buffer.from(body))).toEqual(kept);
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('as a stream without usage where nobody wants it', () => {
    const { body } = renderAnswer(kept, { ...options, stream: true, showsUsage: false });
    expect(body).not.toContain('usage');
  });

  test('with no tokens where they are not to be shown', () => {
    const { body } = renderAnswer(kept, { ...options, usage: 'zero' });
    expect(JSON.parse(body)).toMatchObject({
      usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    });
  });

  test('with calls of tools, in both forms', () => {
    const calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const called = fromJson({
      model: 'm',
      choices: [
        {
          message: { role: 'assistant', content: null, tool_calls: calls },
          finish_reason: 'tool_calls',
        },
      ],
    });
    const { body } = renderAnswer(called, { ...options, stream: true });
    expect(readStreamAnswer(Buffer.from(body))).toEqual(called);
  });
});
