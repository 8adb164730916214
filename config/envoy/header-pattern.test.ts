import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { beginsWithButIsNot } from './header-pattern.ts';

const pattern = new RegExp(`^(?:${beginsWithButIsNot('x-vsr-', 'x-vsr-cache-control')})$`);

test.each([
  'x-vsr-',
  'x-vsr-c',
  'x-vsr-cache',
  'x-vsr-cache-hit',
  'x-vsr-cache-controls',
  'x-vsr-decision',
])('%s is matched', (name) => {
  expect(pattern.test(name)).toBe(true);
});

test.each(['x-vsr-cache-control', 'x-vsr', 'x-other', 'y-x-vsr-decision'])('%s is not', (name) => {
  expect(pattern.test(name)).toBe(false);
});

test('every other name with the prefix is matched', () => {
  const rest = fc.oneof(
    fc.string({
      unit: fc.constantFrom('c', 'a', 'h', 'e', '-', 'o', 'n', 't', 'r', 'l'),
      maxLength: 14,
    }),
    fc.nat({ max: 13 }).map((length) => 'cache-control'.slice(0, length)),
  );
  fc.assert(
    fc.property(rest, (text) => {
      expect(pattern.test(`x-vsr-${text}`)).toBe(text !== 'cache-control');
    }),
  );
});
