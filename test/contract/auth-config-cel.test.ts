// Every CEL expression of our AuthConfigs, compiled and evaluated by the implementation that Authorino
// uses: who gets in as whom, whatever credentials claim.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildAuthConfig } from '../../operator/desired/auth-config.ts';
import { celString } from '../../operator/desired/auth/cel.ts';
import {
  askedSources,
  runPipeline,
  type AuthConfigSpec,
  type PipelineOutcome,
} from '../kit/cel/authorino-pipeline.ts';
import { evaluateCel } from '../kit/cel/evaluate.ts';
import { desiredContext } from '../kit/desired-context.ts';

const issuerUrl = 'https://sso.example.com/realms/maas';
const kinds = {
  apiKeys: {},
  kubernetesTokens: {
    audiences: ['semantic-router.example.com'],
    tierByGroup: {
      'system:serviceaccounts:aaa': 'premium',
      'system:serviceaccounts:bbb': 'enterprise',
      'system:serviceaccounts:ccc': 'premium',
    },
  },
  jwt: { issuerUrl, audiences: ['sr', 'llm'] },
};

function specOf(auth: object, config?: object): AuthConfigSpec {
  const built = buildAuthConfig(
    desiredContext({
      spec: { auth: { provider: 'Authorino', ...auth } },
      ...(config === undefined ? {} : { config }),
    }),
  );
  return built?.['spec'] as AuthConfigSpec;
}

const everything = specOf(kinds);
const withGroups = {
  authz_rules: [{ name: 'staff', groups: ['staff'] }],
  maas_integration: { enabled: true, authentication: { groups_header: 'X-Our-Groups' } },
};
const admitted = (user: string, tier: string): PipelineOutcome => ({
  metadata: { user, tier },
  headers: { 'x-auth-request-user': user, 'x-auth-request-tier': tier },
});
const refused401 = { status: 401 } as const;
const refused403 = { status: 403 } as const;

describe('every expression compiles', () => {
  const awkward = 'a"] + "\\b\n\u2028${x}\'';
  const hundred = Array.from({ length: 100 }, (_, index) => `tier-${index}`);
  test.each<[string, object]>([
    ['API keys alone', { apiKeys: {} }],
    ['keys without a prefix', { ...kinds, apiKeys: { prefix: '' } }],
    ['tokens alone', { kubernetesTokens: { audiences: ['a'] } }],
    ['JWTs alone', { jwt: kinds.jwt }],
    ['all kinds', kinds],
    [
      'claims of groups that are words of CEL',
      { jwt: { ...kinds.jwt, groupsClaim: 'in' }, apiKeys: { groupsAnnotation: awkward } },
    ],
    ['claims that are words of CEL', { jwt: { ...kinds.jwt, userClaim: 'in', tierClaim: 'true' } }],
    [
      'a hundred tiers, each with a group',
      {
        tiers: hundred,
        defaultTier: 'tier-0',
        kubernetesTokens: {
          audiences: ['a'],
          tierByGroup: Object.fromEntries(hundred.map((tier) => [`group of ${tier}`, tier])),
        },
      },
    ],
    [
      'text of users that looks like code',
      {
        tiers: ['a"b', "c'd\\"],
        defaultTier: 'a"b',
        apiKeys: { prefix: awkward, userAnnotation: awkward, tierAnnotation: awkward },
        kubernetesTokens: { audiences: [awkward], tierByGroup: { [awkward]: 'a"b' } },
        jwt: { issuerUrl: 'https://a"b\\', audiences: [awkward] },
      },
    ],
  ])('%s', async (_name, auth) => {
    const { predicates, expressions } = expressionsIn(specOf(auth, withGroups));
    expect(predicates.length).toBeGreaterThan(1);
    expect(expressions.length).toBeGreaterThan(3);
    const outcomes = await evaluateCel([
      ...predicates.map((expression) => ({ expression, predicate: true })),
      ...expressions.map((expression) => ({ expression })),
    ]);
    expect(outcomes.filter(({ refused }) => refused !== undefined)).toEqual([]);
  });
});

test('a literal is the text that it was made of, whatever it holds', async () => {
  const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 500);
  const nasty = [
    '',
    '"',
    '\\',
    '\\"',
    '\n\r\t\0',
    '${x}',
    '\u2028',
    '\u202e',
    '\u{1f600}',
    '\\u0041',
  ];
  const all = [...texts, ...nasty].map((text) => text.toWellFormed());
  const outcomes = await evaluateCel(all.map((text) => ({ expression: celString(text) })));
  expect(outcomes.map(({ value }) => value)).toEqual(all);
});

const secret = (annotations?: object) => ({
  metadata: {
    name: 'alice-key',
    namespace: 'team-a',
    ...(annotations === undefined ? {} : { annotations }),
  },
});

describe('an API key', () => {
  const user = 'semantic-router.io/user';
  const tier = 'semantic-router.io/tier';
  const headers = { authorization: 'Bearer sk-alice' };
  test.each<[string, object | undefined, PipelineOutcome]>([
    ['of a user and a tier', { [user]: 'alice', [tier]: 'premium' }, admitted('alice', 'premium')],
    ['without tier', { [user]: 'alice' }, admitted('alice', 'free')],
    ['without user', { [tier]: 'premium' }, admitted('team-a/alice-key', 'premium')],
    ['without annotations', undefined, admitted('team-a/alice-key', 'free')],
    ['with other annotations alone', { else: 'x' }, admitted('team-a/alice-key', 'free')],
    ['of an unknown tier', { [user]: 'alice', [tier]: 'premuim' }, refused403],
    ['of an empty tier', { [user]: 'alice', [tier]: '' }, refused403],
    ['of an empty user', { [user]: '' }, refused403],
    ['of a user with a line break', { [user]: 'al\r\nice' }, refused403],
    ['of a user with a trailing line break', { [user]: 'alice\n' }, refused403],
    ['of a user with a control character', { [user]: 'al\u0085ice' }, refused403],
    ['of a user with a blank at an end', { [user]: ' alice' }, refused403],
    ['of a user with an exotic blank at an end', { [user]: 'alice\u3000' }, refused403],
    ['of a user with blanks within', { [user]: 'Alice B.' }, admitted('Alice B.', 'free')],
    ['of a user in another script', { [user]: '用户@example' }, admitted('用户@example', 'free')],
    ['of a user of 256 bytes', { [user]: 'ü'.repeat(128) }, admitted('ü'.repeat(128), 'free')],
    ['of a user of 257 bytes', { [user]: `${'ü'.repeat(128)}x` }, refused403],
    ['of a user of one character', { [user]: 'a' }, admitted('a', 'free')],
  ])('%s', async (_name, annotations, outcome) => {
    const verified = { 'api-key': secret(annotations) };
    expect(await runPipeline(everything, { headers, verified })).toEqual(outcome);
  });

  test('by annotations of other names', async () => {
    const spec = specOf({ apiKeys: { userAnnotation: 'example.com/who', tierAnnotation: 'plan' } });
    const verified = { 'api-key': secret({ 'example.com/who': 'bob', plan: 'premium' }) };
    expect(await runPipeline(spec, { headers, verified })).toEqual(admitted('bob', 'premium'));
  });
});

describe('a Kubernetes token', () => {
  const headers = { authorization: 'Bearer a.b.c' };
  const review = (groups?: readonly string[]) => ({
    user: {
      username: 'system:serviceaccount:team-a:batch',
      ...(groups === undefined ? {} : { groups }),
    },
  });
  const name = 'system:serviceaccount:team-a:batch';
  test.each<[string, readonly string[] | undefined, PipelineOutcome]>([
    ['without groups', undefined, admitted(name, 'free')],
    ['of a group that is not mapped', ['system:authenticated'], admitted(name, 'free')],
    ['of a mapped group', ['x', 'system:serviceaccounts:ccc'], admitted(name, 'premium')],
    [
      'of several groups, by the last of their tiers, in whatever order they are mapped',
      ['system:serviceaccounts:aaa', 'system:serviceaccounts:bbb', 'system:serviceaccounts:ccc'],
      admitted(name, 'enterprise'),
    ],
    ['of a group whose name begins alike', ['system:serviceaccounts:aaab'], admitted(name, 'free')],
  ])('%s', async (_name, groups, outcome) => {
    const verified = { 'kubernetes-token': review(groups) };
    expect(await runPipeline(everything, { headers, verified })).toEqual(outcome);
  });
});

describe('a JWT', () => {
  const headers = { authorization: 'Bearer a.b.c' };
  const good = { iss: issuerUrl, aud: 'sr', sub: '0-1', preferred_username: 'alice' };
  test.each<[string, object, PipelineOutcome]>([
    ['of our issuer, for us', { ...good, tier: 'premium' }, admitted('alice', 'premium')],
    ['for several, us among them', { ...good, aud: ['x', 'llm'] }, admitted('alice', 'free')],
    ['for somebody else', { ...good, aud: 'other' }, refused403],
    ['for several others', { ...good, aud: ['other', 's', 'srx'] }, refused403],
    ['for nobody', { ...good, aud: undefined }, refused403],
    ['for an empty list', { ...good, aud: [] }, refused403],
    ['for an object with our name as key', { ...good, aud: { sr: true } }, refused403],
    ['for a number', { ...good, aud: 7 }, refused403],
    ['for null', { ...good, aud: null }, refused403],
    ['of another issuer', { ...good, iss: 'https://evil.example' }, refused403],
    ['of an issuer with more behind its name', { ...good, iss: `${issuerUrl}/` }, refused403],
    ['of no issuer', { ...good, iss: undefined }, refused403],
    ['of issuers in a list', { ...good, iss: [issuerUrl] }, refused403],
    [
      'without the claim of the user',
      { ...good, preferred_username: undefined },
      admitted('0-1', 'free'),
    ],
    ['without any user', { iss: issuerUrl, aud: 'sr' }, refused403],
    ['of an empty user', { ...good, preferred_username: '' }, refused403],
    ['of users in a list', { ...good, preferred_username: ['alice'] }, refused403],
    ['of a user that is a number', { ...good, preferred_username: 7 }, refused403],
    ['of a user that is an object', { ...good, preferred_username: { a: 1 } }, refused403],
    ['of a user that is null', { ...good, preferred_username: null }, refused403],
    ['with an unknown tier', { ...good, tier: 'gold' }, refused403],
    ['with an empty tier', { ...good, tier: '' }, admitted('alice', 'free')],
    ['with tiers in a list', { ...good, tier: ['premium'] }, admitted('alice', 'free')],
    ['with a tier that is a number', { ...good, tier: 1 }, admitted('alice', 'free')],
    [
      'that names our own properties',
      { ...good, sr_user: 'admin', sr_tier: 'enterprise' },
      admitted('alice', 'free'),
    ],
  ])('%s', async (_name, claims, outcome) => {
    const verified = { jwt: JSON.parse(JSON.stringify(claims)) as object };
    expect(await runPipeline(everything, { headers, verified })).toEqual(outcome);
  });

  test('by claims of other names', async () => {
    const spec = specOf({ jwt: { ...kinds.jwt, userClaim: 'email', tierClaim: 'package' } });
    const verified = { jwt: { ...good, email: 'a@example.com', package: 'premium' } };
    expect(await runPipeline(spec, { headers, verified })).toEqual(
      admitted('a@example.com', 'premium'),
    );
  });
});

describe('groups', () => {
  const spec = specOf(kinds, withGroups);
  const key = 'semantic-router.io/groups';
  const jwt = { iss: issuerUrl, aud: 'sr', sub: 'alice' };
  const told = async (verified: object, of = spec): Promise<unknown> => {
    const isKey = 'api-key' in verified;
    const headers = { authorization: isKey ? 'Bearer sk-1' : 'Bearer a.b.c' };
    const outcome = await runPipeline(of, { headers, verified: { ...verified } });
    return 'metadata' in outcome ? outcome.metadata['groups'] : outcome;
  };

  test.each<[string, object, unknown]>([
    ['of a key with an annotation', { 'api-key': secret({ [key]: 'eng, staff' }) }, 'eng, staff'],
    ['of a key with others', { 'api-key': secret({ else: 'x' }) }, ''],
    ['of a key without annotations', { 'api-key': secret() }, ''],
    [
      'of a Kubernetes token',
      { 'kubernetes-token': { user: { username: 'u', groups: ['a', 'system:x'] } } },
      ['a', 'system:x'],
    ],
    ['of a Kubernetes token without', { 'kubernetes-token': { user: { username: 'u' } } }, []],
    ['of a JWT with a list', { jwt: { ...jwt, groups: ['eng', 'a,b'] } }, ['eng', 'a,b']],
    ['of a JWT with a text', { jwt: { ...jwt, groups: 'eng' } }, 'eng'],
    ['of a JWT without', { jwt }, []],
    ['of a JWT that names our own property', { jwt: { ...jwt, sr_groups: ['admin'] } }, []],
  ])('%s', async (_name, verified, groups) => {
    expect(await told(verified)).toEqual(groups);
  });

  test('by names of the user’s own', async () => {
    const own = specOf(
      { apiKeys: { groupsAnnotation: 'teams' }, jwt: { ...kinds.jwt, groupsClaim: 'roles' } },
      withGroups,
    );
    expect(await told({ 'api-key': secret({ teams: 'eng' }) }, own)).toBe('eng');
    expect(await told({ jwt: { ...jwt, roles: ['eng'], groups: ['no'] } }, own)).toEqual(['eng']);
  });

  test('of a block of the user’s own, where it sets them', async () => {
    const user = { sr_user: { expression: '"guest"' }, sr_tier: { expression: '"free"' } };
    const own = (overrides: object) =>
      specOf({ authentication: { guests: { anonymous: {}, overrides } } }, withGroups);
    const guest = { guests: { anonymous: true } };
    expect(await told(guest, own(user))).toEqual([]);
    const groups = { sr_groups: { expression: '["eng"]' } };
    expect(await told(guest, own({ ...user, ...groups }))).toEqual(['eng']);
  });

  test('are not told where nothing asks for them', async () => {
    expect(await told({ jwt: { ...jwt, groups: ['eng'] } }, everything)).toBeUndefined();
    expect(JSON.stringify(everything)).not.toContain('sr_groups');
  });

  test('that a client claims by header are refused', async () => {
    const headers = { authorization: 'Bearer sk-1', 'x-our-groups': 'admin' };
    const verified = { 'api-key': secret() };
    expect(await runPipeline(spec, { headers, verified })).toEqual(refused403);
  });
});

describe('credentials go', () => {
  test.each<[string, AuthConfigSpec, string | undefined, readonly string[]]>([
    ['with the prefix to the keys', everything, 'Bearer sk-1', ['api-key']],
    ['with the prefix, even like a token', everything, 'Bearer sk-a.b.c', ['api-key']],
    ['without it to the tokens', everything, 'Bearer a.b.c', ['jwt', 'kubernetes-token']],
    ['in other letters to the tokens', everything, 'bearer sk-1', ['jwt', 'kubernetes-token']],
    ['that are missing to the tokens', everything, undefined, ['jwt', 'kubernetes-token']],
    ['to nobody where keys alone are accepted', specOf({ apiKeys: {} }), 'Bearer a.b.c', []],
    [
      'by their form where keys have no prefix',
      specOf({ ...kinds, apiKeys: { prefix: '' } }),
      'Bearer a-key.of-mine',
      ['api-key'],
    ],
    [
      'by their form, a token to the tokens',
      specOf({ ...kinds, apiKeys: { prefix: '' } }),
      'Bearer a.b.c',
      ['jwt', 'kubernetes-token'],
    ],
    ['to the only source there is', specOf({ apiKeys: { prefix: '' } }), undefined, ['api-key']],
  ])('%s', async (_name, spec, authorization, asked) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    expect(await askedSources(spec, headers)).toEqual(asked);
  });

  test('and without any source that accepts them nobody gets in', async () => {
    const headers = { authorization: 'Bearer sk-guess' };
    expect(await runPipeline(everything, { headers, verified: {} })).toEqual(refused401);
  });
});

describe('a forged identity header', () => {
  const verified = { 'api-key': secret() };
  const headers = { authorization: 'Bearer sk-1' };
  test.each(['x-auth-request-user', 'x-auth-request-tier'])('%s is refused', async (name) => {
    for (const value of ['alice', '']) {
      const forged = { ...headers, [name]: value };
      expect(await runPipeline(everything, { headers: forged, verified })).toEqual(refused403);
    }
  });

  test('is known by the name that the configuration gives it', async () => {
    const authentication = { user_header: 'X-Our-User', tier_header: 'X-Our-Tier' };
    const spec = specOf({ apiKeys: {} }, { maas_integration: { enabled: true, authentication } });
    expect(await runPipeline(spec, { headers, verified })).toMatchObject({
      headers: { 'x-our-user': 'team-a/alice-key', 'x-our-tier': 'free' },
    });
    const forged = { ...headers, 'x-our-tier': 'enterprise' };
    expect(await runPipeline(spec, { headers: forged, verified })).toEqual(refused403);
  });

  test('means nothing in standalone mode, where no header carries an identity', async () => {
    const spec = specOf({ apiKeys: {} }, {});
    const forged = { ...headers, 'x-auth-request-user': 'admin' };
    expect(await runPipeline(spec, { headers: forged, verified })).toEqual({
      metadata: { user: 'team-a/alice-key', tier: 'free' },
      headers: {},
    });
  });
});

describe('a block of the user’s own', () => {
  const own = (overrides: object) =>
    specOf({ authentication: { guests: { anonymous: {}, overrides } } });
  const attempt = { headers: {}, verified: { guests: { anonymous: true } } };

  test('decides who it is', async () => {
    const spec = own({ sr_user: { expression: '"guest"' }, sr_tier: { expression: '"free"' } });
    expect(await runPipeline(spec, attempt)).toEqual(admitted('guest', 'free'));
  });

  test.each<[string, object]>([
    ['names nobody', {}],
    ['names no tier', { sr_user: { expression: '"guest"' } }],
    ['names no user', { sr_tier: { expression: '"free"' } }],
    [
      'names a tier of its own',
      { sr_user: { expression: '"g"' }, sr_tier: { expression: '"vip"' } },
    ],
  ])('lets nobody in where it %s', async (_name, overrides) => {
    expect(await runPipeline(own(overrides), attempt)).toEqual(refused403);
  });
});

/** Every expression in a manifest, by the field that holds it. */
function expressionsIn(value: unknown): { predicates: string[]; expressions: string[] } {
  const found = { predicates: [] as string[], expressions: [] as string[] };
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      if (key === 'predicate') found.predicates.push(String(inner));
      else if (key === 'expression') found.expressions.push(String(inner));
      else visit(inner);
    }
  };
  visit(value);
  return found;
}
