import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { compileKeywordRules, occurringKeywords } from './matcher.ts';

type Operator = KeywordRule['operator'];

function rule(operator: Operator, keywords: string[], case_sensitive = false): KeywordRule {
  return { name: 'rule', operator, keywords, case_sensitive };
}

const matches = (rules: readonly KeywordRule[], text: string): readonly boolean[] =>
  compileKeywordRules(rules).match(text);

test.each<[Operator, string, boolean]>([
  ['OR', 'some SQL here', true],
  ['OR', 'nothing of it', false],
  ['AND', 'sql without it', false],
  ['AND', 'a database that speaks sql', true],
  ['NOR', 'nothing of it', true],
  ['NOR', 'a database', false],
])('%s of sql and database in %j: %s', (operator, text, expected) => {
  expect(matches([rule(operator, ['sql', 'database'])], text)).toEqual([expected]);
});

test('rules of both kinds of case, with keywords in common, are told apart', () => {
  const rules = [
    rule('OR', ['Go', 'rust']),
    rule('OR', ['Go'], true),
    rule('AND', ['go', 'Rust', 'GO']),
    rule('NOR', ['Go', 'Rust'], true),
  ];
  expect(matches(rules, 'let us go')).toEqual([true, false, false, true]);
  expect(matches(rules, 'Go and rust')).toEqual([true, true, true, false]);
  expect(matches(rules, 'RUST')).toEqual([true, false, false, true]);
});

test('expressions stand beside literals', () => {
  const rules = [
    rule('OR', ['sql', String.raw`\b\d{3}-\d{4}\b`]),
    rule('AND', ['call', String.raw`\b\d{3}-\d{4}\b`, 'me|us']),
    rule('NOR', [String.raw`\d`]),
    rule('OR', ['colou?r'], true),
  ];
  expect(matches(rules, 'call me at 555-1234')).toEqual([true, true, false, false]);
  expect(matches(rules, 'call me')).toEqual([false, false, true, false]);
  expect(matches(rules, 'color')).toEqual([false, false, true, true]);
  expect(matches(rules, 'COLOR')).toEqual([false, false, true, false]);
});

test('a matcher carries nothing over from one text to the next', () => {
  const matcher = compileKeywordRules([rule('AND', ['a', 'b']), rule('OR', ['a'])]);
  expect(matcher.match('a')).toEqual([false, true]);
  expect(matcher.match('b')).toEqual([false, false]);
  expect(matcher.match('a b')).toEqual([true, true]);
  expect(matcher.match('')).toEqual([false, false]);
});

test('no rules, no results', () => {
  expect(matches([], 'anything')).toEqual([]);
});

test('an invalid keyword cannot be compiled', () => {
  expect(() => compileKeywordRules([rule('OR', ['(?:a'])])).toThrow('keyword "(?:a" of rule rule');
});

test('the keywords that occur are told as they stand in the rule', () => {
  const mixed = rule('NOR', ['SQL', 'database', String.raw`\d+ rows`]);
  expect(occurringKeywords(mixed, 'sql gave 12 rows')).toEqual(['SQL', String.raw`\d+ rows`]);
});

test('stopping early changes nothing: each rule is what it is alone', () => {
  const word = fc.constantFrom('alpha', 'Beta', 'gamma delta', 'delta', 'c++');
  const anyRule = fc.record({
    name: fc.constant('rule'),
    operator: fc.constantFrom<Operator>('AND', 'OR', 'NOR'),
    keywords: fc.uniqueArray(word, { minLength: 1 }),
    case_sensitive: fc.boolean(),
  });
  const anyText = fc
    .array(fc.constantFrom('alpha', 'ALPHA', 'beta', 'Beta', 'gamma', 'delta', 'c++', 'x'))
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 3 }), anyText, (rules, text) => {
      const together = matches(rules, text);
      expect(together).toEqual(rules.map((one) => matches([one], text)[0]));
      expect(together).toEqual(
        rules.map((one) => {
          const found = occurringKeywords(one, text);
          if (one.operator === 'AND') return found.length === one.keywords.length;
          return (one.operator === 'OR') === found.length > 0;
        }),
      );
    }),
    { numRuns: 25 },
  );
});
