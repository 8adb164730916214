import { expect, test } from '@jest/globals';
import { disguises, latinOf, letterOfSymbol } from './look-alikes.ts';

test('there are more than two hundred look-alikes, each of one Latin letter', () => {
  expect(latinOf.size).toBeGreaterThan(200);
  for (const latin of latinOf.values()) expect(latin).toMatch(/^[a-zA-Z]$/);
});

test('no look-alike is one that NFKC would change, which comes first', () => {
  for (const codePoint of latinOf.keys()) {
    const character = String.fromCodePoint(codePoint);
    expect(character.normalize('NFKC')).toBe(character);
  }
});

test('letters of living Latin alphabets are no disguise', () => {
  for (const letter of 'øłđıəɛɔŋħ') {
    const codePoint = letter.codePointAt(0) ?? 0;
    expect(latinOf.has(codePoint)).toBe(true);
    expect(disguises.has(codePoint)).toBe(false);
  }
});

test('symbols stand for the letters of their alphabet, from a to z', () => {
  expect(letterOfSymbol(0x1f170)).toBe('a');
  expect(letterOfSymbol(0x1f189)).toBe('z');
  expect(letterOfSymbol(0x1f18a)).toBeUndefined();
  expect(letterOfSymbol(0x61)).toBeUndefined();
});
