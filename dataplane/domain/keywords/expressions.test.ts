import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileKeywordRegex } from '../../../config/keyword-pattern.ts';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { JsonText } from '../json/text.ts';
import { expressionFinder } from './expressions.ts';

const ruleOf = (keywords: string[], case_sensitive = false): KeywordRule => ({
  name: 'r',
  operator: 'OR',
  method: 'regex',
  keywords,
  case_sensitive,
});

const sources = [
  ...['ab', 'a+b', '(?i)Ba', '^a', 'b$', '(?m)^c$', String.raw`\bca\b`, 'a.c', '[^a-c]', 'é', '数'],
  ...[
    String.raw`\d{2,3}`,
    'a|bc',
    '(?:ab)+c',
    String.raw`\W`,
    '(?s)a.b',
    String.raw`\x41`,
    String.raw`\Qa.`,
  ],
];

test('together they match what each matches by itself', () => {
  const text = fc.string({
    unit: fc.constantFrom(...Array.from('abcABC1É数é \n.')),
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.boolean(), text, (minds, prompt) => {
      const rules = sources.map((source) => ruleOf([source], minds));
      const found = expressionFinder(rules)?.find(JsonText.of(prompt));
      const together = sources.filter((_, rule) => (found?.get(rule) ?? 0) > 0);
      const alone = sources.filter((source) => compileKeywordRegex(source, minds).test(prompt));
      expect(together).toEqual(alone);
    }),
    { numRuns: 300 },
  );
});

test('each of very many is found, whichever automaton it is in', () => {
  const rules = Array.from({ length: 100 }, (_, index) => ruleOf([`x${index}y`, `u${index}v`]));
  const finder = expressionFinder(rules);
  for (const index of [0, 63, 64, 99]) {
    const found = finder?.find(JsonText.of(`x${index}y u${index}v`));
    expect(rules.flatMap((_, rule) => [found?.get(rule) ?? 0])).toEqual(
      rules.map((_, rule) => (rule === index ? 2 : 0)),
    );
  }
});

test('rules without expressions have no finder', () => {
  expect(expressionFinder([{ ...ruleOf(['a']), method: 'literal' }])).toBeUndefined();
});
