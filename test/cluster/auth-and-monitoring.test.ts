// AuthConfigs and ServiceMonitors as we write them, before the real API server with the CRDs that their
// projects publish: it takes them, knows every field, and keeps them as they are.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildAuthConfig } from '../../operator/desired/auth-config.ts';
import type { DesiredContext, PrometheusFacts } from '../../operator/desired/context.ts';
import { buildServiceMonitor } from '../../operator/desired/service-monitor.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import type { KubeObject } from '../kit/api-client.ts';
import { docBlocks, kubectlCommands } from '../kit/doc-blocks.ts';
import { desiredContext } from '../kit/desired-context.ts';
import { thirdPartyCrd } from '../kit/tools/third-party-crds.ts';

const namespace = 'team-a';

let cluster: ControlPlane;
beforeAll(async () => {
  cluster = await startControlPlane({ controllerManager: false });
  await cluster.applyCrds([
    thirdPartyCrd('monitoring.coreos.com_servicemonitors'),
    thirdPartyCrd('authorino.kuadrant.io_authconfigs'),
  ]);
  await cluster.createNamespace(namespace);
});
afterAll(() => cluster.stop());

/** Applies it twice; the API server refuses fields that it does not know. */
async function applied(plural: string, object: object | undefined): Promise<void> {
  if (object === undefined) throw new Error('there is no object');
  const { apiVersion, metadata } = object as { apiVersion: string; metadata: { name: string } };
  const path = `/apis/${apiVersion}/namespaces/${namespace}/${plural}/${metadata.name}`;
  const stored = await cluster.client.apply(path, object);
  expect(stored).toMatchObject(object);
  const again = await cluster.client.apply(path, object);
  // What was applied is all that there is: nothing to write a second time.
  expect(again.metadata.resourceVersion).toBe(stored.metadata.resourceVersion);
  await cluster.client.delete(path);
}

const authConfigs: Readonly<Record<string, DesiredContext>> = {
  'API keys': withAuth({ apiKeys: {} }),
  'API keys of all namespaces, without prefix': withAuth({
    apiKeys: { prefix: '', allNamespaces: true, matchLabels: { group: 'a' } },
  }),
  'Kubernetes tokens': withAuth({
    kubernetesTokens: { audiences: ['sr'], tierByGroup: { 'system:serviceaccounts:x': 'premium' } },
  }),
  JWTs: withAuth({ jwt: { issuerUrl: 'https://sso.example.com', audiences: ['sr'] } }),
  'all kinds, with what a shard needs': withAuth({
    apiKeys: {},
    kubernetesTokens: { audiences: ['sr'] },
    jwt: { issuerUrl: 'https://sso.example.com', audiences: ['sr', 'llm'] },
    labels: { shard: 'a' },
    annotations: { note: 'x' },
    host: 'llm.example.com',
  }),
  'a block of the user’s own': withAuth({
    authentication: {
      guests: {
        anonymous: {},
        overrides: { sr_user: { value: 'guest' }, sr_tier: { value: 'free' } },
      },
    },
  }),
  'standalone mode': desiredContext({
    spec: { auth: { provider: 'Authorino', apiKeys: {} } },
    config: {},
  }),
  'a hash of the Secrets': desiredContext({
    spec: { auth: { provider: 'Authorino', apiKeys: {} } },
    cluster: { authReminders: { 'semantic-router.io/api-key-secrets-hash': '0123456789abcdef' } },
  }),
};

function withAuth(auth: object): DesiredContext {
  return desiredContext({ spec: { auth: { provider: 'Authorino', ...auth } } });
}

describe('AuthConfigs', () => {
  test.each(Object.keys(authConfigs))('for %s', async (name) => {
    const context = authConfigs[name];
    await applied('authconfigs', context === undefined ? undefined : buildAuthConfig(context));
  });

  test('of which a field that nobody knows is refused, so a typo of ours would be seen', async () => {
    const built = buildAuthConfig(withAuth({ apiKeys: {} }));
    const spoilt = { ...built, spec: { ...(built?.['spec'] as object), respnse: {} } };
    await expect(applied('authconfigs', spoilt)).rejects.toThrow('respnse');
  });
});

describe('ServiceMonitors', () => {
  const prometheus: PrometheusFacts = {
    kind: 'Prometheus',
    ...{ name: 'k8s', namespace: 'monitoring', serviceMonitorNamespaceSelector: {} },
    serviceMonitorSelector: { matchLabels: { release: 'kps' } },
  };
  test.each<[string, object, readonly PrometheusFacts[] | undefined]>([
    ['as they are by default', {}, undefined],
    ['with labels, annotations and another interval', monitoring(), undefined],
    ['with the label that a Prometheus asks for', {}, [prometheus]],
  ])('%s', async (_name, spec, prometheuses) => {
    const context = desiredContext({ spec: { monitoring: spec }, cluster: { prometheuses } });
    await applied('servicemonitors', buildServiceMonitor(context));
  });

  test('with every interval that a resource may ask for', async () => {
    const interval = '100000h2m3s4ms';
    const context = desiredContext({ spec: { monitoring: { interval } } });
    await applied('servicemonitors', buildServiceMonitor(context));
  });

  // A resource may not ask for these: there would be no ServiceMonitor.
  test.each(['often', '30s1m', '1m1m'])('of which the interval %s is refused', async (interval) => {
    const built = buildServiceMonitor(desiredContext({}));
    const spec = built?.['spec'] as { endpoints: readonly object[] };
    const endpoints = spec.endpoints.map((endpoint) => ({ ...endpoint, interval }));
    await expect(
      applied('servicemonitors', { ...built, spec: { ...spec, endpoints } }),
    ).rejects.toThrow('interval');
  });
});

function monitoring(): object {
  return {
    mode: 'Enabled',
    labels: { release: 'kps' },
    annotations: { note: 'x' },
    interval: '1m30s',
  };
}

test('an API key is what the guide creates: a Secret that the AuthConfig selects', async () => {
  const built = buildAuthConfig(withAuth({ apiKeys: {} }));
  const { authentication } = built?.['spec'] as {
    authentication: Record<
      string,
      { apiKey: { selector: { matchLabels: Record<string, string> } } }
    >;
  };
  const labels = authentication['api-key']?.apiKey.selector.matchLabels ?? {};
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const selected = (): Promise<KubeObject[]> =>
    cluster.client.list(
      `${secrets}?labelSelector=${encodeURIComponent(
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
      )}`,
    );
  expect(await selected()).toEqual([]);
  const [guide = ''] = docBlocks('authentication.md', 'sh');
  for (const command of kubectlCommands(guide, { KEY: 'sk-test' })) await cluster.kubectl(command);
  const [secret] = await selected();
  expect(secret?.metadata.annotations).toMatchObject({
    'semantic-router.io/user': 'alice',
    'semantic-router.io/tier': 'premium',
  });
  expect(secret).toMatchObject({ data: { api_key: expect.stringMatching(/./) as unknown } });
});
