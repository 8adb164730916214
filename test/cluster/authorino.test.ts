// Who calls and who pays, by the real Authorino: credentials of every kind and what is wrong with some,
// through a pod's real Envoy and router, from a resource that the operator has followed.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  hasAuthorino,
  startAuthorinoCluster,
  type Answer,
  type AuthorinoCluster,
} from '../kit/authorino-cluster.ts';
import { send } from '../kit/client.ts';
import { docBlocks, kubectlCommands } from '../kit/doc-blocks.ts';
import { startOidcIssuer, type OidcIssuer } from '../kit/oidc-issuer.ts';
import { untilCondition } from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';

const namespace = 'team-a';
const isPossible = await hasAuthorino();
let world: AuthorinoCluster;
let issuer: OidcIssuer;

beforeAll(async () => {
  if (!isPossible) return;
  issuer = await startOidcIssuer();
  world = await startAuthorinoCluster({
    namespaces: [namespace],
    values: { followApiKeySecrets: { namespaces: [namespace] } },
    args: ['--no-leader-elect', '--follow-api-key-secrets', namespace],
  });
  const path = await world.createResource(namespace, 'chat', {
    auth: {
      apiKeys: {},
      kubernetesTokens: {
        audiences: ['chat.team-a'],
        tierByGroup: { 'system:serviceaccounts:premium-apps': 'premium' },
      },
      jwt: { issuerUrl: issuer.url, audiences: ['chat'] },
    },
    // Staff is served by another model, which shows that the groups came through.
    config: {
      authz_rules: [{ name: 'staff', groups: ['staff'] }],
      decisions: [
        {
          name: 'for_staff',
          rules: { operator: 'AND', conditions: [{ type: 'authz', name: 'staff' }] },
          modelRefs: [{ model: 'big' }],
        },
      ],
    },
  });
  await untilCondition(world, path, { AuthReady: 'True/Linked', Ready: 'True/Ready' });
});
afterAll(async () => {
  if (!isPossible) return;
  await world.stop();
  await issuer.close();
});

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const ask = (headers: Record<string, string | readonly string[]> = {}): Promise<Answer> =>
  world.ask(namespace, headers);

/** Asks until the status is as said: Authorino follows its objects in milliseconds, but not at once. */
async function untilStatus(
  status: number,
  headers: Record<string, string | readonly string[]>,
): Promise<Answer> {
  let answer: Answer | undefined;
  await until(`${status} for ${JSON.stringify(headers)}`, async () => {
    answer = await ask(headers);
    return answer.status === status;
  });
  if (answer === undefined) throw new Error('unreachable');
  return answer;
}

const secrets = `/api/v1/namespaces/${namespace}/secrets`;

/** Creates a Secret with a key of its own; resolves with the headers of who has it. */
async function keyOf(
  name: string,
  annotations: Record<string, string> = {},
  key = `sk-${name}`,
): Promise<Record<string, string>> {
  await world.cluster.client.create(secrets, {
    metadata: {
      name,
      labels: {
        'semantic-router.io/api-keys-of': 'chat',
        'authorino.kuadrant.io/managed-by': 'authorino',
      },
      annotations,
    },
    stringData: { api_key: key },
  });
  return bearer(key);
}

const unauthenticated = {
  error: {
    message: 'The credentials are missing or not valid.',
    ...{ type: 'authentication_error', param: null, code: 'unauthenticated' },
  },
};
const forbidden = {
  error: {
    message: 'These credentials may not be used here.',
    ...{ type: 'permission_error', param: null, code: 'forbidden' },
  },
};

function expectRefused(answer: Answer, status: 401 | 403): void {
  const { headers, ...rest } = answer;
  const body = status === 401 ? unauthenticated : forbidden;
  expect(rest).toEqual({ status, body, billed: [] });
  expect(headers['content-type']).toBe('application/json');
  if (status === 401) expect(headers['www-authenticate']).toBe('Bearer realm="semantic-router"');
}

const suite = isPossible
  ? 'with the real Authorino'
  : 'skipped: there is no Authorino, see npm run tools';
(isPossible ? describe : describe.skip)(suite, () => {
  describe('API keys', () => {
    test('as the guide creates one: it lets in, and bills the user on the tier', async () => {
      const [guide = ''] = docBlocks('authentication.md', 'sh');
      for (const command of kubectlCommands(guide, { KEY: 'sk-alice' })) {
        await world.cluster.kubectl(command);
      }
      const { billed } = await untilStatus(200, bearer('sk-alice'));
      expect(billed).toEqual(['alice/premium: small']);
    });

    test('without annotations it is a user by the name of the Secret, on the default tier', async () => {
      const { billed } = await untilStatus(200, await keyOf('plain'));
      expect(billed).toEqual(['team-a/plain/free: small']);
    });

    test('a tier that there is not is refused', async () => {
      const headers = await keyOf('typo', { 'semantic-router.io/tier': 'premum' });
      expectRefused(await untilStatus(403, headers), 403);
    });

    test('another tier in the annotations is on the next bills', async () => {
      const tier = (value: string): object => ({ 'semantic-router.io/tier': value });
      const headers = await keyOf('climber', { ...tier('free') });
      expect((await untilStatus(200, headers)).billed).toEqual(['team-a/climber/free: small']);
      await world.cluster.client.patch(`${secrets}/climber`, {
        metadata: { annotations: tier('enterprise') },
      });
      await until('the new tier is billed', async () => {
        const { billed } = await ask(headers);
        return billed[0] === 'team-a/climber/enterprise: small';
      });
    });

    test('a key is worth nothing once its Secret is deleted', async () => {
      const headers = await keyOf('leaver');
      await untilStatus(200, headers);
      await world.cluster.client.delete(`${secrets}/leaver`);
      expectRefused(await untilStatus(401, headers), 401);
    });

    test('their groups are those of the annotation', async () => {
      const headers = await keyOf('grouped', { 'semantic-router.io/groups': 'x, staff' });
      expect((await untilStatus(200, headers)).billed).toEqual(['team-a/grouped/free: big']);
    });

    test('of two Secrets with one key the newer counts, and the older one when that is gone', async () => {
      const headers = await keyOf('older');
      await untilStatus(200, headers);
      await keyOf('newer', {}, 'sk-older');
      const isBilled = (who: string) => async (): Promise<boolean> =>
        (await ask(headers)).billed[0] === `team-a/${who}/free: small`;
      await until('the newer one is billed', isBilled('newer'));
      await world.cluster.client.delete(`${secrets}/newer`);
      await until('the older one is billed', isBilled('older'));
    });

    test('may be looked for in all namespaces, and then name the resource’s', async () => {
      await world.createResource(namespace, 'wide', {
        auth: { apiKeys: { allNamespaces: true, prefix: '' } },
        spec: { replicas: 0 },
      });
      await world.cluster.createNamespace('elsewhere');
      const labels = {
        'semantic-router.io/api-keys-of': 'wide',
        'authorino.kuadrant.io/managed-by': 'authorino',
      };
      for (const [name, more] of Object.entries({
        // In this order: when the second counts, the first would.
        nameless: {},
        named: { 'semantic-router.io/api-keys-in': namespace },
      })) {
        await world.cluster.client.create('/api/v1/namespaces/elsewhere/secrets', {
          metadata: { name, labels: { ...labels, ...more } },
          stringData: { api_key: name },
        });
      }
      const check = async (key: string): Promise<unknown> => {
        const headers = { host: `wide.${namespace}`, ...bearer(key) };
        const reply = await send({ url: world.authorino.checkUrl, headers });
        return reply.headers['x-auth-request-user'] ?? reply.status;
      };
      await until('it counts', async () => (await check('named')) === 'elsewhere/named');
      expect(await check('nameless')).toBe(401);
    });

    test('a key that nobody has, and no key at all, are refused', async () => {
      expectRefused(await ask(bearer('sk-guess')), 401);
      expectRefused(await ask(), 401);
    });
  });

  describe('Kubernetes tokens', () => {
    async function tokenOf(audience: string, where = namespace): Promise<Record<string, string>> {
      const token = await world.cluster.serviceAccountToken(where, 'default', [audience]);
      return bearer(token);
    }

    test('for the audience let in, on the tier of a group or on the default one', async () => {
      expect(await ask(await tokenOf('chat.team-a'))).toMatchObject({
        ...{ status: 200, billed: ['system:serviceaccount:team-a:default/free: small'] },
      });
      await world.cluster.createNamespace('premium-apps');
      expect(await ask(await tokenOf('chat.team-a', 'premium-apps'))).toMatchObject({
        ...{ status: 200, billed: ['system:serviceaccount:premium-apps:default/premium: small'] },
      });
    });

    test('for another audience are refused', async () => {
      expectRefused(await ask(await tokenOf('another')), 401);
    });
  });

  describe('JWTs', () => {
    const jwt = (claims: object): Record<string, string> =>
      bearer(issuer.token({ aud: 'chat', preferred_username: 'bob', ...claims }));

    test.each<[string, object, string]>([
      ['with a tier', { tier: 'premium' }, 'bob/premium: small'],
      ['without a tier', {}, 'bob/free: small'],
      ['with several audiences', { aud: ['web', 'chat'] }, 'bob/free: small'],
      [
        'without the claim of the user',
        { preferred_username: undefined, sub: 'b' },
        'b/free: small',
      ],
      ['whose tier is an object', { tier: { level: 'premium' } }, 'bob/free: small'],
      ['that claim to be the result', { sr_user: 'admin', sr_tier: 'premium' }, 'bob/free: small'],
      ['with a group that a rule names', { groups: ['x', 'staff'] }, 'bob/free: big'],
      ['with groups as a text', { groups: 'x, staff' }, 'bob/free: big'],
      ['with other groups', { groups: ['x'] }, 'bob/free: small'],
    ])('%s', async (_name, claims, billed) => {
      expect(await ask(jwt(claims))).toMatchObject({ status: 200, billed: [billed] });
    });

    test.each<[number, string, object]>([
      [403, 'for another audience', { aud: 'another' }],
      [403, 'for no audience', { aud: undefined }],
      [403, 'of another issuer with the same keys', { iss: 'https://sso.example.com' }],
      [403, 'whose user is a number', { preferred_username: 7 }],
      [401, 'that are over', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ])('%d for those %s', async (status, _name, claims) => {
      expectRefused(await ask(jwt(claims)), status === 401 ? 401 : 403);
    });

    test('401 for those that somebody else signed', async () => {
      const { authorization = '' } = jwt({});
      const other = { authorization: `${authorization.slice(0, -8)}AAAAAAAA` };
      expectRefused(await ask(other), 401);
    });
  });

  describe('identity headers of a client', () => {
    test.each<[string, Record<string, string | readonly string[]>]>([
      ['once', { 'x-auth-request-user': 'mallory', 'x-auth-request-tier': 'enterprise' }],
      ['in other letters', { 'X-AUTH-Request-User': 'mallory', 'X-Auth-Request-TIER': 'premium' }],
      ['twice', { 'x-auth-request-user': ['mallory', 'eve'], 'x-auth-request-tier': ['a', 'b'] }],
      ['empty', { 'x-auth-request-user': '', 'x-auth-request-tier': '' }],
    ])('%s: bill nobody else, and let nobody in', async (_name, forged) => {
      const headers = { ...bearer(issuer.token({ aud: 'chat', sub: 'carol' })), ...forged };
      expect(await ask(headers)).toMatchObject({ status: 200, billed: ['carol/free: small'] });
      const seen = Object.keys(world.backend.requests.at(-1)?.headers ?? {}).join();
      expect(seen).not.toMatch(/x-auth-request|authorization/);
      expectRefused(await ask(forged), 401);
    });
  });

  test('while Authorino is away nobody is let in, and afterwards all is as before', async () => {
    const headers = bearer(issuer.token({ aud: 'chat', sub: 'dave' }));
    await untilStatus(200, headers);
    await world.authorino.stop();
    for (const credentials of [headers, {}]) {
      expect(await ask(credentials)).toMatchObject({
        ...{ status: 503, billed: [], body: { error: { code: 'service_unavailable' } } },
      });
    }
    await world.authorino.start();
    expect((await untilStatus(200, headers)).billed).toEqual(['dave/free: small']);
  });
});
