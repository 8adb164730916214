import { expect, test } from '@jest/globals';
import { readGroups, readIdentityValue } from './caller-identity.ts';

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

test.each<[string | readonly string[] | undefined, readonly string[]]>([
  ['eng', ['eng']],
  [' eng, ops ,,', ['eng', 'ops']],
  ['eng,a\u0000b,ops', ['eng', 'ops']],
  ['', []],
  [undefined, []],
  [
    ['eng', 'with, comma', ' '],
    ['eng', 'with, comma'],
  ],
])('the groups in %j are %j', (value, expected) => {
  expect(readGroups(value)).toEqual(expected);
  if (typeof value === 'string') expect(readGroups(Buffer.from(value))).toEqual(expected);
});

test('groups beyond the limits are nobody’s, and not the first of them', () => {
  const many = Array.from({ length: 501 }, (_, index) => `g${index}`);
  expect(readGroups(many.slice(1))).toHaveLength(500);
  expect(readGroups(many)).toEqual([]);
  expect(readGroups(many.join(','))).toEqual([]);
  expect(readGroups('x'.repeat(20_000))).toEqual([]);
  expect(readGroups(Buffer.from([0x61, 0xff]))).toEqual([]);
});
