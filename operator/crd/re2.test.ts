import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { re2Pattern } from './re2.ts';

test.each([
  [/^[a-z]+$/, '^[a-z]+$'],
  [/^[^\u00a0-\u00ff]$/, '^[^\\x{00a0}-\\x{00ff}]$'],
  [/^[[\]]\.\[$/, '^[[\\]]\\.\\[$'],
])('%s is %s', (expression, pattern) => {
  expect(re2Pattern(expression.source)).toBe(pattern);
});

test('blanks mean the same in both dialects', () => {
  const [inside, alone] = [/^[^\s]+$/, /^\s+$/];
  const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map(String.fromCharCode) });
  const blank = fc.constantFrom('\u00a0', '\v', '\ufeff', ' ', '\u3000', '\u200a').map(String);
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        blank,
        fc.array(blank).map((all) => all.join('')),
      ),
      (sample) => {
        for (const expression of [inside, alone]) {
          const re2 = RE2JS.compile(re2Pattern(expression.source));
          expect([sample, re2.matcher(sample).find()]).toEqual([sample, expression.test(sample)]);
        }
      },
    ),
  );
});

test.each([/^(?!a)b/, /(?<=a)b/, /(a)\1/])('%s is refused', (expression) => {
  expect(() => re2Pattern(expression.source)).toThrow('RE2 has no');
});
