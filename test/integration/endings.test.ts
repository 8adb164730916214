// Every way in which a request can end, through the real Envoy: exactly one usage record each, and
// counters that say what the scripted backend and client know happened.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageRecord } from '../../dataplane/domain/usage-record.ts';
import { send, sendSse } from '../kit/client.ts';
import { chatChunks, chatCompletion, jsonReply, sseReply } from '../kit/model-replies.ts';
import { startSystem, type System } from '../kit/system.ts';

const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const maas = { maas_integration: { enabled: true } };
const words = 'one two three four five six seven eight nine ten';

let system: System;
let seen = 0;

beforeAll(async () => {
  system = await startSystem({
    config: { ...maas, router: { upstream_timeout_seconds: 1, message_timeout_seconds: 5 } },
  });
});
afterAll(() => system.stop());

const requestOf = (user: string, more: object = {}) => ({
  url: `${system.url}/v1/chat/completions`,
  headers: { 'x-auth-request-user': user, 'x-auth-request-tier': 'premium' },
  body: { model: 'small', messages: [{ role: 'user', content: 'hello' }], ...more },
});

/** The one record that the last request left, after time enough for a second one. */
async function onlyRecord(): Promise<UsageRecord> {
  const records = await system.waitForRecords(seen + 1);
  await sleep(50);
  expect(system.records).toHaveLength(seen + 1);
  seen += 1;
  const record = records.at(-1);
  if (record === undefined) throw new Error('no record');
  return record;
}

async function tokensOf(user: string, kind = 'tokens'): Promise<readonly [number, number]> {
  const series = (type: string): Promise<number> =>
    system.metric(
      `semantic_router_${kind}_total{user="${user}",tier="premium",model="small",type="${type}"}`,
    );
  return [await series('prompt'), await series('completion')];
}

function requestsOf(user: string): Promise<number> {
  return system.metric(
    `semantic_router_requests_total{user="${user}",tier="premium",model="small",decision="pinned"}`,
  );
}

describe('with usage reported', () => {
  test('a whole JSON answer', async () => {
    system.backends.small.next(jsonReply(chatCompletion({ usage })));
    const reply = await send(requestOf('json'));
    expect(reply.status).toBe(200);
    expect(await onlyRecord()).toMatchObject({ outcome: 'completed', usageSource: 'reported' });
    expect(await tokensOf('json')).toEqual([10, 20]);
    expect(await requestsOf('json')).toBe(1);
  });

  test('a whole event stream', async () => {
    system.backends.small.next(sseReply(chatChunks({ usage })));
    const reply = await sendSse(requestOf('sse', { stream: true }));
    expect(reply.events.at(-1)).toBe('[DONE]');
    expect(await onlyRecord()).toMatchObject({ outcome: 'completed', stream: true });
    expect(await tokensOf('sse')).toEqual([10, 20]);
  });

  test('an event stream without [DONE]', async () => {
    system.backends.small.next(sseReply(chatChunks({ usage }), { done: false }));
    await sendSse(requestOf('no-done', { stream: true }));
    expect(await onlyRecord()).toMatchObject({ outcome: 'completed', usageSource: 'reported' });
    expect(await tokensOf('no-done')).toEqual([10, 20]);
  });

  test('a client that goes away after the usage', async () => {
    const chunks = chatChunks({ usage });
    system.backends.small.next(sseReply(chunks, { gapMs: 5, then: ['hang'], done: false }));
    await sendSse(requestOf('late-abort', { stream: true }), { abortAfter: chunks.length });
    expect(await onlyRecord()).toMatchObject({ outcome: 'aborted', usageSource: 'reported' });
    expect(await tokensOf('late-abort')).toEqual([10, 20]);
    expect(await tokensOf('late-abort', 'estimated_tokens')).toEqual([0, 0]);
  });
});

describe('without usage', () => {
  test('a client that goes away in the middle of a stream', async () => {
    const chunks = chatChunks({ usage, content: words });
    system.backends.small.next(sseReply(chunks, { gapMs: 20 }));
    await sendSse(requestOf('abort', { stream: true }), { abortAfter: 5 });
    const record = await onlyRecord();
    expect(record).toMatchObject({ outcome: 'aborted', usageSource: 'estimated' });
    // Envoy may have had one more chunk on its way when the client left.
    expect(record.usage?.completionTokens).toBeGreaterThanOrEqual(5);
    expect(record.usage?.completionTokens).toBeLessThanOrEqual(8);
    expect(await tokensOf('abort')).toEqual([0, 0]);
    const [prompt] = await tokensOf('abort', 'estimated_tokens');
    expect(prompt).toBe(2);
    expect(await requestsOf('abort')).toBe(1);
  });

  test('a client that goes away before the answer begins', async () => {
    system.backends.small.next({ before: ['hang'] });
    const before = system.backends.small.requests.length;
    const sent = send({ ...requestOf('early-abort'), timeoutMs: 300 }).catch(() => 'cut');
    await system.backends.small.request(before);
    expect(await sent).toBe('cut');
    expect(await onlyRecord()).toMatchObject({
      outcome: 'aborted',
      status: undefined,
      usageSource: 'estimated',
      usage: { promptTokens: 2, completionTokens: 0 },
    });
    expect(await tokensOf('early-abort')).toEqual([0, 0]);
  });

  test('a backend that resets before it answers', async () => {
    system.backends.small.next({ before: ['reset'] });
    const reply = await send(requestOf('reset-early'));
    expect(reply.status).toBe(503);
    expect(reply.json()).toMatchObject({ error: { code: 'service_unavailable' } });
    expect(await onlyRecord()).toMatchObject({ outcome: 'upstream_error', usageSource: 'none' });
    expect(await tokensOf('reset-early')).toEqual([0, 0]);
    expect(await tokensOf('reset-early', 'estimated_tokens')).toEqual([0, 0]);
    expect(await requestsOf('reset-early')).toBe(1);
  });

  test('a backend that resets in the middle of a stream', async () => {
    const chunks = chatChunks({ usage: null, content: words });
    system.backends.small.next(sseReply(chunks, { gapMs: 5, then: ['reset'], done: false }));
    const reply = await sendSse(requestOf('reset-mid', { stream: true }));
    expect(reply.complete).toBe(false);
    expect(await onlyRecord()).toMatchObject({
      outcome: 'aborted',
      usageSource: 'estimated',
      usage: { completionTokens: 12 },
    });
    expect(await tokensOf('reset-mid')).toEqual([0, 0]);
  });

  test('a backend that resets in the middle of a JSON body', async () => {
    const body = Buffer.from(JSON.stringify(chatCompletion({ usage })));
    system.backends.small.next({
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
      steps: [{ write: body.subarray(0, 40) }, { waitMs: 50 }, 'reset'],
    });
    const reply = await send(requestOf('reset-json'));
    expect(reply.complete).toBe(false);
    expect(await onlyRecord()).toMatchObject({ outcome: 'aborted', usageSource: 'estimated' });
    expect(await tokensOf('reset-json')).toEqual([0, 0]);
  });

  test.each([400, 401, 429, 500, 503])('a backend that answers %d', async (status) => {
    const user = `status-${status}`;
    const error = { error: { message: 'no', type: 'x', code: null, param: null } };
    system.backends.small.next(jsonReply(error, { status, headers: { 'retry-after': '7' } }));
    const reply = await send(requestOf(user));
    expect(reply.status).toBe(status);
    expect(reply.json()).toEqual(error);
    expect(reply.headers['retry-after']).toBe('7');
    expect(await onlyRecord()).toMatchObject({ outcome: 'upstream_error', status });
    expect(await tokensOf(user)).toEqual([0, 0]);
    expect(await requestsOf(user)).toBe(1);
  });

  test('a backend that takes too long', async () => {
    system.backends.small.next({ before: ['hang'] });
    const reply = await send(requestOf('timeout'));
    expect(reply.status).toBe(504);
    expect(await onlyRecord()).toMatchObject({ outcome: 'upstream_error', status: 504 });
    expect(await tokensOf('timeout')).toEqual([0, 0]);
  });
});

describe('answered by the router or by Envoy', () => {
  test('an immediate answer leaves no record, and is counted as an error', async () => {
    const series = 'llm_request_errors_total{model="",reason="model_not_found"}';
    const before = await system.metric(series);
    const reply = await send(requestOf('unknown-model', { model: 'nope' }));
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ error: { code: 'model_not_found' } });
    await sleep(50);
    expect(system.records).toHaveLength(seen);
    expect(await system.metric(series)).toBe(before + 1);
  });

  test('the list of models comes from the router', async () => {
    const reply = await send({ url: `${system.url}/v1/models` });
    expect(reply.json()).toMatchObject({ object: 'list' });
    expect(system.records).toHaveLength(seen);
  });
});
