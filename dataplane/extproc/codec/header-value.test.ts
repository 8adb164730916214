import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { headerValueOf } from './header-value.ts';

test.each([
  ['a plain value stays', 'math_decision', 'math_decision'],
  ['a tab within is legal', 'a\tb', 'a\tb'],
  ['a line break becomes blanks', 'a\r\nx-evil: 1', 'a  x-evil: 1'],
  ['control characters become blanks', 'a\u0000b\u007fc', 'a b c'],
  ['blanks at the ends go', ' a\n', 'a'],
  ['text beyond ASCII stays', 'größe 數', 'größe 數'],
])('%s', (_, text, value) => {
  expect(headerValueOf(text)).toBe(value);
});

test('a long value is cut at a character', () => {
  expect(headerValueOf('a'.repeat(20_000))).toBe('a'.repeat(16_000));
  // 5,334 characters of three bytes are 16,002.
  expect(headerValueOf('數'.repeat(6_000))).toBe('數'.repeat(5_333));
});

test('whatever comes, the value is one that HTTP allows', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20_000 }), (text) => {
      const value = headerValueOf(text);
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(16_000);
      // eslint-disable-next-line no-control-regex -- control characters are what must be absent
      expect(value).toMatch(/^[^\u0000-\u0008\u000a-\u001f\u007f]*$/);
      expect(value).toBe(value.trim());
    }),
  );
});
