import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readArtefact, writeArtefact, type Artefact } from './artefact.ts';

const artefact: Artefact = {
  kind: 'category',
  version: 3,
  encoder: 'tiny@abc',
  about: { labels: ['a', 'ä'] },
  arrays: {
    steps: Int8Array.from([-127, 0, 127]),
    scales: Float32Array.from([0.5, 1e-9, 3]),
    rarities: Uint8Array.from([255, 1]),
    none: new Int8Array(0),
  },
};
const expected = { kind: 'category', version: 3 };

function problemOf(bytes: Uint8Array, wanted = expected): string {
  const result = readArtefact(bytes, wanted);
  return result.ok ? 'none' : result.problem;
}

describe('the file of a head', () => {
  const bytes = writeArtefact(artefact);

  test('what was written is read again, from any place in memory', () => {
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(readArtefact(shifted.subarray(1), expected)).toEqual({ ok: true, artefact });
  });

  test('a head without an encoder stays without one', () => {
    const plain = { ...artefact, encoder: undefined };
    expect(readArtefact(writeArtefact(plain), expected)).toEqual({ ok: true, artefact: plain });
  });

  test('the same head gives the same bytes', () => {
    expect(writeArtefact(artefact)).toEqual(bytes);
  });

  test('a change of any byte is noticed', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = Uint8Array.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ change;
        expect(readArtefact(changed, expected).ok).toBe(false);
      }),
    );
  });

  test('a file that ends early is refused', () => {
    expect(problemOf(bytes.subarray(0, bytes.length - 8))).toContain('checksum');
    expect(problemOf(bytes.subarray(0, 20))).toContain('not a head');
    expect(problemOf(new Uint8Array(0))).toContain('not a head');
  });

  test('a head of another kind or version is refused by name', () => {
    expect(problemOf(bytes, { kind: 'jailbreak', version: 3 })).toBe(
      'It is a head of kind "category", not jailbreak.',
    );
    expect(problemOf(bytes, { kind: 'category', version: 4 })).toBe(
      'It has version 3 of its kind, and this program reads 4: train it anew.',
    );
  });
});
