import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { DecoderFactory } from '../../ports.ts';
import { createContentDecoder } from './create-content-decoder.ts';

// The pipeline takes it as this port.
const create: DecoderFactory = createContentDecoder;

const text = Buffer.from(
  Array.from({ length: 300 }, (_, index) => `data: {"n":${index * 7919}}\n\n`).join(''),
);

async function decode(
  encoding: string,
  body: Buffer,
  { cut = 100, maxBytes = 1 << 20 } = {},
): Promise<Buffer> {
  const output: Buffer[] = [];
  const decoder = createContentDecoder(encoding, (chunk) => output.push(chunk), { maxBytes });
  if (decoder === undefined) throw new Error(`no decoder for ${encoding}`);
  for (let at = 0; at < body.length; at += cut) decoder.write(body.subarray(at, at + cut));
  await decoder.end();
  return Buffer.concat(output);
}

const codings: readonly (readonly [string, string, (data: Buffer) => Buffer])[] = [
  ['gzip', 'gzip', (data) => gzipSync(data)],
  [
    'two members of gzip',
    'gzip',
    (data) => Buffer.concat([gzipSync(data.subarray(0, 99)), gzipSync(data.subarray(99))]),
  ],
  ['x-gzip', 'x-gzip', (data) => gzipSync(data)],
  ['deflate', 'deflate', (data) => deflateSync(data)],
  ['deflate without its header', 'deflate', (data) => deflateRawSync(data)],
  ['br', 'br', (data) => brotliCompressSync(data)],
  ['zstd', 'zstd', (data) => zstdCompressSync(data)],
  ['gzip, then br', 'gzip, br', (data) => brotliCompressSync(gzipSync(data))],
  [
    'zstd, gzip, br',
    'zstd, gzip, br',
    (data) => brotliCompressSync(gzipSync(zstdCompressSync(data))),
  ],
];

test.each(codings)('%s, wherever it is cut', async (_what, encoding, encode) => {
  const body = encode(text);
  for (const cut of [1, 1000, Infinity]) {
    expect(await decode(encoding, body, { cut })).toEqual(text);
  }
});

test.each(codings)(
  '%s that is cut off is decoded as far as it goes',
  async (_what, encoding, encode) => {
    const body = encode(text);
    const decoded = await decode(encoding, body.subarray(0, body.length - 12));
    expect(text.subarray(0, decoded.length)).toEqual(decoded);
    const nothing = await decode(encoding, body.subarray(0, 1));
    expect(nothing).toHaveLength(0);
  },
);

test('a stream that flushes each event can be read up to its end', async () => {
  // Stored blocks, as a server that flushes often would send, cut before the trailer.
  const body = gzipSync(text, { level: 0 });
  const decoded = await decode('gzip', body.subarray(0, -9));
  expect(text.length - decoded.length).toBeLessThan(10);
});

test.each(codings)(
  '%s that breaks gives what came before, and throws nothing',
  async (_what, encoding, encode) => {
    const body = encode(text);
    const broken = Buffer.concat([body.subarray(0, body.length >> 1), Buffer.alloc(5000, 0xff)]);
    const decoded = await decode(encoding, broken);
    expect(decoded.length).toBeLessThan(1 << 20);
    expect(await decode(encoding, Buffer.from('{"usage":{}}'))).toHaveLength(0);
  },
);

test('output beyond the limit ends the decoding', async () => {
  const bomb = gzipSync(Buffer.alloc(64 << 20));
  const decoded = await decode('gzip', bomb, { cut: Infinity, maxBytes: 100_000 });
  expect(decoded.length).toBeLessThanOrEqual(100_000);
  const nested = gzipSync(bomb);
  const limited = await decode('gzip, gzip', nested, { cut: Infinity, maxBytes: 100_000 });
  expect(limited.length).toBeLessThanOrEqual(100_000);
});

test('input that comes faster than it is decoded is bounded too', async () => {
  // All of it is written before the thread pool can begin.
  const stored = gzipSync(Buffer.alloc(40_000), { level: 0 });
  expect(await decode('gzip', stored, { cut: 1000, maxBytes: 30_000 })).toHaveLength(0);
  expect(await decode('gzip', stored, { cut: 1000, maxBytes: 50_000 })).toHaveLength(40_000);
});

test('identity passes, nothing is decoded to nothing, the end may come twice', async () => {
  expect(await decode('identity', text)).toEqual(text);
  expect(await decode('gzip', Buffer.alloc(0))).toHaveLength(0);
  const decoder = create('br', () => undefined);
  expect(decoder?.end()).toBe(decoder?.end());
  decoder?.write(brotliCompressSync(text));
  await decoder?.end();
});

test('an unknown coding has no decoder', () => {
  expect(create('compress', () => undefined)).toBeUndefined();
});
