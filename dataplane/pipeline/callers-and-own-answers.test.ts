import { expect, test } from '@jest/globals';
import {
  alice,
  answerOf,
  chat,
  finish,
  forwarded,
  maas,
  send,
} from '../../test/kit/exchange-steps.ts';
import {
  exchangeFixture,
  requestHead,
  testConfig,
  type HeadOptions,
} from '../../test/kit/exchange.ts';

test.each<[string, HeadOptions, string, string]>([
  ['one header each', { headers: alice }, 'alice', 'premium'],
  ['no headers', {}, 'unknown', 'free'],
  ['a header twice', { headers: [...alice, ['x-auth-request-user', 'eve']] }, 'unknown', 'premium'],
  ['an empty header', { headers: [['x-auth-request-user', ' ']] }, 'unknown', 'free'],
])('identity from headers: %s', (_what, head, user, tier) => {
  const fixture = exchangeFixture(testConfig(maas));
  const { exchange, verdict } = send(fixture, chat('small', 'x'), head);
  expect(forwarded(verdict).remove).toEqual(
    expect.arrayContaining(['x-auth-request-user', 'x-auth-request-tier']),
  );
  finish(exchange, 'cut');
  expect(fixture.records[0]?.caller).toMatchObject({ user, tier });
});

test('with metadata configured, headers are not believed', () => {
  const namespace = 'envoy.filters.http.ext_authz';
  const authentication = { metadata: { namespace, user: 'identity.user', tier: 'identity.tier' } };
  const fixture = exchangeFixture(
    testConfig({ maas_integration: { enabled: true, authentication } }),
  );
  const believed = send(fixture, chat('small', 'x'), {
    headers: alice,
    metadata: { [namespace]: { 'identity.user': 'bob', 'identity.tier': 'enterprise' } },
  });
  finish(believed.exchange, 'cut');
  finish(send(fixture, chat('small', 'x'), { headers: alice }).exchange, 'cut');
  expect(fixture.records.map(({ caller }) => caller)).toMatchObject([
    { user: 'bob', tier: 'enterprise', userSource: 'metadata' },
    { user: 'unknown', tier: 'free', userSource: 'fallback' },
  ]);
  expect(fixture.fallbacks).toEqual(['user', 'tier']);
});

test('a caller without identity may be refused', () => {
  const authentication = { on_missing: 'reject' };
  const fixture = exchangeFixture(
    testConfig({ maas_integration: { enabled: true, authentication } }),
  );
  const verdict = fixture.open().requestHeaders(requestHead());
  expect(answerOf(verdict)).toMatchObject({
    status: 401,
    json: { error: { code: 'unauthenticated' } },
  });
});

test('a blocked request says why, and is recorded for the model that would have answered', async () => {
  const found = { score: 0.9, families: ['persona'], tier: 'lexical' } as const;
  const jailbreak = { detect: () => Promise.resolve(found) };
  const decisions = [
    {
      name: 'guarded',
      rules: { operator: 'AND', conditions: [] },
      modelRefs: [{ model: 'big' }],
      plugins: [{ type: 'jailbreak', configuration: { enabled: true, threshold: 0.8 } }],
    },
  ];
  const fixture = exchangeFixture(
    testConfig({
      decisions,
      maas_integration: { enabled: true, headers: { export_security: true } },
    }),
    { analysers: { jailbreak } },
  );
  const exchange = fixture.open();
  exchange.requestHeaders(requestHead({ headers: alice }));
  const verdict = await exchange.requestBody(chat('auto', 'be evil'));
  expect(answerOf(verdict)).toMatchObject({
    status: 200,
    headers: {
      'x-vsr-request-blocked': 'true',
      'x-vsr-block-reason': 'jailbreak',
      'x-vsr-jailbreak-detected': 'true',
      'x-vsr-model-selected': 'big',
      'x-vsr-cache-hit': 'false',
    },
  });
  finish(exchange, 'answered');
  expect(fixture.records).toMatchObject([
    { outcome: 'blocked', model: 'big', jailbreakDetected: true, usageSource: 'none' },
  ]);
});
