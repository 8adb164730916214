import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from './kube/port.ts';
import type { Observed } from './observed.ts';
import { makePlan } from './plan.ts';

const config = {
  default_model: 'small',
  vllm_endpoints: [{ name: 'one', address: '127.0.0.1', port: 8000 }],
  model_config: { small: { preferred_endpoints: ['one'] } },
};
const defaults = { images: { router: 'router:1', envoy: 'envoy:1' }, operatorNamespace: undefined };

function observe(spec: object, more: Partial<Observed> = {}): Observed {
  return {
    resource: {
      apiVersion: 'semantic-router.io/v1alpha1',
      kind: 'SemanticRouterMaas',
      metadata: { name: 'demo', namespace: 'team-a', uid: 'u1', generation: 1 },
      spec,
    },
    configSource: { kind: 'inline' },
    children: [],
    cluster: {
      served: { authConfig: true, serviceMonitor: true },
      isOpenShift: false,
      prometheuses: [],
      namespaceLabels: {},
    },
    apiKeySecrets: undefined,
    hostRivals: [],
    nowMs: 0,
    ...more,
  };
}

/** What an earlier plan made, as the resource's own. */
function childrenOf(observed: Observed): readonly KubeObject[] {
  return makePlan(observed, defaults).desired?.objects ?? [];
}

test('a right resource: all its objects, the configuration before the pods that read it', () => {
  const { accepted, desired, problems } = makePlan(observe({ config }), defaults);
  expect([accepted.reason, problems]).toEqual(['Valid', []]);
  const kinds = desired?.objects.map(({ kind }) => kind) ?? [];
  expect(kinds.indexOf('ConfigMap')).toBeLessThan(kinds.indexOf('Deployment'));
  expect(desired?.surplus).toEqual([]);
});

test('what is owned and not wanted any more is surplus; what is another’s is not', () => {
  const before = childrenOf(observe({ config, podDisruptionBudget: { enabled: true } }));
  const foreign: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'demo-old', ownerReferences: [] },
  };
  const observed = observe({ config }, { children: [...before, foreign] });
  const { desired } = makePlan(observed, defaults);
  expect(desired?.surplus.map(({ kind }) => kind)).toEqual(['PodDisruptionBudget']);
});

describe('a configuration that cannot be used', () => {
  const wrong = { ...config, default_model: 'nobody' };

  test('at first gives no objects', () => {
    const { accepted, desired, wanted } = makePlan(observe({ config: wrong }), defaults);
    expect(accepted).toMatchObject({ status: 'False', reason: 'InvalidConfig' });
    expect(accepted.message).toMatch(/^spec\.config\.default_model: /);
    expect([desired, wanted]).toEqual([undefined, undefined]);
  });

  test('later leaves the last good one in force, and other parts of the spec count', () => {
    const children = childrenOf(observe({ config }));
    const { desired } = makePlan(observe({ config: wrong, replicas: 4 }, { children }), defaults);
    const find = (kind: string, among = desired?.objects): KubeObject | undefined =>
      among?.find((object) => object.kind === kind);
    expect(find('ConfigMap')).toEqual(find('ConfigMap', [...children]));
    expect(find('Deployment')?.['spec']).toMatchObject({ replicas: 4 });
  });

  test('that is nowhere to be found is told as such', () => {
    const spec = { configFrom: { configMap: { name: 'models' } } };
    const configSource = { kind: 'missing', message: 'there is no ConfigMap models' } as const;
    const { accepted } = makePlan(observe(spec, { configSource }), defaults);
    expect(accepted).toMatchObject({ reason: 'ConfigNotFound', message: configSource.message });
  });
});

test('a spec that cannot be read changes nothing, and every problem is told', () => {
  const { accepted, desired, problems } = makePlan(
    observe({ config, replicas: -1, monitoring: { mode: 'Sometimes' } }),
    defaults,
  );
  expect([accepted.reason, desired]).toEqual(['InvalidSpec', undefined]);
  expect(problems).toHaveLength(2);
});

test('a suspended resource is judged and left alone', () => {
  const { accepted, desired, wanted } = makePlan(observe({ config, suspend: true }), defaults);
  expect([accepted.reason, desired]).toEqual(['Suspended', undefined]);
  expect(wanted?.hash).toMatch(/^[0-9a-f]{16}$/);
});

test('a suspended resource that is wrong is told so all the same', () => {
  const spec = { config: { ...config, default_model: 'nobody' }, suspend: true };
  const { problems } = makePlan(observe(spec), defaults);
  expect(problems).toHaveLength(1);
});

describe('the hash of API keys', () => {
  const auth = { provider: 'Authorino', apiKeys: { matchLabels: { for: 'demo' } } };
  const secret = (name: string, labels: object, tier: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: 'team-a',
      labels: { 'authorino.kuadrant.io/managed-by': 'authorino', ...labels },
      annotations: { 'semantic-router.io/tier': tier },
    },
  });
  const hashWith = (apiKeySecrets: Observed['apiKeySecrets']): string | undefined =>
    makePlan(observe({ config, auth }, { apiKeySecrets }), defaults).desired?.context.cluster
      .authReminders['semantic-router.io/api-key-secrets-hash'];

  test('follows the tiers of the keys that count, and of no others', () => {
    const own = secret('a', { for: 'demo' }, 'free');
    const base = hashWith([own]);
    expect(base).toBeDefined();
    expect(hashWith([own, secret('b', { for: 'other' }, 'gold')])).toBe(base);
    expect(hashWith([secret('a', { for: 'demo' }, 'premium')])).not.toBe(base);
  });

  test('is left out where Secrets may not be read', () => {
    expect(hashWith(undefined)).toBeUndefined();
  });
});
