// What AuthReady says, by the status that the real Authorino writes, and what is really let in then.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  hasAuthorino,
  startAuthorinoCluster,
  type AuthorinoCluster,
} from '../kit/authorino-cluster.ts';
import { send, type ClientReply } from '../kit/client.ts';
import { startOidcIssuer } from '../kit/oidc-issuer.ts';
import { freePort } from '../kit/ports.ts';
import { untilQuiet } from '../kit/operator-deeds.ts';
import { resourcePath, untilCondition, type SeenResource } from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';

const isPossible = await hasAuthorino();
let world: AuthorinoCluster;

beforeAll(async () => {
  if (isPossible) world = await startAuthorinoCluster();
});
afterAll(async () => {
  if (isPossible) await world.stop();
});

let namespace = '';

const linked = { AuthReady: 'True/Linked', Ready: 'True/Ready' };
const withKeys = { auth: { apiKeys: {} }, spec: { replicas: 0 } };

function messageOf({ status }: SeenResource): string {
  return status?.conditions?.find(({ type }) => type === 'AuthReady')?.message ?? '';
}

/** What Authorino says of a token, or of none. */
function check(host: string, token?: string): Promise<ClientReply> {
  const credentials = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return send({ url: world.authorino.checkUrl, headers: { host, ...credentials } });
}

const suite = isPossible
  ? 'with the real Authorino'
  : 'skipped: there is no Authorino, see npm run tools';
(isPossible ? describe : describe.skip)(suite, () => {
  beforeEach(async () => {
    namespace = await world.cluster.newNamespace();
  });

  test('a resource is not ready before Authorino says that it holds the AuthConfig', async () => {
    await world.authorino.stop();
    const path = resourcePath(namespace, 'demo');
    try {
      await world.createResource(namespace, 'demo', withKeys);
      const waiting = { AuthReady: 'Unknown/Pending', WorkloadAvailable: 'True/ScaledToZero' };
      await untilCondition(world, path, { ...waiting, Ready: 'False/Progressing' });
    } finally {
      await world.authorino.start();
    }
    await untilCondition(world, path, linked);
  });

  describe('two resources with one host', () => {
    const taken = { AuthReady: 'False/HostsNotLinked', Ready: 'False/AuthNotReady' };

    test.each<[string, object]>([
      ['takes another host', { host: null }],
      ['asks Authorino no more', { provider: 'None', authorino: null, apiKeys: null, host: null }],
    ])('the first keeps it; when that %s, the second has it', async (_what, auth) => {
      const host = `shared.${namespace}`;
      const shared = { ...withKeys, auth: { apiKeys: {}, host } };
      const first = await world.createResource(namespace, 'first', shared);
      await untilCondition(world, first, linked);
      const second = await world.createResource(namespace, 'second', shared);
      expect(messageOf(await untilCondition(world, second, taken))).toContain(host);
      await untilCondition(world, first, linked);
      await world.cluster.client.patch(first, { spec: { auth } });
      await untilCondition(world, second, linked);
      await untilCondition(world, first, { Ready: 'True/Ready' });
      await untilQuiet(world.cluster);
    });
  });

  test('a key of another namespace cannot be had, so nobody decides who may call there', async () => {
    const elsewhere = `${namespace}-b`;
    await world.cluster.createNamespace(elsewhere);
    const host = `demo.${namespace}`;
    const theirs = await world.createResource(elsewhere, 'demo', {
      ...withKeys,
      auth: { authentication: { everybody: { anonymous: {} } }, host },
    });
    await untilCondition(world, theirs, {
      Accepted: 'False/InvalidSpec',
      Stalled: 'True/InvalidSpec',
    });
    const ours = await world.createResource(namespace, 'demo', withKeys);
    await untilCondition(world, ours, linked);
    expect((await check(host)).status).toBe(401);
  });

  test('an expression that does not compile is told: nobody gets in, or the version before serves on', async () => {
    const guests = (user: string): object => ({
      guests: {
        anonymous: {},
        overrides: { sr_user: { expression: user }, sr_tier: { expression: '"free"' } },
      },
    });
    const invalid = { AuthReady: 'False/InvalidAuthConfig', WorkloadAvailable: 'True/Available' };
    const path = await world.createResource(namespace, 'demo', {
      auth: { authentication: guests('"guest" +') },
    });
    const edit = (user: string): Promise<unknown> =>
      world.cluster.client.patch(path, { spec: { auth: { authentication: guests(user) } } });
    const first = await untilCondition(world, path, invalid);
    expect(messageOf(first)).toMatch(/cannot use the AuthConfig: .*Syntax error/s);
    expect(await world.ask(namespace)).toMatchObject({
      status: 503,
      billed: [],
      body: { error: { message: 'Authorization is not set up here yet.' } },
    });
    await edit('"guest"');
    await untilCondition(world, path, linked);
    await edit('"guest" +');
    await untilCondition(world, path, invalid);
    expect(await world.ask(namespace)).toMatchObject({
      ...{ status: 200, billed: ['guest/free: small'] },
    });
    await edit('"visitor"');
    await untilCondition(world, path, linked);
    await until('the new version serves', async () => {
      const { billed } = await world.ask(namespace);
      return billed[0] === 'visitor/free: small';
    });
  });

  test('Linked says nothing of an issuer: while that is away its tokens are refused, and no others', async () => {
    const port = await freePort();
    const kubernetesTokens = { audiences: ['demo'] };
    const jwt = { issuerUrl: `http://127.0.0.1:${port}`, audiences: ['demo'] };
    const path = await world.createResource(namespace, 'demo', {
      ...withKeys,
      auth: { kubernetesTokens, jwt },
    });
    await untilCondition(world, path, linked);
    const host = `demo.${namespace}`;
    const away = await startOidcIssuer(port);
    await away.close();
    expect((await check(host, away.token({ aud: 'demo', sub: 'bob' }))).status).toBe(401);
    const token = await world.cluster.serviceAccountToken(namespace, 'default', ['demo']);
    expect((await check(host, token)).status).toBe(200);
    const issuer = await startOidcIssuer(port);
    try {
      await until('its tokens count', async () => {
        const { status, headers } = await check(host, issuer.token({ aud: 'demo', sub: 'bob' }));
        return status === 200 && headers['x-auth-request-user'] === 'bob';
      });
    } finally {
      await issuer.close();
    }
  });

  test('in standalone mode callers are authenticated, and no header names them', async () => {
    const path = await world.createResource(namespace, 'demo', {
      auth: { kubernetesTokens: { audiences: ['demo'] } },
      config: { maas_integration: { enabled: false } },
      spec: { replicas: 0 },
    });
    await untilCondition(world, path, linked);
    const host = `demo.${namespace}`;
    expect((await check(host)).status).toBe(401);
    const token = await world.cluster.serviceAccountToken(namespace, 'default', ['demo']);
    const { status, headers } = await check(host, token);
    expect([status, Object.keys(headers).join()]).toEqual([
      200,
      expect.not.stringContaining('x-auth-request'),
    ]);
  });

  test('the sample that goes around lets everybody in, which is why another one is written', async () => {
    const authConfigs = `/apis/authorino.kuadrant.io/v1beta3/namespaces/${namespace}/authconfigs`;
    const host = 'sample.example.com';
    const header = { plain: { value: '{auth.identity.username}' } };
    await world.cluster.client.create(authConfigs, {
      apiVersion: 'authorino.kuadrant.io/v1beta3',
      kind: 'AuthConfig',
      metadata: { name: 'sample' },
      spec: {
        hosts: [host],
        response: { success: { headers: { 'x-auth-request-user': header } } },
      },
    });
    await until('it is held', async () => (await check(host)).status !== 404);
    expect((await check(host)).status).toBe(200);
    expect((await check(host, 'garbage')).status).toBe(200);
  });
});
