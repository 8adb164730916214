import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinPieces } from '../body-pieces.ts';
import { isRequestProblem, readChatRequest, type ChatRequest } from '../chat-request.ts';
import type { PiiSpan } from '../findings.ts';
import type { PiiPolicy } from '../guard-verdict.ts';
import { rewriteRequest } from '../rewrite-request.ts';
import type { Endpoint } from '../usage-record.ts';
import { maskRequest } from './mask-request.ts';
import { recognisePii } from './recognise.ts';
import { unitePii } from './unite.ts';

const policy: PiiPolicy = {
  threshold: 0.7,
  allowed: new Set(['DATE_TIME']),
  action: 'mask',
  restore: true,
  onUnknown: 'allow',
};

function read(body: object | Buffer, endpoint: Endpoint = 'chat.completions'): ChatRequest {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const request = readChatRequest(bytes, endpoint);
  if (isRequestProblem(request)) throw new Error(request.message);
  return request;
}

/** As the guard does it, without a model. */
function mask(request: ChatRequest) {
  const spans = request
    .guardedTexts()
    .map(({ text }): readonly PiiSpan[] => unitePii(text, recognisePii(text), []));
  const masked = maskRequest(request, { spans, tier: 'structural' }, policy);
  const pieces = rewriteRequest(request, masked.edits);
  return { ...masked, body: pieces === undefined ? request.body : joinPieces(pieces) };
}

const chat = (...messages: object[]): object => ({ model: 'auto', messages });
const maskedMessages = (...messages: object[]): unknown =>
  (JSON.parse(mask(read(chat(...messages))).body.toString()) as { messages: unknown }).messages;

describe('values are replaced where they stand', () => {
  test('in strings, parts and results of tools, one placeholder for one value', () => {
    expect(
      maskedMessages(
        { role: 'user', content: 'I am at ann@example.org' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'not bob@example.org' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'text', text: 'but ann@example.org, card 4111 1111 1111 1111' },
          ],
        },
        { role: 'tool', tool_call_id: 'x', content: '{"mail":"bob@example.org"}' },
      ),
    ).toEqual([
      { role: 'user', content: 'I am at <EMAIL_ADDRESS_1>' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'not <EMAIL_ADDRESS_2>' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'text', text: 'but <EMAIL_ADDRESS_1>, card <CREDIT_CARD_1>' },
        ],
      },
      { role: 'tool', tool_call_id: 'x', content: '{"mail":"<EMAIL_ADDRESS_2>"}' },
    ]);
  });

  test('what was restored in an earlier answer is hidden again, in arguments of tools too', () => {
    expect(
      maskedMessages(
        { role: 'user', content: 'My name is Ann Lee.' },
        {
          role: 'assistant',
          content: 'Hello Ann Lee, dear Annabel!',
          tool_calls: [
            {
              id: 'Ann Lee',
              type: 'function',
              function: { name: 'Ann Lee', arguments: '{"to":"Ann Lee"}' },
            },
          ],
        },
        { role: 'user', content: 'ann@example.org? Ask Ann Lee.' },
      ),
    ).toEqual([
      { role: 'user', content: 'My name is <PERSON_1>.' },
      {
        role: 'assistant',
        content: 'Hello <PERSON_1>, dear Annabel!',
        tool_calls: [
          {
            id: 'Ann Lee',
            type: 'function',
            function: { name: 'Ann Lee', arguments: '{"to":"<PERSON_1>"}' },
          },
        ],
      },
      { role: 'user', content: '<EMAIL_ADDRESS_1>? Ask <PERSON_1>.' },
    ]);
  });

  test('what the policy lets pass stays, and so does what the operator says', () => {
    const messages = [
      { role: 'system', content: 'Answer for ops@example.org' },
      { role: 'user', content: 'I was born on 14 March 1987' },
    ];
    const request = read(chat(...messages));
    expect(mask(request).body).toBe(request.body);
  });

  test('placeholders of the operator and of earlier answers are nobody else’s', () => {
    expect(
      maskedMessages(
        { role: 'system', content: 'Write <EMAIL_ADDRESS_1> for addresses' },
        { role: 'user', content: 'to ann@example.org' },
        { role: 'assistant', content: 'as <EMAIL_ADDRESS_2>' },
      ),
    ).toMatchObject([{}, { content: 'to <EMAIL_ADDRESS_3>' }, { content: 'as <EMAIL_ADDRESS_2>' }]);
  });

  test.each<[Endpoint, object, object]>([
    ['completions', { prompt: 'ann@example.org' }, { prompt: '<EMAIL_ADDRESS_1>' }],
    ['completions', { prompt: ['a', 'ann@example.org'] }, { prompt: ['a', '<EMAIL_ADDRESS_1>'] }],
    ['embeddings', { input: ['ann@example.org'] }, { input: ['<EMAIL_ADDRESS_1>'] }],
    ['responses', { input: 'ann@example.org' }, { input: '<EMAIL_ADDRESS_1>' }],
    [
      'responses',
      {
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'ann@example.org' }] },
          { type: 'function_call', call_id: 'c', name: 'f', arguments: '["ann@example.org"]' },
          { type: 'function_call_output', call_id: 'c', output: 'ann@example.org' },
        ],
      },
      {
        input: [
          { role: 'user', content: [{ type: 'input_text', text: '<EMAIL_ADDRESS_1>' }] },
          { type: 'function_call', call_id: 'c', name: 'f', arguments: '["<EMAIL_ADDRESS_1>"]' },
          { type: 'function_call_output', call_id: 'c', output: '<EMAIL_ADDRESS_1>' },
        ],
      },
    ],
    [
      'messages',
      {
        messages: [
          { role: 'user', content: 'ann@example.org' },
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: 't', name: 'f', input: { to: 'ann@example.org' } }],
          },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 't', content: 'ann@example.org' }],
          },
        ],
      },
      {
        messages: [
          { role: 'user', content: '<EMAIL_ADDRESS_1>' },
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: 't', name: 'f', input: { to: '<EMAIL_ADDRESS_1>' } }],
          },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 't', content: '<EMAIL_ADDRESS_1>' }],
          },
        ],
      },
    ],
  ])('at the endpoint %s', (endpoint, body, expected) => {
    const { body: masked } = mask(read({ model: 'auto', ...body }, endpoint));
    expect(JSON.parse(masked.toString())).toEqual({ model: 'auto', ...expected });
  });
});

describe('properties', () => {
  const values = [
    'ann@example.org',
    '4111 1111 1111 1111',
    '536-22-1847',
    'DE89370400440532013000',
  ];
  const piece = fc.oneof(
    fc.constantFrom(...values),
    fc.constantFrom('<EMAIL_ADDRESS_1>', '<US_SSN_2>', 'x', '"', '\\', '\n', 'é', '😀', '<'),
    fc.string({ maxLength: 5 }),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(' '));
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom('user', 'assistant', 'tool'), content: text }),
    fc.record({
      role: fc.constant('user'),
      content: fc.array(fc.record({ type: fc.constant('text'), text }), { maxLength: 3 }),
    }),
  );
  const conversations = fc.array(message, { minLength: 1, maxLength: 5 });

  test('restoring undoes masking', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const request = read(chat(...messages));
        const { body, placeholders } = mask(request);
        const restored = placeholders.restore(body.toString(), (value) =>
          JSON.stringify(value).slice(1, -1),
        );
        expect(JSON.parse(restored)).toEqual(JSON.parse(request.body.toString()));
      }),
    );
  });

  test('masking again changes nothing, and no value that was found is left', () => {
    fc.assert(
      fc.property(conversations, (messages) => {
        const { body } = mask(read(chat(...messages)));
        const again = read(body);
        expect(mask(again).body).toBe(again.body);
        const found = again.guardedTexts().flatMap(({ text: one }) => recognisePii(one));
        expect(found.filter(({ score }) => score >= policy.threshold)).toEqual([]);
      }),
    );
  });
});
