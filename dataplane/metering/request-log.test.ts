import { expect, test } from '@jest/globals';
import { usageRecord } from '../../test/kit/usage-records.ts';
import type { LogFields } from '../ports.ts';
import { createRequestLog } from './request-log.ts';

const fieldsOf = (given: Parameters<typeof usageRecord>[0]): LogFields => {
  let seen: LogFields = {};
  createRequestLog((message, fields) => {
    seen = { message, ...fields };
  }, true)?.(usageRecord(given));
  return JSON.parse(JSON.stringify(seen)) as LogFields;
};

test('one line says who asked, what answered, how it ended and what it took', () => {
  expect(
    fieldsOf({
      cost: { currency: 'USD', picoUnits: 11_684_000_000n },
      durations: { routingMs: 0.123, firstByteMs: 100.5, totalMs: 1234.568 },
    }),
  ).toEqual({
    message: 'request',
    id: usageRecord().id,
    request_id: 'request-1',
    user: 'alice',
    tier: 'premium',
    endpoint: 'chat.completions',
    requested_model: 'auto',
    model: 'small',
    decision: 'default',
    outcome: 'completed',
    status: 200,
    stream: false,
    prompt_tokens: 10,
    completion_tokens: 20,
    usage_source: 'reported',
    cost: '0.011684',
    currency: 'USD',
    routing_ms: 0.123,
    first_byte_ms: 100.5,
    total_ms: 1234.568,
  });
});

test('detections are told by type', () => {
  expect(fieldsOf({ piiTypes: ['US_SSN'], jailbreakDetected: true, cache: 'miss' })).toMatchObject({
    pii_types: ['US_SSN'],
    jailbreak_detected: true,
    cache: 'miss',
  });
});

test('a request id that a client chose takes little room', () => {
  expect(JSON.stringify(fieldsOf({ requestId: 'x'.repeat(60_000) })).length).toBeLessThan(1_000);
});

test('nothing is prepared where info is off', () => {
  expect(createRequestLog(() => undefined, false)).toBeUndefined();
});
