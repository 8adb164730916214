import { expect, test } from '@jest/globals';
import { Splices } from './splice.ts';

test('spans are replaced, insertions keep their order, the rest stays', () => {
  const splices = new Splices();
  splices.replace(4, 7, Buffer.from('four'));
  splices.replace(0, 0, Buffer.from('>'));
  splices.replace(7, 7, Buffer.from('1'));
  splices.replace(7, 7, Buffer.from('2'));
  splices.replace(11, 11, Buffer.from('<'));
  const pieces = splices.apply(Buffer.from('one two six')) ?? [];
  expect(Buffer.concat(pieces).toString()).toBe('>one four12 six<');
});

test('what stays is not copied, and where all stays there is no new text', () => {
  const original = Buffer.from('one two');
  const splices = new Splices();
  expect(splices.apply(original)).toBeUndefined();
  splices.replace(3, 3, Buffer.from('!'));
  const [one, , two] = splices.apply(original) ?? [];
  expect([one, two].map((piece) => piece?.buffer)).toEqual([original.buffer, original.buffer]);
});

test('overlapping spans are a mistake of the caller', () => {
  const splices = new Splices();
  splices.replace(0, 3, Buffer.from('a'));
  splices.replace(2, 4, Buffer.from('b'));
  expect(() => splices.apply(Buffer.from('text'))).toThrow(RangeError);
});
