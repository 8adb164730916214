import { expect, test } from '@jest/globals';
import { parseContentEncoding } from './content-encoding.ts';

test.each([
  ['', []],
  ['identity', []],
  ['gzip', ['gzip']],
  ['X-GZIP', ['gzip']],
  [' gzip ,, BR, identity', ['gzip', 'br']],
  ['deflate, zstd, br', ['deflate', 'zstd', 'br']],
  ['gzip, gzip, gzip, gzip', undefined],
  ['compress', undefined],
  ['gzip, snappy', undefined],
  ['__proto__', undefined],
])('%j', (value, codings) => {
  expect(parseContentEncoding(value)).toEqual(codings);
});
