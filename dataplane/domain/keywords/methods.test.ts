import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeywordRule } from '../../../config/schema/index.ts';
import { differsByAtMost } from './fuzzy.ts';
import { compileKeywordRules } from './matcher.ts';

function valueOf(rule: Partial<KeywordRule> & Pick<KeywordRule, 'keywords'>, text: string) {
  const whole: KeywordRule = { name: 'r', operator: 'OR', case_sensitive: false, ...rule };
  return compileKeywordRules([whole]).match(text).valueOf(0);
}

const holdsFor = (
  rule: Partial<KeywordRule> & Pick<KeywordRule, 'keywords'>,
  text: string,
): boolean => valueOf(rule, text).value === 'true';

describe('bm25', () => {
  const rule = (keywords: string[], more: Partial<KeywordRule> = {}) =>
    ({ method: 'bm25', keywords, ...more }) as const;

  test.each([
    ['how do I debug this?', true],
    ['Debugging takes all my time', true],
    ['it was refactored yesterday', true],
    ['what is for dinner', false],
    ['refactories', false],
  ])('finds the inflections of words in %j: %s', (text, expected) => {
    expect(holdsFor(rule(['debug', 'refactor', 'algorithm']), text)).toBe(expected);
  });

  test('wants every word of a phrase, wherever they stand', () => {
    const phrase = rule(['password reset']);
    expect(holdsFor(phrase, 'please reset my old password')).toBe(true);
    expect(holdsFor(phrase, 'reset everything')).toBe(false);
  });

  test('stop words of a phrase do not count, unless it has no others', () => {
    expect(holdsFor(rule(['the root of the cause']), 'cause and root')).toBe(true);
    expect(holdsFor(rule(['how to']), 'how am I to know')).toBe(true);
    expect(holdsFor(rule(['how to']), 'how about it')).toBe(false);
  });

  test('one mention in a long text is not what the text is about', () => {
    const words = (count: number): string => 'lorem '.repeat(count);
    expect(holdsFor(rule(['debug']), `${words(500)} debug`)).toBe(true);
    expect(holdsFor(rule(['debug']), `${words(2000)} debug`)).toBe(false);
    expect(holdsFor(rule(['debug']), `${words(2000)} ${'debug '.repeat(40)}`)).toBe(true);
    expect(holdsFor(rule(['debug'], { bm25_threshold: 5 }), 'debug debug')).toBe(false);
  });

  test('the weight of a keyword does not depend on which others the rule lists', () => {
    const many = Array.from({ length: 50 }, (_, at) => `word${at}`);
    const alone = rule(['debug'], { bm25_threshold: 1.2 });
    const among = rule(['debug', ...many], { bm25_threshold: 1.2 });
    for (const text of ['debug', `debug ${'lorem '.repeat(200)}`]) {
      expect(holdsFor(among, text)).toBe(holdsFor(alone, text));
    }
  });

  test('AND wants all keywords, NOR none', () => {
    const all = rule(['debug', 'crash'], { operator: 'AND' });
    expect(holdsFor(all, 'crashes while debugging')).toBe(true);
    expect(holdsFor(all, 'crashes')).toBe(false);
    expect(holdsFor({ ...all, operator: 'NOR' }, 'a walk in the park')).toBe(true);
    expect(holdsFor({ ...all, operator: 'NOR' }, 'it crashed')).toBe(false);
  });

  test('Chinese is found by its characters', () => {
    expect(holdsFor(rule(['数学']), '我想学习数学')).toBe(true);
    expect(holdsFor(rule(['数学']), '我想吃饭')).toBe(false);
  });
});

describe('fuzzy', () => {
  const rule = (keywords: string[], more: Partial<KeywordRule> = {}) =>
    ({ method: 'fuzzy', keywords, ...more }) as const;

  test.each([
    ['urgent', 'this is urgnt', true],
    ['urgent', 'this is URGENT', true],
    ['urgent', 'this is ugrent', true],
    ['urgent', 'this is urgentt', true],
    ['urgent', 'a detergent', false],
    ['urgent', 'an agent', false],
    ['emergency', 'an emergancy', true],
    ['emergency', 'emerging', false],
    ['confidential', 'confidentail', true],
    ['confidential', 'confdentiall', true],
    ['confidential', 'confident', false],
  ])('%s in %j: %s', (keyword, text, expected) => {
    expect(holdsFor(rule([keyword]), text)).toBe(expected);
  });

  test.each(['mode', 'core', 'node', 'cod', 'codes'])('code is not %s', (word) => {
    expect(holdsFor(rule(['code'], { fuzzy_threshold: 50 }), word)).toBe(false);
  });

  test('the words of a phrase stand one after the other', () => {
    const phrase = rule(['credit card']);
    expect(holdsFor(phrase, 'my credti card was stolen')).toBe(true);
    expect(holdsFor(phrase, 'a card on credit')).toBe(false);
    expect(holdsFor(phrase, 'credit for the card')).toBe(false);
  });

  test('a lower threshold lets more errors pass', () => {
    expect(holdsFor(rule(['password']), 'pasword')).toBe(true);
    expect(holdsFor(rule(['password']), 'passwrrt')).toBe(false);
    expect(holdsFor(rule(['password'], { fuzzy_threshold: 75 }), 'passwrrt')).toBe(true);
    expect(holdsFor(rule(['password'], { fuzzy_threshold: 100 }), 'pasword')).toBe(false);
  });

  test('confidence rises with how many keywords occur', () => {
    expect(valueOf(rule(['urgent', 'emergency']), 'urgnt').confidence).toBe(0.75);
    expect(valueOf(rule(['urgent', 'emergency']), 'urgnt emergancy').confidence).toBe(1);
  });

  test('both ends of a long text are looked at', () => {
    const filler = 'lorem '.repeat(5000);
    expect(holdsFor(rule(['urgent']), `urgnt ${filler}`)).toBe(true);
    expect(holdsFor(rule(['urgent']), `${filler} urgnt`)).toBe(true);
    expect(holdsFor(rule(['urgent']), `${filler} urgnt ${filler}`)).toBe(false);
  });
});

describe('the number of changes between two words', () => {
  /** Recursion straight from the definition: of the first `i` and `j` characters. */
  const distance = (a: string, b: string, i = a.length, j = b.length): number => {
    if (i === 0 || j === 0) return i + j;
    const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    return Math.min(
      distance(a, b, i - 1, j) + 1,
      distance(a, b, i, j - 1) + 1,
      distance(a, b, i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
      ...(isSwap ? [distance(a, b, i - 2, j - 2) + 1] : []),
    );
  };
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

  test('is the one of its definition', () => {
    fc.assert(
      fc.property(word, word, fc.nat(4), (a, b, most) => {
        expect(differsByAtMost(a, b, most)).toBe(distance(a, b) <= most);
      }),
    );
  });
});

describe('ngram', () => {
  const rule = (keywords: string[], more: Partial<KeywordRule> = {}) =>
    ({ method: 'ngram', keywords, ...more }) as const;

  test.each([
    ['urgent', 'urgnt please', true],
    ['urgent', 'urgently', true],
    ['urgent', 'nothing of it', false],
    ['urgent emergency', 'an urgent emergancy', true],
    ['urgent emergency', 'urgent, but no emergency', false],
  ])('%s in %j: %s', (keyword, text, expected) => {
    expect(holdsFor(rule([keyword]), text)).toBe(expected);
  });

  test('the threshold is a share of pieces in common', () => {
    expect(holdsFor(rule(['urgent'], { ngram_threshold: 1 }), 'urgent')).toBe(true);
    expect(holdsFor(rule(['urgent'], { ngram_threshold: 0.9 }), 'urgnt')).toBe(false);
    expect(holdsFor(rule(['urgent'], { ngram_threshold: 0.1, ngram_arity: 2 }), 'u')).toBe(true);
  });
});

test('methods stand beside each other', () => {
  const base = { operator: 'OR', case_sensitive: false } as const;
  const rules: KeywordRule[] = [
    { ...base, name: 'a', keywords: ['debug'], method: 'bm25' },
    { ...base, name: 'b', keywords: ['debug'] },
    { ...base, name: 'c', keywords: ['debugging'], method: 'fuzzy' },
    { ...base, name: 'd', keywords: ['debugger'], method: 'ngram' },
    { ...base, name: 'e', keywords: ['debug'], method: 'regex' },
  ];
  const valuesIn = (text: string): string[] => {
    const found = compileKeywordRules(rules).match(text);
    return rules.filter((_, at) => found.valueOf(at).value === 'true').map(({ name }) => name);
  };
  expect(valuesIn('debuging')).toEqual(['a', 'c', 'e']);
  expect(valuesIn('debug')).toEqual(['a', 'b', 'd', 'e']);
  expect(valuesIn('nothing')).toEqual([]);
});

test('whatever the prompt and the keywords are, an answer comes, and twice the same', () => {
  const anyRule = fc.record({
    name: fc.constant('r'),
    operator: fc.constantFrom<KeywordRule['operator']>('AND', 'OR', 'NOR'),
    case_sensitive: fc.boolean(),
    method: fc.constantFrom<KeywordRule['method']>('bm25', 'fuzzy', 'ngram', 'literal'),
    keywords: fc.array(
      fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `k${text}`),
      { minLength: 1, maxLength: 4 },
    ),
  });
  const anyText = fc.array(fc.string({ unit: 'grapheme' })).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(fc.array(anyRule, { minLength: 1, maxLength: 4 }), anyText, (rules, text) => {
      const matcher = compileKeywordRules(rules);
      const read = (): unknown[] => {
        const found = matcher.match(text);
        return rules.map((_, at) => found.valueOf(at));
      };
      expect(read()).toEqual(read());
    }),
  );
});
