import { describe, expect, test } from '@jest/globals';
import { routerConfigSchema, type Predicate } from '../../../config/schema/index.ts';
import { compileFeature, StructuredText, structureSignal } from './structure.ts';

const { structure_rules: schema } = routerConfigSchema.shape;

function ruleOf(feature: object, predicate?: Predicate) {
  const [rule] = schema.parse([{ name: 'r', feature, ...(predicate && { predicate }) }]);
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

const valueIn = (text: string, feature: object): number =>
  compileFeature(ruleOf(feature))(new StructuredText(text));

describe('a regular expression', () => {
  const questions = { type: 'regex', pattern: '[?？]' };
  test('is counted, or is there', () => {
    expect(valueIn('who? why? 什么？', { type: 'count', source: questions })).toBe(3);
    expect(valueIn('who? why?', { type: 'exists', source: questions })).toBe(1);
    expect(valueIn('nobody', { type: 'exists', source: questions })).toBe(0);
  });

  test('sees lines, and minds case when told to', () => {
    const steps = { type: 'regex', pattern: String.raw`(?m)^\s*\d+\.\s` };
    expect(valueIn('1. a\n 2. b\nc 3. d', { type: 'count', source: steps })).toBe(2);
    const word = { type: 'regex', pattern: 'sql' };
    expect(valueIn('SQL sql', { type: 'count', source: word })).toBe(2);
    expect(valueIn('SQL sql', { type: 'count', source: { ...word, case_sensitive: true } })).toBe(
      1,
    );
  });
});

describe('a set of keywords', () => {
  const source = { type: 'keyword_set', keywords: ['at most', 'Within', '不超过', 'c++'] };
  test('is counted at word boundaries, however often each occurs', () => {
    const text = 'At most 3, at most 4, within reason; 价格不超过十元; c++17 and withinside';
    expect(valueIn(text, { type: 'count', source })).toBe(5);
  });

  test('is a share of the words or of the characters', () => {
    expect(valueIn('within an hour or so', { type: 'density', source })).toBe(0.2);
    const byCharacter = { type: 'density', normalize_by: 'char_count', source };
    expect(valueIn('within it!', byCharacter)).toBe(0.1);
    expect(valueIn('', { type: 'density', source })).toBe(0);
    expect(valueIn('不超过十元', { type: 'density', source })).toBe(0.2);
  });
});

test.each([
  ['First this, then that', 1],
  ['then this, first that', 0],
  ['first, next, and finally', 1],
  ['firstly then', 0],
  ['首先这样，然后那样', 1],
])('markers follow each other in %j: %s', (text, expected) => {
  const sequences = [
    ['first', 'then'],
    ['first', 'next', 'finally'],
    ['首先', '然后'],
  ];
  const source = { type: 'sequence', sequences };
  expect(valueIn(text, { type: 'sequence', source })).toBe(expected);
});

test('the size of a text is its bytes, all of them', () => {
  const feature = { type: 'count', source: { type: 'text_bytes' } };
  expect(valueIn('äöü', feature)).toBe(6);
  expect(valueIn('x'.repeat(100_000), feature)).toBe(100_000);
});

test.each<[Predicate | undefined, readonly boolean[]]>([
  [undefined, [false, true, true, true]],
  [{ gt: 1 }, [false, false, true, true]],
  [{ gte: 1 }, [false, true, true, true]],
  [{ lt: 2 }, [true, true, false, false]],
  [{ lte: 2 }, [true, true, true, false]],
  [{ gte: 1, lt: 3 }, [false, true, true, false]],
])('%j holds for 0 to 3 like this: %j', (predicate, expected) => {
  const rule = ruleOf({ type: 'count', source: { type: 'text_bytes' } }, predicate);
  const values = [0, 1, 2, 3].map((value) => structureSignal(rule, value).value === 'true');
  expect(values).toEqual(expected);
});
