// What the operator does about a world that others change, and that it writes nothing where nothing
// is to be done. What runs in the pods does not matter: they only pretend.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../kit/api-client.ts';
import { countWrites } from '../kit/operator-deeds.ts';
import { pretendedRouter } from '../kit/pretended-routers.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  type ResourceCluster,
} from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';

let world: ResourceCluster;
beforeAll(async () => {
  // Every resource is looked at again each second.
  world = await startResourceCluster({
    args: ['--resync', '1'],
    programs: pretendedRouter,
  });
});
afterAll(() => world.stop());

let namespace = '';
beforeEach(async () => {
  namespace = await world.cluster.newNamespace();
});

const path = (): string => resourcePath(namespace, 'demo');

async function create(spec: object = {}): Promise<void> {
  const resource = resourceOf('demo', { port: 8000, spec: { replicas: 0, ...spec } });
  await world.cluster.client.create(resourcePath(namespace), resource);
}

async function createReady(spec: object = {}): Promise<void> {
  await create(spec);
  await untilCondition(world, path(), { Ready: 'True/Ready' });
}

async function reconciles(): Promise<number> {
  const page = await (await fetch(`${world.operator().metricsUrl}/metrics`)).text();
  const lines = page.match(/^controller_runtime_reconcile_total\{.*\} \d+$/gm) ?? [];
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const children = {
  configMap: () => `/api/v1/namespaces/${namespace}/configmaps/demo-config`,
  service: () => `/api/v1/namespaces/${namespace}/services/demo`,
  headlessService: () => `/api/v1/namespaces/${namespace}/services/demo-pods`,
  serviceAccount: () => `/api/v1/namespaces/${namespace}/serviceaccounts/demo`,
  deployment: () => `/apis/apps/v1/namespaces/${namespace}/deployments/demo`,
  networkPolicy: () => `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/demo`,
  podDisruptionBudget: () => `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/demo`,
  autoscaler: () => `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/demo`,
} as const;

/** What the API server stores in another form, or without what says nothing. */
const inManyWords = {
  replicas: undefined,
  autoscaling: {
    maxReplicas: 2,
    metrics: [
      {
        type: 'Pods',
        pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '1000m' } },
      },
    ],
  },
  podDisruptionBudget: { minAvailable: '50%' },
  resources: { requests: { cpu: '0.5', memory: '0.5Gi' } },
  env: [{ name: 'EMPTY', value: '' }],
  podTemplate: { tolerations: [{ key: 'a', operator: 'Equal', value: '', effect: 'NoSchedule' }] },
};

test('ten resyncs of an idle world write nothing', async () => {
  await createReady();
  const rich = resourceOf('rich', { port: 8000, spec: inManyWords });
  await world.cluster.client.create(resourcePath(namespace), rich);
  await untilCondition(world, resourcePath(namespace, 'rich'), { Ready: 'True/Ready' });
  await sleep(1500); // what is still under way
  const writes = await countWrites(world.cluster);
  const already = await reconciles();
  await until('ten resyncs', async () => (await reconciles()) >= already + 20);
  expect(await writes()).toEqual([]);
});

const autoscaled = { replicas: undefined, autoscaling: { minReplicas: 1, maxReplicas: 2 } };

describe('a child that is deleted by hand is restored', () => {
  test.each([
    'configMap',
    'service',
    'headlessService',
    'serviceAccount',
    'deployment',
    'networkPolicy',
    'podDisruptionBudget',
    'autoscaler',
  ] as const)('%s', async (child) => {
    await createReady(
      child === 'autoscaler' ? autoscaled : { podDisruptionBudget: { enabled: true } },
    );
    const before = await world.cluster.client.get(children[child]());
    await world.cluster.client.delete(children[child]());
    await until('it is there again', async () => {
      const now = await world.cluster.client.find(children[child]());
      return now !== undefined && now.metadata.uid !== before.metadata.uid;
    });
  });
});

describe('a child that is edited by hand is put right', () => {
  test.each([
    ['configMap', { data: { 'config.yaml': 'default_model: other' } }],
    ['service', { spec: { selector: { 'app.kubernetes.io/instance': 'other' } } }],
    ['deployment', { spec: { replicas: 2 } }],
    ['networkPolicy', { spec: { podSelector: { matchLabels: { a: 'b' } } } }],
    ['serviceAccount', { automountServiceAccountToken: true }],
    ['service', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'me' } } }],
    ['service', { metadata: { ownerReferences: null } }],
  ] as const)('%s: %j', async (child, change) => {
    await createReady();
    const before = await world.cluster.client.get(children[child]());
    await world.cluster.client.patch(children[child](), change);
    await until('it is as it was', async () => {
      const now = await world.cluster.client.get(children[child]());
      return JSON.stringify(substance(now)) === JSON.stringify(substance(before));
    });
  });
});

test('a list that is one value to Kubernetes is put right, though nothing of ours is missing', async () => {
  await createReady({ podTemplate: { tolerations: [{ key: 'a', operator: 'Exists' }] } });
  const { client } = world.cluster;
  const policy = await client.get<KubeObject & { spec: { ingress: { ports: object[] }[] } }>(
    children.networkPolicy(),
  );
  const [first, ...others] = policy.spec.ingress;
  const open = { ...first, ports: [...(first?.ports ?? []), { port: 9_999, protocol: 'TCP' }] };
  await client.patch(children.networkPolicy(), { spec: { ingress: [open, ...others] } });
  const tolerations = ['a', 'b'].map((key) => ({ key, operator: 'Exists' }));
  await client.patch(children.deployment(), { spec: { template: { spec: { tolerations } } } });
  await until('it is as it was', async () => {
    const now = await Promise.all(
      [children.networkPolicy(), children.deployment()].map((one) => client.get(one)),
    );
    const text = JSON.stringify(now.map(({ spec }) => spec));
    return !text.includes('9999') && !text.includes('"key":"b"');
  });
});

/** Without what the API server counts. */
function substance({ metadata, ...rest }: KubeObject): unknown {
  const { labels, annotations, ownerReferences } = metadata;
  const { spec, data, automountServiceAccountToken } = rest;
  return { labels, annotations, ownerReferences, spec, data, automountServiceAccountToken };
}

describe('what others add is kept', () => {
  test('an annotation and a label of a foreign manager', async () => {
    await createReady();
    const mark = { labels: { theirs: 'yes' }, annotations: { 'their.io/note': 'keep me' } };
    await world.cluster.client.patch(children.service(), { metadata: mark });
    await world.cluster.client.patch(children.service(), {
      spec: { publishNotReadyAddresses: true },
    });
    const already = await reconciles();
    await until('it was looked at', async () => (await reconciles()) > already + 3);
    const now = await world.cluster.client.get(children.service());
    expect(now.metadata).toMatchObject(mark);
    expect(now['spec']).toMatchObject({ publishNotReadyAddresses: true });
  });

  test('replicas are handed to the autoscaler as they are, and are its own from then on', async () => {
    await createReady({ replicas: 3 });
    const replicas = async (): Promise<number> =>
      (
        await world.cluster.client.get<KubeObject & { spec: { replicas: number } }>(
          children.deployment(),
        )
      ).spec.replicas;
    await until('three are wanted', async () => (await replicas()) === 3);
    await world.cluster.client.patch(path(), {
      spec: { replicas: null, autoscaling: { minReplicas: 2, maxReplicas: 9 } },
    });
    await until(
      'there is an autoscaler',
      async () => (await world.cluster.client.find(children.autoscaler())) !== undefined,
    );
    expect(await replicas()).toBe(3);
    await world.cluster.kubectl([
      ...['scale', '-n', namespace, 'deployment/demo', '--replicas', '7'],
    ]);
    const already = await reconciles();
    await until('it was looked at', async () => (await reconciles()) > already + 3);
    expect(await replicas()).toBe(7);
  });
});

test('replicas are taken back from an autoscaler that is not wanted any more', async () => {
  await createReady(autoscaled);
  await world.cluster.kubectl(['scale', '-n', namespace, 'deployment/demo', '--replicas', '2']);
  await world.cluster.client.patch(path(), { spec: { autoscaling: null, replicas: 0 } });
  await until('the autoscaler is gone and the number ours', async () => {
    const deployment = await world.cluster.client.get<KubeObject & { spec: { replicas: number } }>(
      children.deployment(),
    );
    const autoscaler = await world.cluster.client.find(children.autoscaler());
    return autoscaler === undefined && deployment.spec.replicas === 0;
  });
  await untilCondition(world, path(), { Ready: 'True/Ready' });
});

test('what is not wanted any more is taken away', async () => {
  await createReady({ podDisruptionBudget: { enabled: true } });
  expect(await world.cluster.client.find(children.podDisruptionBudget())).toBeDefined();
  await world.cluster.client.patch(path(), {
    spec: { podDisruptionBudget: { enabled: false }, networkPolicy: { enabled: false } },
  });
  await until('they are gone', async () => {
    const left = await Promise.all(
      [children.podDisruptionBudget(), children.networkPolicy()].map((one) =>
        world.cluster.client.find(one),
      ),
    );
    return left.every((one) => one === undefined);
  });
});

test('fields that another manager took are taken back, and an Event names it', async () => {
  await createReady();
  await world.cluster.kubectl(
    ['apply', '--server-side', '--force-conflicts', '--field-manager', 'meddler', '-f', '-'],
    {
      input: JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'demo', namespace },
        spec: { selector: { 'app.kubernetes.io/instance': 'other' } },
      }),
    },
  );
  await until('the selector is right', async () => {
    const { spec } = await world.cluster.client.get<
      KubeObject & { spec: { selector: Record<string, string> } }
    >(children.service());
    return spec.selector['app.kubernetes.io/instance'] === 'demo';
  });
  const events = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
  await until('an Event tells', async () => {
    const all = await world.cluster.client.list<KubeObject & { reason: string; note: string }>(
      events,
    );
    return all.some(({ reason, note }) => reason === 'FieldConflict' && note.includes('meddler'));
  });
});

test('docs/operator.md names the metrics that there are', async () => {
  const text = await readFile(new URL('../../docs/operator.md', import.meta.url), 'utf8');
  const table = text.split('\n').filter((line) => line.startsWith('| `'));
  const named = new Set(
    table
      .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([a-z_]+)`/g)])
      .map(([, name]) => name),
  );
  const page = await (await fetch(`${world.operator().metricsUrl}/metrics`)).text();
  const exported = new Set([...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  expect([...named].toSorted()).toEqual([...exported].toSorted());
});
