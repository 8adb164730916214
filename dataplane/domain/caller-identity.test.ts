import { expect, test } from '@jest/globals';
import { readIdentityValue } from './caller-identity.ts';

test.each([
  ['alice', 'alice'],
  ['  alice@example.com ', 'alice@example.com'],
  ['team:a/b', 'team:a/b'],
  ['selector-team', 'selector-team'],
  ['x', 'x'],
  ["Robert'); DROP TABLE users;--", "Robert'); DROP TABLE users;--"],
  ['Ünïcödé 用户', 'Ünïcödé 用户'],
  ['', undefined],
  ['   ', undefined],
  ['a\u0000b', undefined],
  ['a\nb', undefined],
  ['a\u0085b', undefined],
  ['x'.repeat(256), 'x'.repeat(256)],
  ['x'.repeat(257), undefined],
  ['ü'.repeat(128), 'ü'.repeat(128)],
  ['ü'.repeat(129), undefined],
  ['\ud800', undefined],
])('%j reads as %j', (value, expected) => {
  expect(readIdentityValue(value)).toBe(expected);
  if (value.isWellFormed()) expect(readIdentityValue(Buffer.from(value))).toBe(expected);
});

test('bytes that are not UTF-8 count as missing', () => {
  expect(readIdentityValue(Buffer.from([0x61, 0xff]))).toBeUndefined();
  expect(readIdentityValue(Buffer.alloc(10_000, 0x61))).toBeUndefined();
  expect(readIdentityValue(undefined)).toBeUndefined();
});
