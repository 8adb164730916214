import { expect, test } from '@jest/globals';
import { areRequestHeaders, areTrailers } from './request-headers.ts';

type Pair = readonly [name: string, value: string];

const named = (pairs: readonly Pair[]) => pairs.map(([name, value]) => ({ name, value }));

const pseudo: readonly Pair[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/some/method'],
  [':authority', 'somewhere'],
];

test('what gRPC clients send is well formed', () => {
  const regular: readonly Pair[] = [
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
    ['x-odd_name.1', ' any value: é, "quoted", '],
    ['x-empty', ''],
  ];
  expect(areRequestHeaders(named([...pseudo, ...regular]))).toBe(true);
  expect(areRequestHeaders(named(pseudo.slice(0, 3)))).toBe(true);
  expect(areTrailers(named(regular))).toBe(true);
  expect(areTrailers([])).toBe(true);
});

test.each<[string, readonly Pair[]]>([
  ['no headers', []],
  ['no method', pseudo.slice(1)],
  ['no path', [...pseudo.slice(0, 2), ...pseudo.slice(3)]],
  ['a path twice', [...pseudo, [':path', '/other']]],
  ['a pseudo-header behind another header', [['te', 'trailers'], ...pseudo]],
  ['a pseudo-header of responses', [...pseudo, [':status', '200']]],
  ['a pseudo-header that nobody knows', [...pseudo, [':protocol', 'websocket']]],
  ['a line break in the path', [...pseudo.slice(0, 2), [':path', '/a\r\nb']]],
])('a request with %s is malformed', (_, pairs) => {
  expect(areRequestHeaders(named(pairs))).toBe(false);
});

test.each<[string, Pair]>([
  ['an upper-case name', ['X-Name', 'value']],
  ['an empty name', ['', 'value']],
  ['a space in a name', ['x name', 'value']],
  ['a line break in a value', ['x-name', 'a\nb']],
  ['a NUL in a value', ['x-name', 'a\0b']],
  ['a header of the connection', ['connection', 'close']],
  ['chunks', ['transfer-encoding', 'chunked']],
  ['a TE of anything but trailers', ['te', 'gzip']],
])('%s is malformed in headers and in trailers', (_, pair) => {
  expect(areRequestHeaders(named([...pseudo, pair]))).toBe(false);
  expect(areTrailers(named([pair]))).toBe(false);
});

test('trailers have no pseudo-headers', () => {
  expect(areTrailers(named([[':path', '/']]))).toBe(false);
});
