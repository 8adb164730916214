import { expect, test } from '@jest/globals';
import { zipOf } from '../../../../test/kit/models/zip.ts';
import { unzip } from './unzip.ts';

const long = 'the same again and again '.repeat(400);
const archive = zipOf({ 'a/small.txt': 'small', 'long.txt': long }, { comment: 'made by hand' });

test('named files come out, stored or deflated, whatever follows the archive', () => {
  const files = unzip(archive, ['long.txt', 'a/small.txt']);
  expect([...files].map(([name, content]) => [name, content.toString()])).toEqual([
    ['long.txt', long],
    ['a/small.txt', 'small'],
  ]);
});

test('a file that is not there is named', () => {
  expect(() => unzip(archive, ['b.txt'])).toThrow('has no file b.txt');
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['something else', Buffer.from('x'.repeat(100))],
  ['the first half', archive.subarray(0, archive.length / 2)],
  ['the second half', archive.subarray(archive.length / 2)],
])('%s of an archive is refused', (_, bytes) => {
  expect(() => unzip(bytes, ['long.txt'])).toThrow('is no zip archive, or one that was cut off');
});

test('a file that does not inflate to its length is refused', () => {
  const lying = zipOf({ 'long.txt': long }, { claimedSize: 10 });
  expect(() => unzip(lying, ['long.txt'])).toThrow('keeps long.txt in a broken form');
});

test('a way of storing that wheels do not use is refused', () => {
  const odd = zipOf({ 'long.txt': long }, { method: 12 });
  expect(() => unzip(odd, ['long.txt'])).toThrow('keeps long.txt in a way that is not known (12)');
});
