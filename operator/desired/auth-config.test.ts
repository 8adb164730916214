import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { desiredContext } from '../../test/kit/desired-context.ts';
import { apiKeySelection } from './auth/api-keys.ts';
import { buildAuthConfig } from './auth-config.ts';
import { authHostKey, authorinoIdentity, authzService } from './auth-link.ts';
import type { ClusterFacts, DesiredContext } from './context.ts';

const keys = { apiKeys: {} };

function contextOf(auth: object, cluster: Partial<ClusterFacts> = {}): DesiredContext {
  return desiredContext({ spec: { auth: { provider: 'Authorino', ...auth } }, cluster });
}

interface Manifest {
  readonly hosts: readonly string[];
  readonly authentication: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly authorization: object;
  readonly response: {
    readonly success: { readonly headers?: object };
    readonly unauthenticated: Refusal;
    readonly unauthorized: Refusal;
  };
}

interface Refusal {
  readonly code: number;
  readonly headers: Readonly<Record<string, { readonly value: string }>>;
  readonly body: { readonly value: string };
}

function manifestOf(context: DesiredContext): Manifest {
  return buildAuthConfig(context)?.['spec'] as Manifest;
}

test('there is none unless Authorino is asked and its API is served', () => {
  expect(buildAuthConfig(desiredContext({}))).toBeUndefined();
  const served = { authConfig: false, serviceMonitor: true };
  expect(buildAuthConfig(contextOf(keys, { served }))).toBeUndefined();
  expect(buildAuthConfig(contextOf(keys))).toBeDefined();
});

test('it belongs to the resource and carries what the user wants on it', () => {
  const context = contextOf({ ...keys, labels: { shard: 'a' }, annotations: { note: 'x' } });
  expect(buildAuthConfig(context)).toMatchObject({
    apiVersion: 'authorino.kuadrant.io/v1beta3',
    kind: 'AuthConfig',
    metadata: {
      name: 'chat-auth',
      namespace: 'team-a',
      labels: { shard: 'a' },
      annotations: { note: 'x' },
      ownerReferences: [{ kind: 'SemanticRouterMaas', name: 'chat', controller: true }],
    },
  });
});

test('Envoy asks by the very host that it is linked by', () => {
  for (const auth of [keys, { ...keys, host: 'llm.example.com' }]) {
    const context = contextOf(auth);
    expect(manifestOf(context).hosts).toEqual([authzService(context)?.hostKey]);
    expect(manifestOf(context).hosts).toEqual([authHostKey(context)]);
  }
  expect(authHostKey(contextOf(keys))).toBe('chat.team-a');
  expect(authzService(desiredContext({}))).toBeUndefined();
});

test('the router looks where the AuthConfig leaves the identity', () => {
  const [, user] = (authorinoIdentity(false).metadata?.user ?? '').split('.');
  expect(manifestOf(contextOf(keys)).response.success).toMatchObject({
    dynamicMetadata: { identity: { json: { properties: { [user ?? '']: {}, tier: {} } } } },
  });
});

describe('API keys', () => {
  const selectorOf = (context: DesiredContext): unknown =>
    manifestOf(context).authentication['api-key']?.['apiKey'];
  const managed = { 'authorino.kuadrant.io/managed-by': 'authorino' };

  test('are those of Secrets that name the resource, where no labels are given', () => {
    expect(selectorOf(contextOf(keys))).toEqual({
      selector: { matchLabels: { 'semantic-router.io/api-keys-of': 'chat', ...managed } },
    });
    expect(apiKeySelection(contextOf(keys))).toEqual({
      namespace: 'team-a',
      labelSelector:
        'semantic-router.io/api-keys-of=chat,authorino.kuadrant.io/managed-by=authorino',
      metadataOnly: true,
    });
  });

  test('of all namespaces name the namespace too', () => {
    const context = contextOf({ apiKeys: { allNamespaces: true } });
    expect(selectorOf(context)).toEqual({
      allNamespaces: true,
      selector: {
        matchLabels: {
          'semantic-router.io/api-keys-of': 'chat',
          'semantic-router.io/api-keys-in': 'team-a',
          ...managed,
        },
      },
    });
    expect(apiKeySelection(context)?.namespace).toBeUndefined();
  });

  test('by labels of the user’s own are always ones that Authorino watches', () => {
    const matchLabels = { group: 'a', 'authorino.kuadrant.io/managed-by': 'else' };
    expect(selectorOf(contextOf({ apiKeys: { matchLabels } }))).toEqual({
      selector: { matchLabels: { group: 'a', ...managed } },
    });
  });

  test('are accepted only where they are asked for', () => {
    for (const auth of [
      { kubernetesTokens: { audiences: ['a'] } },
      { jwt: { issuerUrl: 'https://a', audiences: ['a'] } },
      { authentication: { guests: { anonymous: {} } } },
    ]) {
      const context = contextOf(auth);
      expect(Object.keys(manifestOf(context).authentication)).not.toContain('api-key');
      expect(apiKeySelection(context)).toBeUndefined();
    }
    expect(apiKeySelection(desiredContext({}))).toBeUndefined();
  });
});

test('what Authorino is to notice stands beside the annotations that the user wants', () => {
  const annotationsWith = (auth: object, authReminders: Record<string, string>): unknown =>
    buildAuthConfig(contextOf({ ...keys, ...auth }, { authReminders }))?.metadata.annotations;
  expect(annotationsWith({}, {})).toBeUndefined();
  expect(annotationsWith({ annotations: { note: 'x' } }, { hash: '1' })).toEqual({
    ...{ note: 'x', hash: '1' },
  });
});

test('several kinds are tried one after the other, and each credential by its own', () => {
  const context = contextOf({
    apiKeys: {},
    kubernetesTokens: { audiences: ['sr'] },
    jwt: { issuerUrl: 'https://sso.example.com', audiences: ['sr'] },
  });
  const { authentication } = manifestOf(context);
  expect(Object.keys(authentication)).toEqual(['api-key', 'jwt', 'kubernetes-token']);
  expect(authentication['jwt']?.['jwt']).toEqual({ issuerUrl: 'https://sso.example.com' });
  expect(authentication['kubernetes-token']).toMatchObject({
    priority: 1,
    kubernetesTokenReview: { audiences: ['sr'] },
  });
});

test('a block of the user’s own stands as it is, in the place of all others', () => {
  const authentication = { sso: { oauth2Introspection: { endpoint: 'https://x' }, overrides: {} } };
  const context = contextOf({ authentication });
  expect(manifestOf(context).authentication).toEqual(authentication);
});

test('refusals are what OpenAI clients read', () => {
  const { unauthenticated, unauthorized } = manifestOf(contextOf(keys)).response;
  for (const { code, headers, body } of [unauthenticated, unauthorized]) {
    expect(headers['content-type']).toEqual({ value: 'application/json' });
    expect(JSON.parse(body.value)).toEqual({
      error: {
        message: expect.any(String) as unknown,
        type: expect.any(String) as unknown,
        param: null,
        code: code === 401 ? 'unauthenticated' : 'forbidden',
      },
    });
  }
  expect([unauthenticated.code, unauthorized.code]).toEqual([401, 403]);
  expect(unauthenticated.headers['www-authenticate']).toBeDefined();
});

test('in standalone mode nobody is told apart by headers', () => {
  const context = desiredContext({
    spec: { auth: { provider: 'Authorino', ...keys } },
    config: {},
  });
  expect(manifestOf(context).response.success.headers).toBeUndefined();
  expect(Object.keys(manifestOf(context).authorization)).toEqual(['identity-is-well-formed']);
});

test('whatever is asked for, it never lets requests pass unseen and never prints bytes', () => {
  const kinds = fc
    .record(
      {
        apiKeys: fc.record({ prefix: fc.string({ maxLength: 64 }), allNamespaces: fc.boolean() }),
        kubernetesTokens: fc.record({
          audiences: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), {
            minLength: 1,
            maxLength: 16,
          }),
        }),
        jwt: fc.constant({ issuerUrl: 'https://sso.example.com', audiences: ['sr'] }),
      },
      { requiredKeys: [] },
    )
    .filter((auth) => Object.keys(auth).length > 0);
  fc.assert(
    fc.property(kinds, fc.boolean(), (auth, maas) => {
      const context = desiredContext({
        spec: { auth: { provider: 'Authorino', ...auth } },
        config: { maas_integration: { enabled: maas } },
      });
      const manifest = manifestOf(context);
      // A condition on the whole would let requests through where it does not hold.
      expect(Object.keys(manifest).sort()).toEqual([
        ...['authentication', 'authorization', 'hosts', 'response'],
      ]);
      expect(JSON.stringify(manifest.response.success)).not.toContain('"value"');
      // Without a source Authorino takes everybody for anonymous.
      expect(Object.keys(manifest.authentication).length).toBeGreaterThan(0);
      expect(manifest.hosts).toHaveLength(1);
    }),
  );
});
