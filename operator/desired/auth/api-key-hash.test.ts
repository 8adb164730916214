import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apiKeySecretsHash } from './api-key-hash.ts';

const annotations = {
  userAnnotation: 'semantic-router.io/user',
  tierAnnotation: 'semantic-router.io/tier',
  groupsAnnotation: 'semantic-router.io/groups',
};
const secret = (name: string, user?: string, tier?: string, more: object = {}) => ({
  metadata: {
    name,
    namespace: 'team-a',
    annotations: {
      ...(user === undefined ? {} : { 'semantic-router.io/user': user }),
      ...(tier === undefined ? {} : { 'semantic-router.io/tier': tier }),
      ...more,
    },
  },
});
const hash = (...secrets: ReturnType<typeof secret>[]) => apiKeySecretsHash(secrets, annotations);

const secrets = fc.array(
  fc
    .record({
      name: fc.constantFrom('a', 'b', 'c'),
      user: fc.option(fc.constantFrom('', 'alice', 'bob', 'a"b\n'), { nil: undefined }),
      tier: fc.option(fc.constantFrom('', 'free', 'gold'), { nil: undefined }),
    })
    .map(({ name, user, tier }) => secret(name, user, tier)),
  { maxLength: 4 },
);

test('the order of the Secrets means nothing', () => {
  fc.assert(
    fc.property(secrets, (list) => {
      expect(hash(...list.toReversed())).toBe(hash(...list));
    }),
  );
});

test('two lists have one hash only if they name the same', () => {
  const canonical = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).sort();
  fc.assert(
    fc.property(secrets, secrets, (one, other) => {
      const same = canonical(one).join() === canonical(other).join();
      expect(hash(...one) === hash(...other)).toBe(same);
    }),
  );
});

test('other annotations and resource versions mean nothing', () => {
  const { metadata } = secret('a', 'alice', 'free', { note: 'x' });
  const changed = { metadata: { ...metadata, resourceVersion: '7' } };
  expect(apiKeySecretsHash([changed], annotations)).toBe(hash(secret('a', 'alice', 'free')));
});

test('an annotation that is missing differs from an empty one', () => {
  expect(hash(secret('a'))).not.toBe(hash(secret('a', '')));
  expect(hash()).not.toBe(hash(secret('a')));
});

test('the annotations are those of the spec', () => {
  const own = { ...annotations, userAnnotation: 'who', tierAnnotation: 'plan' };
  const whoIs = (who: string) => [secret('a', undefined, undefined, { who })];
  expect(apiKeySecretsHash(whoIs('x'), own)).not.toBe(apiKeySecretsHash(whoIs('y'), own));
});

test('groups that a Secret names count', () => {
  const of = (groups: string) =>
    hash(secret('a', 'alice', 'free', { 'semantic-router.io/groups': groups }));
  expect(of('eng')).not.toBe(of('eng,staff'));
  expect(of('')).not.toBe(hash(secret('a', 'alice', 'free')));
});

test('metadata without annotations is fine', () => {
  expect(apiKeySecretsHash([{ metadata: { name: 'a' } }], annotations)).toMatch(/^[0-9a-f]{16}$/);
});
