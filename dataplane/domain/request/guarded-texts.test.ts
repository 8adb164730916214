import { describe, expect, test } from '@jest/globals';
import { joinPieces } from '../body-pieces.ts';
import { isRequestProblem, readChatRequest, type ChatRequest } from '../chat-request.ts';
import { rewriteRequest } from '../rewrite-request.ts';
import type { Endpoint } from '../usage-record.ts';

/** `body`: as an object, or as the JSON itself. */
function read(body: object | string, endpoint: Endpoint = 'chat.completions'): ChatRequest {
  const json = typeof body === 'string' ? body : JSON.stringify(body);
  const request = readChatRequest(Buffer.from(json), endpoint);
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

  test('documents in the message of a user are read as text, whatever their form', () => {
    const content = [
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
      {
        type: 'document',
        title: 'T',
        context: 'C',
        source: { type: 'content', content: [{ type: 'text', text: 'part' }] },
      },
      { type: 'document', source: { type: 'content', content: 'whole' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
      { type: 'image', source: { data: 'AAAA', type: 'base64' } },
      { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } },
      {
        type: 'search_result',
        source: 'https://example.org',
        title: 'found',
        content: [{ type: 'text', text: 'passage' }],
      },
      { type: 'text', text: 'so?' },
    ];
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content }] };
    const request = read(body, 'messages');
    expect(told(request)).toEqual([
      'tool: plain',
      'tool: T',
      'tool: C',
      'tool: part',
      'tool: whole',
      'tool: found',
      'tool: passage',
      'user: so?',
    ]);
    expect(request.latestUserText()).toBe('so?');
  });

  test('a result of a tool is a text, parts, or a document among them', () => {
    const document = {
      type: 'document',
      source: { type: 'content', content: [{ type: 'text', text: 'deep' }] },
    };
    const content = [
      { type: 'tool_result', tool_use_id: 'a', content: 'text' },
      {
        type: 'tool_result',
        tool_use_id: 'b',
        content: [{ type: 'text', text: 'part' }, document],
      },
    ];
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content }] };
    expect(told(read(body, 'messages'))).toEqual(['tool: text', 'tool: part', 'tool: deep']);
  });

  test.each([
    '{"type":"text","data":"plain","TYPE":"base64"}',
    '{"TYPE":"base64","type":"text","data":"plain"}',
    '{"type":"base64","data":"plain","type":"text"}',
    '{"type":"text","data":"plain","type":"base64"}',
    '{"TYPE":"base64","data":"plain"}',
    '{"type":["base64"],"data":"plain"}',
    '{"data":"plain"}',
  ])('a document that some backend may take for text is read: %s', (source) => {
    const part = `{"type":"document","source":${source}}`;
    const json = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[${part}]}]}`;
    expect(told(read(json, 'messages'))).toEqual(['tool: plain']);
  });

  test('items of the responses endpoint, of users and of tools', () => {
    const input = [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'ask' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
        ],
      },
      { type: 'function_call', name: 'f', call_id: 'x', arguments: '{"a":"no"}' },
      { type: 'function_call_output', call_id: 'x', output: 'out' },
      {
        type: 'function_call_output',
        call_id: 'y',
        output: [{ type: 'input_text', text: 'part' }],
      },
      { type: 'file_search_call', id: 'z', results: [{ file_id: 'f', text: 'passage' }] },
      { type: 'code_interpreter_call', id: 'c', outputs: [{ type: 'logs', logs: 'log' }] },
      { type: 'shell_call_output', output: [{ stdout: 'good', stderr: 'bad' }] },
      // A backend reads the output, whatever stands beside it.
      { type: 'function_call_output', call_id: 'v', content: 'harmless', output: 'hidden' },
    ];
    expect(told(read({ model: 'm', input }, 'responses'))).toEqual([
      'user: ask',
      'tool: out',
      'tool: part',
      'tool: passage',
      'tool: log',
      'tool: good',
      'tool: bad',
      'tool: harmless',
      'tool: hidden',
    ]);
  });

  test('parts of files are no text, refusals are', () => {
    const content = [
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      { type: 'refusal', refusal: 'no' },
    ];
    expect(told(read({ model: 'm', messages: [{ role: 'user', content }] }))).toEqual(['user: no']);
  });

  test('documents in a field of their own', () => {
    const documents = [{ title: 'T', text: 'passage' }, 'bare'];
    const messages = [{ role: 'user', content: 'ask' }];
    const request = read({ model: 'm', messages, documents });
    expect(told(request)).toEqual(['user: ask', 'tool: T', 'tool: passage', 'tool: bare']);
    expect(request.promptBytes).toBe('askTpassagebare'.length);
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
