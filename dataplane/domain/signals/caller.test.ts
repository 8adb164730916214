import { expect, test } from '@jest/globals';
import { authzSignal } from './caller.ts';
import { contextSignal } from './prompt-length.ts';

const rule = { name: 'r', users: ['alice'], tiers: ['premium'], groups: ['staff'] };

test.each<[string, string, readonly string[] | undefined, string]>([
  ['alice', 'free', [], 'true'],
  ['bob', 'premium', [], 'true'],
  ['bob', 'free', ['eng', 'staff'], 'true'],
  ['bob', 'free', ['eng'], 'false'],
  ['bob', 'free', [], 'false'],
  ['staff', 'staff', [], 'false'],
  // A user or a tier settles it without groups; otherwise nobody can tell.
  ['alice', 'free', undefined, 'true'],
  ['bob', 'free', undefined, 'unknown'],
])('%s of tier %s in groups %j: %s', (user, tier, groups, value) => {
  expect(authzSignal(rule, { user, tier }, groups).value).toBe(value);
});

test('without groups in the rule nobody needs to know them', () => {
  const plain = { ...rule, groups: [] };
  expect(authzSignal(plain, { user: 'bob', tier: 'free' }, undefined).value).toBe('false');
});

test('where nobody is known, nobody can tell', () => {
  expect(authzSignal(rule, undefined, ['staff']).value).toBe('unknown');
});

test('a range of prompt lengths holds both its ends', () => {
  const range = { name: 'r', min_tokens: 10, max_tokens: 20 };
  expect([9, 10, 20, 21].map((tokens) => contextSignal(range, tokens).value)).toEqual([
    'false',
    'true',
    'true',
    'false',
  ]);
  expect(contextSignal({ name: 'r', min_tokens: 5 }, 1e9).value).toBe('true');
});
