import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keepPiece } from './kept-pieces.ts';

function keepAll(pieces: readonly Buffer[]): Buffer[] {
  const kept: Buffer[] = [];
  for (const piece of pieces) keepPiece(kept, piece);
  return kept;
}

test('nothing is lost, and all stays in order', () => {
  const pieces = fc.array(
    fc.record({ bytes: fc.constantFrom(0, 1, 300, 5_000), times: fc.nat(300) }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(pieces, (given) => {
      let count = 0;
      const sent = given.flatMap(({ bytes, times }) =>
        Array.from({ length: times }, () => Buffer.alloc(bytes, (count += 1))),
      );
      expect(Buffer.concat(keepAll(sent)).equals(Buffer.concat(sent))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a hundred thousand single bytes become few pieces', () => {
  const bytes = Buffer.alloc(100_000, 'x');
  const kept = keepAll(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
  expect(kept.length).toBeLessThan(1_000);
});

test('a short piece does not hold on to what came with it, a long one is not copied', () => {
  const chunk = Buffer.alloc(65_536);
  const [short, long] = keepAll([chunk.subarray(0, 10), chunk.subarray(10)]);
  expect(short?.buffer).not.toBe(chunk.buffer);
  expect(long?.buffer).toBe(chunk.buffer);
});
