import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { meteringPolicy } from '../../test/kit/usage-records.ts';
import { LabelGovernor, type CallerLabels } from './label-governor.ts';

const governor = (hashKey?: string): LabelGovernor<CallerLabels> =>
  new LabelGovernor({ hashKey, begin: (labels) => labels });

test('raw users and tiers come out as they are', () => {
  const resolved = governor().resolve(
    { user: 'alice@example.com', tier: 'gold "1"' },
    meteringPolicy(),
  );
  expect(resolved).toEqual({ user: 'alice@example.com', tier: 'gold "1"' });
});

test('hashed users are keyed, stable across processes, and show nothing of the name', () => {
  const policy = meteringPolicy({ userLabel: 'hash' });
  const user = (key: string, name: string): string =>
    governor(key).resolve({ user: name, tier: 'free' }, policy).user;
  // echo -n alice | openssl dgst -sha256 -hmac key
  expect(user('key', 'alice')).toBe('76fb55e929c06b97');
  expect(user('key', 'alice')).toBe(user('key', 'alice'));
  expect(user('other', 'alice')).not.toBe(user('key', 'alice'));
});

test('without a key nothing of a user is shown', () => {
  const policy = meteringPolicy({ userLabel: 'hash' });
  expect(governor().resolve({ user: 'alice', tier: 'free' }, policy).user).toBe('');
});

test('dropped users share the empty label, whatever the limits', () => {
  const labels = governor();
  const policy = meteringPolicy({ userLabel: 'drop', maxUsers: 1 });
  for (let tier = 0; tier < 50; tier += 1) {
    const resolved = labels.resolve({ user: `user-${tier}`, tier: `tier-${tier}` }, policy);
    expect(resolved).toEqual({ user: '', tier: `tier-${tier}` });
  }
});

test('new users beyond the limit share one label, those before keep theirs', () => {
  const labels = governor();
  const policy = meteringPolicy({ maxUsers: 2 });
  const user = (name: string): string => labels.resolve({ user: name, tier: 'free' }, policy).user;
  expect(['a', 'b', 'c', 'd', 'a', 'b', 'c'].map(user)).toEqual([
    'a',
    'b',
    '_overflow',
    '_overflow',
    'a',
    'b',
    '_overflow',
  ]);
});

test('a lower limit takes nobody away, a higher one admits new users again', () => {
  const labels = governor();
  const user = (name: string, maxUsers: number): string =>
    labels.resolve({ user: name, tier: 'free' }, meteringPolicy({ maxUsers })).user;
  expect([user('a', 2), user('b', 2), user('c', 2)]).toEqual(['a', 'b', '_overflow']);
  expect([user('a', 1), user('b', 1)]).toEqual(['a', 'b']);
  expect(user('c', 3)).toBe('c');
});

test('with known tiers any other is invalid', () => {
  const labels = governor();
  const policy = meteringPolicy({ knownTiers: new Set(['free', 'premium']) });
  const tier = (name: string): string => labels.resolve({ user: 'a', tier: name }, policy).tier;
  expect(['free', 'root', 'premium', ''].map(tier)).toEqual([
    'free',
    '_invalid',
    'premium',
    '_invalid',
  ]);
});

test('without known tiers the first hundred count, later ones are invalid', () => {
  const labels = governor();
  const seen = new Set<string>();
  for (let tier = 0; tier < 500; tier += 1) {
    const policy = meteringPolicy({ userLabel: 'drop' });
    seen.add(labels.resolve({ user: '', tier: `tier-${tier}` }, policy).tier);
  }
  expect(seen.size).toBe(101);
  expect(labels.resolve({ user: '', tier: 'tier-0' }, meteringPolicy()).tier).toBe('tier-0');
});

test('whatever callers come, the pairs of labels are bounded and each caller keeps its own', () => {
  const maxUsers = 5;
  const policy = meteringPolicy({ maxUsers });
  const caller = fc.record({
    user: fc.integer({ min: 0, max: 30 }).map((user) => `user-${user}`),
    tier: fc.integer({ min: 0, max: 12 }).map((tier) => `tier-${tier}`),
  });
  fc.assert(
    fc.property(fc.array(caller, { maxLength: 300 }), (callers) => {
      const begun: CallerLabels[] = [];
      const labels = new LabelGovernor<CallerLabels>({
        hashKey: undefined,
        begin: (pair) => {
          begun.push(pair);
          return pair;
        },
      });
      const own = new Map<string, CallerLabels>();
      for (const each of callers) {
        const key = JSON.stringify(each);
        const resolved = labels.resolve(each, policy);
        if (resolved.user !== '_overflow') expect(resolved).toEqual(each);
        expect(own.get(key) ?? resolved).toBe(resolved);
        own.set(key, resolved);
      }
      const overflow = begun.filter(({ user }) => user === '_overflow').length;
      expect(begun.length - overflow).toBeLessThanOrEqual(maxUsers * 3);
      expect(overflow).toBeLessThanOrEqual(13);
      expect(new Set(begun.map((pair) => JSON.stringify(pair))).size).toBe(begun.length);
    }),
  );
});
