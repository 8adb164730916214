import { expect, test } from '@jest/globals';
import {
  alice,
  answerOf,
  chat,
  feed,
  finish,
  forwarded,
  maas,
  respond,
  send,
  usage,
} from '../../test/kit/exchange-steps.ts';
import { exchangeFixture, headerList, requestHead, testConfig } from '../../test/kit/exchange.ts';
import type { RequestVerdict } from './exchange.ts';

test('an automatic model is routed by the keyword and told to reason', () => {
  const fixture = exchangeFixture();
  const { verdict } = send(fixture, chat('auto', 'prove it'));
  const { set, body } = forwarded(verdict);
  expect(set).toMatchObject({ 'x-selected-model': 'big', 'accept-encoding': 'identity' });
  expect(body).toMatchObject({
    model: 'vendor/big-v2',
    chat_template_kwargs: { enable_thinking: true },
  });
});

test('without a match the default model answers', () => {
  const { verdict } = send(exchangeFixture(), chat('MoM', 'hello'));
  expect(forwarded(verdict)).toMatchObject({
    set: { 'x-selected-model': 'small' },
    body: { model: 'small' },
  });
});

test('a pinned model keeps its bytes but for the upstream name', () => {
  const fixture = exchangeFixture();
  const body = chat('small', 'prove it', { temperature: 0.7 });
  expect(forwarded(send(fixture, body).verdict).body).toBeUndefined();
  const renamed = send(fixture, chat('big', 'prove it'));
  expect(forwarded(renamed.verdict)).toMatchObject({
    set: { 'x-selected-model': 'big' },
    body: { model: 'vendor/big-v2' },
  });
  respond(renamed.exchange, 200);
  finish(renamed.exchange, 'complete');
  expect(fixture.records).toMatchObject([
    { decision: 'pinned', model: 'big', requestedModel: 'big', upstreamModel: 'vendor/big-v2' },
  ]);
});

test('an unknown model is refused and leaves no record', () => {
  const fixture = exchangeFixture();
  const { exchange, verdict } = send(fixture, chat('nope', 'hello'));
  expect(answerOf(verdict)).toMatchObject({
    status: 400,
    json: { error: { code: 'model_not_found', param: 'model', type: 'invalid_request_error' } },
  });
  finish(exchange, 'answered');
  expect(fixture.records).toEqual([]);
  expect(fixture.errors).toEqual([':model_not_found']);
});

test.each([
  ['broken JSON', '{"model":', 400, 'invalid_json'],
  ['no body', '', 400, 'invalid_json'],
  ['an array', '[]', 400, 'invalid_request'],
  ['no model', '{"messages":[]}', 400, 'invalid_request'],
  ['a model that is no string', '{"model":1,"messages":[]}', 400, 'invalid_request'],
  ['a repeated model', '{"model":"small","model":"big","messages":[]}', 400, 'invalid_request'],
  [
    'an escaped second model',
    '{"model":"small","mod\\u0065l":"big","messages":[]}',
    400,
    'invalid_request',
  ],
  ['no messages', '{"model":"small"}', 400, 'invalid_request'],
])('%s is refused in the shape of OpenAI', (_what, body, status, code) => {
  const fixture = exchangeFixture();
  const { exchange, verdict } = send(fixture, Buffer.from(body));
  expect(answerOf(verdict)).toMatchObject({ status, json: { error: { code } } });
  finish(exchange, 'answered');
  expect(fixture.records).toEqual([]);
  expect(fixture.errors).toEqual([':invalid_request']);
});

test.each([
  ['text/plain', undefined, 415],
  ['multipart/form-data; boundary=x', undefined, 415],
  ['application/json', 'gzip', 415],
])('content-type %s with encoding %s', (type, encoding, status) => {
  const exchange = exchangeFixture().open();
  exchange.requestHeaders({
    ...requestHead(),
    headers: headerList([
      [':method', 'POST'],
      [':path', '/v1/chat/completions'],
      ['content-type', type],
      ...(encoding === undefined ? [] : ([['content-encoding', encoding]] as const)),
    ]),
  });
  const verdict = exchange.requestBody(chat('small', 'x')) as RequestVerdict;
  expect(answerOf(verdict).status).toBe(status);
});

test('what is not ours passes unseen', () => {
  const fixture = exchangeFixture();
  const exchange = fixture.open();
  expect(exchange.requestHeaders(requestHead({ method: 'GET', path: '/health' }))).toEqual({
    kind: 'pass',
  });
  finish(exchange, 'complete');
  expect(fixture.records).toEqual([]);
  expect(fixture.current.pinned()).toBe(0);
});

test('the list of models names the automatic ones first', () => {
  const verdict = exchangeFixture()
    .open()
    .requestHeaders(requestHead({ method: 'GET', path: '/v1/models' }));
  const { status, json } = answerOf(verdict);
  expect(status).toBe(200);
  expect(json).toMatchObject({ data: ['MoM', 'auto', 'small', 'big'].map((id) => ({ id })) });
});

test('a wrong method is told the right one, and counted', () => {
  const fixture = exchangeFixture();
  const exchange = fixture.open();
  const verdict = exchange.requestHeaders(requestHead({ method: 'GET' }));
  expect(answerOf(verdict)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  finish(exchange, 'answered');
  expect(fixture.errors).toEqual([':invalid_request']);
  expect(fixture.records).toEqual([]);
  expect(fixture.current.pinned()).toBe(0);
});

test('a JSON answer is metered and shown in MaaS mode', () => {
  const fixture = exchangeFixture(testConfig(maas));
  const { exchange } = send(fixture, chat('auto', 'prove it'), { headers: alice });
  expect(respond(exchange, 200)).toEqual({
    'x-vsr-model-selected': 'big',
    'x-vsr-decision': 'math_decision',
    'x-vsr-reasoning-enabled': 'on',
    'x-vsr-cache-hit': 'false',
    'x-vsr-system-prompt-injected': 'false',
  });
  const body = Buffer.from(JSON.stringify({ choices: [{ finish_reason: 'stop' }], usage }));
  expect(feed(exchange, body, true)).toBeUndefined();
  expect(finish(exchange, 'complete')).toMatchObject({
    user: 'alice',
    model: 'big',
    prompt_tokens: 10,
    completion_tokens: 20,
  });
  expect(fixture.records).toMatchObject([
    {
      id: 'id-1',
      requestId: 'request-1',
      caller: { user: 'alice', tier: 'premium', userSource: 'headers' },
      decision: 'math_decision',
      outcome: 'completed',
      status: 200,
      finishReason: 'stop',
      usage: { promptTokens: 10, completionTokens: 20, totalTokens: 30 },
      usageSource: 'reported',
      cost: undefined,
    },
  ]);
});

test('costs are calculated in standalone and hybrid mode, not in MaaS mode', () => {
  const modes = [
    [{}, 225_000_000n],
    [
      { maas_integration: { enabled: true, metrics: { internal_cost_calculation: true } } },
      225_000_000n,
    ],
    [maas, undefined],
  ] as const;
  for (const [overrides, picoUnits] of modes) {
    const fixture = exchangeFixture(testConfig(overrides));
    const { exchange } = send(fixture, chat('auto', 'prove it'), { headers: alice });
    respond(exchange, 200);
    feed(exchange, Buffer.from(JSON.stringify({ usage })), true);
    finish(exchange, 'complete');
    expect(fixture.records[0]?.cost?.picoUnits).toBe(picoUnits);
  }
});

test('an event stream is metered by its last usage', () => {
  const fixture = exchangeFixture();
  const { exchange, verdict } = send(fixture, chat('auto', 'hello', { stream: true }));
  expect(forwarded(verdict).body).toMatchObject({ stream_options: { include_usage: true } });
  respond(exchange, 200, 'text/event-stream');
  const event = (value: object): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
  expect(
    feed(exchange, event({ choices: [{ delta: { content: 'Hi' } }], usage: null }), false),
  ).toBeUndefined();
  feed(exchange, event({ choices: [], usage }), false);
  feed(exchange, Buffer.from('data: [DONE]\n\n'), false);
  feed(exchange, Buffer.alloc(0), true);
  finish(exchange, 'complete');
  expect(fixture.records).toMatchObject([
    { stream: true, outcome: 'completed', usageSource: 'reported', usage: { promptTokens: 10 } },
  ]);
});

test('a stream that is cut keeps the usage that it had', () => {
  const fixture = exchangeFixture();
  const { exchange } = send(fixture, chat('auto', 'hello', { stream: true }));
  respond(exchange, 200, 'text/event-stream');
  feed(exchange, Buffer.from(`data: ${JSON.stringify({ choices: [], usage })}\n\n`), false);
  finish(exchange, 'cut');
  expect(fixture.records).toMatchObject([{ outcome: 'aborted', usageSource: 'reported' }]);
  expect(fixture.errors).toEqual(['small:aborted']);
});

test('a stream that is cut before its usage is estimated, and marked so', () => {
  const fixture = exchangeFixture();
  const { exchange } = send(fixture, chat('auto', 'x'.repeat(400), { stream: true }));
  respond(exchange, 200, 'text/event-stream');
  for (let index = 0; index < 5; index += 1) {
    const chunk = JSON.stringify({ choices: [{ index: 0, delta: { content: 'word' } }] });
    feed(exchange, Buffer.from(`data: ${chunk}\n\n`), false);
  }
  finish(exchange, 'cut');
  const [record] = fixture.records;
  expect(record).toMatchObject({ outcome: 'aborted', usageSource: 'estimated' });
  expect(record?.usage?.promptTokens).toBeGreaterThanOrEqual(100);
  expect(record?.usage?.completionTokens).toBe(5);
  expect(record?.cost).toBeUndefined();
});

test('an upstream error is no usage', () => {
  const fixture = exchangeFixture();
  const { exchange } = send(fixture, chat('auto', 'hello'));
  expect(respond(exchange, 503)).toMatchObject({ 'x-vsr-selected-model': 'small' });
  feed(exchange, Buffer.from('{"error":{}}'), true);
  finish(exchange, 'complete');
  expect(fixture.records).toMatchObject([
    { outcome: 'upstream_error', status: 503, usage: undefined, usageSource: 'none' },
  ]);
  expect(fixture.errors).toEqual(['small:upstream_5xx']);
});

test('broken JSON with status 200 passes on and is counted as without usage', () => {
  const fixture = exchangeFixture();
  const { exchange } = send(fixture, chat('auto', 'hello'));
  respond(exchange, 200);
  expect(feed(exchange, Buffer.from('{"choices": [oops'), true)).toBeUndefined();
  finish(exchange, 'complete');
  expect(fixture.records).toMatchObject([{ outcome: 'completed', usageSource: 'estimated' }]);
  expect(fixture.errors).toEqual(['small:parse_error']);
});

test('a 413 of the proxy before any body is an error without a record', () => {
  const fixture = exchangeFixture();
  const exchange = fixture.open();
  exchange.requestHeaders(requestHead());
  respond(exchange, 413);
  finish(exchange, 'complete');
  expect(fixture.records).toEqual([]);
  expect(fixture.errors).toEqual([':body_too_large']);
});

test('finalize counts once, whatever is called', () => {
  const fixture = exchangeFixture();
  const { exchange } = send(fixture, chat('auto', 'hello'));
  respond(exchange, 200);
  finish(exchange, 'complete');
  expect(finish(exchange, 'cut')).toBeUndefined();
  expect(fixture.records).toHaveLength(1);
  expect(fixture.current.pinned()).toBe(0);
});
