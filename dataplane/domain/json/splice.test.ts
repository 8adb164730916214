import { expect, test } from '@jest/globals';
import { Splices } from './splice.ts';

test('spans are replaced, insertions keep their order, the rest stays', () => {
  const splices = new Splices();
  splices.replace(4, 7, Buffer.from('four'));
  splices.replace(0, 0, Buffer.from('>'));
  splices.replace(7, 7, Buffer.from('1'));
  splices.replace(7, 7, Buffer.from('2'));
  splices.replace(11, 11, Buffer.from('<'));
  expect(splices.apply(Buffer.from('one two six')).toString()).toBe('>one four12 six<');
});

test('nothing to replace gives back the same bytes', () => {
  const original = Buffer.from('text');
  expect(new Splices().apply(original)).toBe(original);
});

test('overlapping spans are a mistake of the caller', () => {
  const splices = new Splices();
  splices.replace(0, 3, Buffer.from('a'));
  splices.replace(2, 4, Buffer.from('b'));
  expect(() => splices.apply(Buffer.from('text'))).toThrow(RangeError);
});
