import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { compileKeywordRules, occurringKeywords, type KeywordMatcher } from './matcher.ts';

type Operator = KeywordRule['operator'];

function rule(operator: Operator, keywords: string[], case_sensitive = false): KeywordRule {
  return { name: 'rule', operator, keywords, case_sensitive };
}

function heldBy(matcher: KeywordMatcher, rules: readonly unknown[], text: string): boolean[] {
  const found = matcher.match(text);
  return rules.map((_, index) => found.valueOf(index).value === 'true');
}

const matches = (rules: readonly KeywordRule[], text: string): readonly boolean[] =>
  heldBy(compileKeywordRules(rules), rules, text);

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
  const rules = [rule('AND', ['a', 'b']), rule('OR', ['a'])];
  const matcher = compileKeywordRules(rules);
  expect(heldBy(matcher, rules, 'a')).toEqual([false, true]);
  expect(heldBy(matcher, rules, 'b')).toEqual([false, false]);
  expect(heldBy(matcher, rules, 'a b')).toEqual([true, true]);
  expect(heldBy(matcher, rules, '')).toEqual([false, false]);
});

test('what a text holds may be asked after another text was looked at', () => {
  const matcher = compileKeywordRules([rule('OR', ['a', String.raw`\d`])]);
  const first = matcher.match('a 1');
  const second = matcher.match('b');
  expect(second.valueOf(0).value).toBe('false');
  expect(first.valueOf(0).value).toBe('true');
});

describe('confidence', () => {
  const confidenceOf = (one: KeywordRule, text: string): number =>
    compileKeywordRules([one]).match(text).valueOf(0).confidence;

  test('of any of several rises with how many occur, each counted once', () => {
    const any = rule('OR', ['sql', 'database', 'index', String.raw`\d+ rows`, 'SQL']);
    expect(confidenceOf(any, 'sql and sql')).toBe(0.625);
    expect(confidenceOf(any, 'an index of the database')).toBe(0.75);
    expect(confidenceOf(any, 'sql index of the database: 12 rows')).toBe(1);
    expect(confidenceOf(any, 'nothing')).toBe(0);
  });

  test('of all is certain, and of none is half', () => {
    expect(confidenceOf(rule('AND', ['a', 'b']), 'b a')).toBe(1);
    expect(confidenceOf(rule('NOR', ['a', 'b']), 'c')).toBe(0.5);
  });
});

describe('a method that the rule names', () => {
  const by = (method: KeywordRule['method'], keyword: string, text: string): boolean =>
    matches([{ ...rule('OR', [keyword]), ...(method && { method }) }], text)[0] === true;

  test('literal: signs of expressions are text, at word boundaries', () => {
    expect(by('literal', 'colou?r', 'which colou?r is it')).toBe(true);
    expect(by('literal', 'colou?r', 'which colour is it')).toBe(false);
    expect(by('literal', 'node', 'nodes')).toBe(false);
  });

  test('regex: text is an expression, without boundaries', () => {
    expect(by('regex', 'node', 'nodes')).toBe(true);
    expect(by('regex', 'n.de', 'nude')).toBe(true);
    expect(by('regex', '^node', 'a node')).toBe(false);
    expect(by('regex', '(?m)^node', 'a\nNODE')).toBe(true);
  });
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
