import { expect, test } from '@jest/globals';
import { readCacheControl, shorterTtl } from './cache-control.ts';

test.each([
  [undefined, {}],
  ['', {}],
  ['no-cache', { mayRead: false }],
  ['no-store', { mayStore: false }],
  ['bypass', { mayRead: false, mayStore: false }],
  ['No-Cache, TTL = 60', { mayRead: false, ttlMs: 60_000 }],
  ['max-age=30,ttl=5', { maxAgeMs: 30_000, ttlMs: 5_000 }],
  ['max-age=-1, ttl=soon, public, max-age=', {}],
])('%s', (value, expected) => {
  const all = { mayRead: true, mayStore: true, maxAgeMs: undefined, ttlMs: undefined };
  expect(readCacheControl(value)).toEqual({ ...all, ...expected });
});

test('a request can shorten the time to live, not lengthen it', () => {
  expect(shorterTtl(10, 20)).toBe(10);
  expect(shorterTtl(10, undefined)).toBe(10);
  expect(shorterTtl(undefined, 20)).toBe(20);
  expect(shorterTtl(undefined, undefined)).toBeUndefined();
});
