import { describe, expect, test } from '@jest/globals';
import { joinPieces } from '../body-pieces.ts';
import { isRequestProblem, readChatRequest, type ChatRequest } from '../chat-request.ts';
import { rewriteRequest } from '../rewrite-request.ts';
import type { Endpoint } from '../usage-record.ts';

function read(body: object, endpoint: Endpoint = 'chat.completions'): ChatRequest {
  const request = readChatRequest(Buffer.from(JSON.stringify(body)), endpoint);
  if (isRequestProblem(request)) throw new Error(request.message);
  return request;
}

const told = (request: ChatRequest): string[] =>
  request.guardedTexts().map(({ source, text }) => `${source}: ${text}`);

describe('whose texts are looked at', () => {
  test('those of users and tools, not those of the operator and of the model', () => {
    const request = read({
      model: 'auto',
      messages: [
        { role: 'system', content: 'S' },
        { role: 'developer', content: 'D' },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'A' },
        { role: 'tool', tool_call_id: 't', content: 'result' },
        { role: 'stranger', content: 'who' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'two' },
            { type: 'text', text: 'three' },
          ],
        },
      ],
    });
    expect(told(request)).toEqual([
      'user: one',
      'tool: result',
      'user: who',
      'user: two',
      'user: three',
    ]);
  });

  test('a result of a tool within the message of a user is a tool’s', () => {
    const result = { type: 'tool_result', content: [{ type: 'text', text: 'page' }] };
    const messages = [{ role: 'user', content: [result, { type: 'text', text: 'so?' }] }];
    expect(told(read({ model: 'm', max_tokens: 9, messages }, 'messages'))).toEqual([
      'tool: page',
      'user: so?',
    ]);
  });

  test('images and empty texts are none', () => {
    const url = 'data:image/png;base64,AAAA';
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: '' },
    ];
    expect(told(read({ model: 'm', messages: [{ role: 'user', content }] }))).toEqual([]);
  });

  test('prompts and inputs of other endpoints', () => {
    expect(told(read({ model: 'm', prompt: ['a', 'b'] }, 'completions'))).toEqual([
      'user: a',
      'user: b',
    ]);
    expect(told(read({ model: 'm', input: 'c' }, 'responses'))).toEqual(['user: c']);
    const output = { type: 'function_call_output', call_id: 'x', output: 'd' };
    expect(told(read({ model: 'm', input: [output] }, 'responses'))).toEqual(['tool: d']);
  });
});

test('each can be replaced where it stands, and nothing else changes', () => {
  const body = {
    model: 'auto',
    messages: [
      { role: 'system', content: 'I am "Ann"' },
      { role: 'user', content: 'I am "Ann"\n' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Ann' },
          { type: 'text', text: 'Ann' },
        ],
      },
    ],
    seed: 1.0,
  };
  const request = read(body);
  const texts = request
    .guardedTexts()
    .map(({ node }, index) => ({ node, text: `“${index}”\t` }))
    .toReversed();
  const after = JSON.parse(
    joinPieces(rewriteRequest(request, { texts }) ?? []).toString(),
  ) as typeof body;
  expect(after).toEqual({
    ...body,
    messages: [
      body.messages[0],
      { role: 'user', content: '“0”\t' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '“1”\t' },
          { type: 'text', text: '“2”\t' },
        ],
      },
    ],
  });
});
