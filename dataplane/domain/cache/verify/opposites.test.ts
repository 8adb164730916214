import { expect, test } from '@jest/globals';
import { termKey } from '../reading/term-key.ts';
import { areOpposites } from './opposites.ts';

const opposed = (one: string, other: string): boolean => areOpposites(termKey(one), termKey(other));

test.each([
  ['enable', 'disable'],
  ['activated', 'deactivating'],
  ['buys', 'sold'],
  ['lucky', 'unlucky'],
  ['hypotension', 'hypertension'],
  ['install', 'reinstall'],
  ['importing', 'export'],
  ['overestimate', 'underestimate'],
  ['prepaid', 'postpaid'],
  ['encode', 'decode'],
])('%s and %s are opposites, both ways', (one, other) => {
  expect(opposed(one, other)).toBe(true);
  expect(opposed(other, one)).toBe(true);
});

test.each([
  ['nation', 'station'],
  ['reset', 'password'],
  ['car', 'automobile'],
  ['is', 'his'],
])('%s and %s are none', (one, other) => {
  expect(opposed(one, other)).toBe(false);
});
