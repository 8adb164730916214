import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LabelSelector } from './context.ts';
import {
  demandedLabels,
  selectorKeys,
  selects,
  unmetRequirements,
  type Labels,
} from './label-selector.ts';

const expression = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist') => ({
  in: (...values: string[]): LabelSelector => ({ matchExpressions: [{ key, operator, values }] }),
  alone: (): LabelSelector => ({ matchExpressions: [{ key, operator }] }),
});

test.each<[string, LabelSelector | undefined, Labels, boolean]>([
  ['no selector selects nothing', undefined, { a: '1' }, false],
  ['an empty selector selects everything', {}, { a: '1' }, true],
  ['an empty selector selects what has no labels', { matchLabels: {} }, {}, true],
  ['a label fits', { matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
  ['a label has another value', { matchLabels: { a: '1' } }, { a: '2' }, false],
  ['a label is missing', { matchLabels: { a: '1' } }, {}, false],
  ['a label is wanted empty, and is', { matchLabels: { a: '' } }, { a: '' }, true],
  ['a label is wanted empty, and is missing', { matchLabels: { a: '' } }, {}, false],
  ['one of two labels fits', { matchLabels: { a: '1', b: '2' } }, { a: '1' }, false],
  ['In: among', expression('a', 'In').in('1', '2'), { a: '2' }, true],
  ['In: not among', expression('a', 'In').in('1', '2'), { a: '3' }, false],
  ['In: missing', expression('a', 'In').in('1', ''), {}, false],
  ['NotIn: not among', expression('a', 'NotIn').in('1'), { a: '2' }, true],
  ['NotIn: among', expression('a', 'NotIn').in('1'), { a: '1' }, false],
  ['NotIn: missing', expression('a', 'NotIn').in('1', ''), {}, true],
  ['Exists: there', expression('a', 'Exists').alone(), { a: '' }, true],
  ['Exists: missing', expression('a', 'Exists').alone(), { b: '1' }, false],
  ['DoesNotExist: there', expression('a', 'DoesNotExist').alone(), { a: '1' }, false],
  ['DoesNotExist: missing', expression('a', 'DoesNotExist').alone(), {}, true],
  ['a name of every object is no label', expression('constructor', 'Exists').alone(), {}, false],
  [
    'labels and expressions must fit together',
    { matchLabels: { a: '1' }, ...expression('b', 'Exists').alone() },
    { a: '1' },
    false,
  ],
])('%s', (_name, selector, labels, fits) => {
  expect(selects(selector, labels)).toBe(fits);
});

// The API server stores these; the Prometheus Operator was seen to refuse the Prometheus object.
test.each<[string, LabelSelector, string]>([
  ['In without values', expression('a', 'In').in(), 'a In ()'],
  ['NotIn without values', expression('a', 'NotIn').in(), 'a NotIn ()'],
  ['Exists with a value', expression('a', 'Exists').in('1'), 'a Exists (1)'],
  ['DoesNotExist with a value', expression('b', 'DoesNotExist').in('1'), 'b DoesNotExist (1)'],
  ['an unknown operator', { matchExpressions: [{ key: 'a', operator: 'Like' }] }, 'a Like ()'],
  ['NotIn with what is no value', expression('a', 'NotIn').in('no value'), 'a NotIn (no value)'],
  ['NotIn with a long value', expression('a', 'NotIn').in('x'.repeat(64)), 'a NotIn (xxx'],
  ['DoesNotExist of what is no key', expression('no key', 'DoesNotExist').alone(), 'no key'],
  ['DoesNotExist of two prefixes', expression('a/b/c', 'DoesNotExist').alone(), 'a/b/c'],
  ['DoesNotExist of a bad prefix', expression('A.b/c', 'DoesNotExist').alone(), 'A.b/c'],
  ['DoesNotExist of a long prefix', expression(`${'a'.repeat(254)}/c`, 'Exists').alone(), 'aaa'],
  ['a label that cannot be', { matchLabels: { a: 'no value' } }, 'a=no value'],
])('%s is no valid requirement, and nothing is selected', (_name, selector, text) => {
  expect(selects(selector, { a: '1' })).toBe(false);
  const [unmet] = unmetRequirements(selector, { a: '1' });
  expect(unmet).toMatch(/ \(which is no valid requirement\)$/);
  expect(unmet?.slice(0, text.length)).toBe(text);
  expect(demandedLabels(selector)).toEqual({});
});

test.each(['a', 'example.com/a', 'a-b.c/A_b.C', 'x'.repeat(63), `${'a'.repeat(253)}/b`])(
  '%s is a key',
  (name) => {
    expect(selects(expression(name, 'DoesNotExist').alone(), {})).toBe(true);
  },
);

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('', '1', '2');
const labels = fc.dictionary(key, value);
const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: labels,
  matchExpressions: fc.array(
    fc.oneof(
      fc.record({
        key,
        operator: fc.constantFrom('In', 'NotIn'),
        values: fc.uniqueArray(value, { minLength: 1 }),
      }),
      fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
    ),
    { maxLength: 3 },
  ),
});

test('a selector with one more requirement selects no more', () => {
  fc.assert(
    fc.property(selector, labels, key, (one, given, extra) => {
      const stricter = { ...one, matchLabels: { ...one.matchLabels, [`x-${extra}`]: '1' } };
      expect(selects(stricter, given)).toBe(false);
      const [first, ...rest] = one.matchExpressions ?? [];
      if (first === undefined || !selects(one, given)) return;
      expect(selects({ ...one, matchExpressions: rest }, given)).toBe(true);
    }),
  );
});

test('In and NotIn, Exists and DoesNotExist are opposites where the label is there', () => {
  fc.assert(
    fc.property(key, fc.array(value, { minLength: 1 }), value, (name, values, actual) => {
      const given = { [name]: actual };
      const among = (kind: Parameters<typeof expression>[1]): boolean =>
        selects(expression(name, kind).in(...values), given);
      const there = (kind: Parameters<typeof expression>[1]): boolean =>
        selects(expression(name, kind).alone(), given);
      expect(among('In')).toBe(!among('NotIn'));
      expect(there('Exists')).toBe(!there('DoesNotExist'));
    }),
  );
});

test('labels fit exactly when they lack nothing', () => {
  fc.assert(
    fc.property(selector, labels, (one, given) => {
      expect(unmetRequirements(one, given).length === 0).toBe(selects(one, given));
    }),
  );
});

test('with the labels that are demanded, no demand for a certain value is left', () => {
  fc.assert(
    fc.property(labels, labels, (wanted, given) => {
      const one = { matchLabels: wanted };
      expect(selects(one, { ...given, ...demandedLabels(one) })).toBe(true);
    }),
  );
});

test('what is lacking is said as kubectl would', () => {
  const all: LabelSelector = {
    matchLabels: { release: 'kps' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'team', operator: 'NotIn', values: ['x'] },
      { key: 'scrape', operator: 'Exists' },
      { key: 'off', operator: 'DoesNotExist' },
    ],
  };
  expect(unmetRequirements(all, { team: 'x', off: '' })).toEqual([
    ...['release=kps', 'tier in (a,b)', 'team notin (x)', 'scrape', '!off'],
  ]);
  expect(selectorKeys(all)).toEqual(['release', 'tier', 'team', 'scrape', 'off']);
  expect(demandedLabels(all)).toEqual({ release: 'kps' });
});
