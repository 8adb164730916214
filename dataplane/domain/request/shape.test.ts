import { describe, expect, test } from '@jest/globals';
import { isRequestProblem, readChatRequest } from '../chat-request.ts';
import type { Endpoint } from '../usage-record.ts';
import { readShape, type ConversationShape } from './shape.ts';

function shapeOf(fields: object, endpoint: Endpoint = 'chat.completions'): ConversationShape {
  const read = readChatRequest(Buffer.from(JSON.stringify({ model: 'm', ...fields })), endpoint);
  if (isRequestProblem(read)) throw new Error(read.message);
  return readShape(read);
}

const user = { role: 'user', content: 'hi' };
const call = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
};
const result = { role: 'tool', tool_call_id: '1', content: '42' };
const answer = { role: 'assistant', content: 'it is 42' };

test('messages are counted by role, the developer apart from the system', () => {
  const roles = ['system', 'developer', 'user', 'assistant', 'user', 'tool', 'function', 'critic'];
  const messages = roles.map((role) => ({ role, content: 'x' }));
  expect(shapeOf({ messages })).toMatchObject({
    messages: 8,
    byRole: { system: 1, developer: 1, user: 2, assistant: 1, tool: 2 },
  });
});

test('tools that are offered, called and answered are counted', () => {
  const two = { ...call, tool_calls: [...call.tool_calls, ...call.tool_calls] };
  const messages = [user, two, result, result, answer, user];
  expect(shapeOf({ messages, tools: [{}, {}, {}], functions: [{}] })).toMatchObject({
    toolDefinitions: 4,
    toolCalls: 2,
    toolResults: 2,
    isInToolLoop: false,
  });
});

test('images are counted wherever they stand', () => {
  const content = [
    { type: 'text', text: 'look' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    { type: 'input_image', image_url: 'https://example.com/a.png' },
  ];
  expect(shapeOf({ messages: [{ role: 'user', content }, user] }).images).toBe(2);
});

describe('a tool loop is active', () => {
  test.each([
    ['at its first answer', [user, call, result], true],
    ['when the user speaks after an answer', [user, call, result, user], true],
    ['while a call waits', [user, call], true],
    ['not when the model has answered', [user, call, result, answer], false],
    ['not when the talk went on', [user, call, result, answer, user], false],
    ['not without tools', [user], false],
  ])('%s', (_name, messages, expected) => {
    expect(shapeOf({ messages }).isInToolLoop).toBe(expected);
  });
});

test('items of the responses endpoint are calls and results by their type', () => {
  const input = [
    user,
    { type: 'function_call', call_id: '1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: '1', output: '42' },
  ];
  expect(shapeOf({ input, instructions: 'be brief' }, 'responses')).toMatchObject({
    messages: 3,
    byRole: { system: 1, user: 1, tool: 1 },
    toolCalls: 1,
    toolResults: 1,
    isInToolLoop: true,
  });
});

test('parts of the messages endpoint are calls and results by their type', () => {
  const messages = [
    user,
    { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: '42' }] },
  ];
  expect(shapeOf({ messages, max_tokens: 5 }, 'messages')).toMatchObject({
    toolCalls: 1,
    toolResults: 1,
    isInToolLoop: true,
  });
});
