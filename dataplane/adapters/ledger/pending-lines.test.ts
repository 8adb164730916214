import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PendingLines } from './pending-lines.ts';

type Step =
  | { readonly kind: 'push'; readonly text: string }
  | { readonly kind: 'write'; readonly maxBytes: number; readonly share: number }
  | { readonly kind: 'release' | 'rewind' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('push' as const),
    text: fc.string({ minLength: 1, unit: 'grapheme' }),
  }),
  fc.record({
    kind: fc.constant('write' as const),
    maxBytes: fc.nat(60),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constantFrom('release' as const, 'rewind' as const) }),
);

/** The bytes of all lines, and where in them the lines end. */
class Written {
  bytes = Buffer.alloc(0);
  ends: number[] = [];
}

test('lines come out as they went in, whatever is written, released and taken back', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pending = new PendingLines(32);
      const all = new Written();
      let safe = 0;
      let at = 0;
      for (const each of steps) {
        if (each.kind === 'push') {
          pending.push(each.text, Buffer.byteLength(each.text));
          all.bytes = Buffer.concat([all.bytes, Buffer.from(each.text)]);
          all.ends.push(all.bytes.length);
        } else if (each.kind === 'write') {
          if (pending.nextLength === undefined) continue;
          const batch = pending.batch(each.maxBytes);
          expect(batch.length).toBeGreaterThanOrEqual(pending.nextLength);
          expect(batch).toEqual(all.bytes.subarray(at, at + batch.length));
          expect(all.ends).toContain(at + batch.length);
          if (batch.length > pending.nextLength) {
            expect(batch.length).toBeLessThanOrEqual(each.maxBytes);
          }
          const written = Math.floor(batch.length * each.share);
          pending.advance(written);
          at += written;
        } else if (each.kind === 'release') {
          pending.release();
          safe = Math.max(safe, ...all.ends.filter((end) => end <= at));
        } else {
          pending.rewind();
          at = safe;
        }
        expect(pending.bytes).toBe(all.bytes.length - safe);
        expect(pending.count).toBe(all.ends.filter((end) => end > safe).length);
        expect(pending.partialBytes).toBe(
          at - Math.max(safe, ...all.ends.filter((end) => end <= at)),
        );
      }
    }),
  );
});
