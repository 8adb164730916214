import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeArtefact } from '../linear/artefact.ts';
import { loadJailbreakHead, writeJailbreakHead } from './head-file.ts';
import type { JailbreakHead } from './head.ts';

const head: JailbreakHead = {
  encoder: 'small@1',
  dimensions: 3,
  bits: 8,
  rarities: Uint8Array.from({ length: 512 }, (_, i) => i % 256),
  words: {
    outputs: 1,
    weights: Int8Array.from({ length: 512 }, (_, i) => (i % 255) - 127),
    scales: Float32Array.of(0.5),
    bias: Float32Array.of(-1),
  },
  vectors: {
    outputs: 1,
    weights: Int8Array.of(1, 2, 3),
    scales: Float32Array.of(0.25),
    bias: Float32Array.of(2),
  },
  sureAt: { blend: 0.5, lexical: -0.5 },
};

test('a head that was written is read as it was', () => {
  expect(loadJailbreakHead(writeJailbreakHead(head))).toEqual({ ok: true, head });
});

test('the same head gives the same bytes', () => {
  expect(writeJailbreakHead(head)).toEqual(writeJailbreakHead({ ...head }));
});

describe('a file is refused with a sentence', () => {
  test.each<[string, JailbreakHead]>([
    ['of words', { ...head, bits: 9 }],
    ['of vectors', { ...head, dimensions: 4 }],
    ['of features beyond reason', { ...head, bits: 40 }],
  ])('where the number %s does not fit', (_, broken) => {
    expect(loadJailbreakHead(writeJailbreakHead(broken))).toEqual({
      ok: false,
      problem: 'Its parts do not fit together.',
    });
  });

  test('where it is another head', () => {
    const other = { kind: 'category', version: 1, encoder: 'x', about: {}, arrays: {} };
    expect(loadJailbreakHead(writeArtefact(other))).toMatchObject({ ok: false });
  });

  test('where it is damaged anywhere', () => {
    const bytes = writeJailbreakHead(head);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(loadJailbreakHead(damaged).ok).toBe(false);
      }),
    );
  });

  test('where it is anything', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(loadJailbreakHead(bytes).ok).toBe(false);
      }),
    );
  });
});
