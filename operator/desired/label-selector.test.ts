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
  ['In: nothing to be among', expression('a', 'In').in(), { a: '1' }, false],
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

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('', '1', '2');
const labels = fc.dictionary(key, value);
const operator = fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist');
const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: labels,
  matchExpressions: fc.array(
    fc.record({ key, operator, values: fc.uniqueArray(value, { minLength: 1 }) }),
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
    fc.property(key, fc.array(value), value, (name, values, actual) => {
      const given = { [name]: actual };
      const holds = (kind: Parameters<typeof expression>[1]): boolean =>
        selects(expression(name, kind).in(...values), given);
      expect(holds('In')).toBe(!holds('NotIn'));
      expect(holds('Exists')).toBe(!holds('DoesNotExist'));
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
