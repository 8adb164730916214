import { expect, test } from '@jest/globals';
import { redact, redactFields } from './redact.ts';

test.each([
  'authorization',
  'Proxy-Authorization',
  'cookie',
  'set-cookie',
  'password',
  'api_key',
  'apiKey',
  'x-api-key',
  'client_secret',
  'token',
  'accessToken',
  'prompt',
  'headers',
  'body',
])('a field called %s is hidden', (name) => {
  expect(redactFields({ [name]: 'value', nested: { [name]: 'value' } })).toEqual({
    [name]: '[redacted]',
    nested: { [name]: '[redacted]' },
  });
});

test.each(['prompt_tokens', 'completion_tokens', 'tokens', 'user', 'key', 'content_type'])(
  'a field called %s is not',
  (name) => {
    expect(redactFields({ [name]: 12 })).toEqual({ [name]: 12 });
  },
);

test.each([
  ['sent Bearer abc.def-123 there', 'sent Bearer [redacted] there'],
  ['Basic dXNlcjpwYXNz', 'Basic [redacted]'],
  ['key sk-proj-abcdefgh1234 used', 'key [redacted] used'],
  ['eyJhbGciOi.eyJzdWIi.c2lnbg', '[redacted]'],
  ['http://user:pass@host/path', 'http://[redacted]@host/path'],
  ['the task-forced sk- user', 'the task-forced sk- user'],
])('%j becomes %j', (text, expected) => {
  expect(redact(text)).toBe(expected);
  expect(redact(new Error(text))).toMatchObject({ message: expected });
});

test('size and depth are bounded, circles end', () => {
  const circle: Record<string, unknown> = { long: 'x'.repeat(10_000) };
  circle['self'] = circle;
  circle['bytes'] = Buffer.alloc(1_000);
  circle['many'] = Array.from({ length: 1_000 }, (_, index) => index);
  circle['big'] = 10n ** 20n;
  expect(JSON.stringify(redact(circle)).length).toBeLessThan(25_000);
});

test('causes that go in circles end', () => {
  const error = new Error('a');
  error.cause = error;
  expect(() => JSON.stringify(redact(error))).not.toThrow();
});
