// The life of a resource on a real API server: the operator with the chart's rights, pods as real
// processes, requests through their real Envoys.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../kit/api-client.ts';
import { argoHealth } from '../kit/argo-health.ts';
import { send } from '../kit/client.ts';
import type { LocalPod } from '../kit/kubelet/kubelet.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  urlOf,
  type ResourceCluster,
  type SeenResource,
} from '../kit/resource-cluster.ts';
import { requestOf, until } from '../kit/router-surroundings.ts';

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({});
});
afterAll(() => world.stop());

let namespace = '';
beforeEach(async () => {
  namespace = await world.cluster.newNamespace();
});

const path = (): string => resourcePath(namespace, 'demo');

interface Given {
  readonly config?: object;
  readonly spec?: object;
}

async function create(given: Given = {}): Promise<LocalPod> {
  const resource = resourceOf('demo', { port: world.backend.port, ...given });
  await world.cluster.client.create(resourcePath(namespace), resource);
  await untilCondition(world, path(), { Ready: 'True/Ready' });
  return onlyPod();
}

/** A merge patch of the spec; resolves when the resource is as said. */
async function edit(spec: object, expected: Record<string, string>): Promise<SeenResource> {
  await world.cluster.client.patch(path(), { spec });
  return untilCondition(world, path(), expected);
}

function onlyPod(): LocalPod {
  const [pod, ...others] = world.kubelet.pods(namespace);
  if (pod === undefined || others.length > 0) throw new Error('there is not one pod');
  return pod;
}

async function metric({ address }: LocalPod, series: string): Promise<number> {
  const page = await (await fetch(`http://${address}:9190/metrics`)).text();
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

async function messageOf(type: string): Promise<string> {
  const { status } = await world.cluster.client.get<SeenResource>(path());
  return status?.conditions?.find((condition) => condition.type === type)?.message ?? '';
}

/** Everything in the namespace that carries our label, by kind and name. */
async function ours(): Promise<string[]> {
  const kinds = 'all,configmaps,serviceaccounts,networkpolicies,poddisruptionbudgets,hpa';
  const selector = 'app.kubernetes.io/managed-by=semantic-router-maas';
  const text = await world.cluster.kubectl([
    ...['get', kinds, '-n', namespace, '-l', selector, '-o', 'name', '--ignore-not-found'],
  ]);
  return text.split('\n').filter((line) => line !== '');
}

test('a resource becomes a router that answers and counts by user and tier', async () => {
  const pod = await create();
  const reply = await send(requestOf(urlOf(pod), 'alice'));
  expect(reply.status).toBe(200);
  expect(reply.headers['x-vsr-model-selected']).toBe('small');
  const labels = 'user="alice",tier="premium",model="small",decision="pinned"';
  expect(await metric(pod, `semantic_router_requests_total{${labels}}`)).toBe(1);
  const table = await world.cluster.kubectl(['get', 'srm', '-n', namespace]);
  expect(table).toMatch(/NAME\s+MODE\s+READY\s+REASON\s+REPLICAS\s+CONFIG\s+AGE/);
  expect(table).toMatch(/demo\s+maas\s+True\s+Ready\s+1\s+[0-9a-f]{8}/);
  await world.cluster.kubectl(['wait', '--for=condition=Ready', '-n', namespace, 'srm/demo']);
});

test('its status names what it owns, where to call it, and which pods are counted', async () => {
  await create();
  const { cluster } = world;
  const seen = await cluster.client.get<SeenResource>(path());
  const inventory = (seen.status?.inventory ?? []).map(
    ({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`,
  );
  expect(inventory).toEqual([
    'v1 ConfigMap demo-config',
    'apps/v1 Deployment demo',
    'networking.k8s.io/v1 NetworkPolicy demo',
    'v1 Service demo',
    'v1 Service demo-pods',
    'v1 ServiceAccount demo',
  ]);
  expect(seen.status).toMatchObject({
    observedGeneration: seen.metadata.generation,
    addresses: [{ name: 'cluster', url: `http://demo.${namespace}.svc:8801` }],
    mode: 'maas',
    replicas: 1,
    readyReplicas: 1,
    updatedReplicas: 1,
  });
  // What an autoscaler reads.
  await edit({ replicas: 2 }, { Ready: 'True/Ready' });
  const { status } = await cluster.client.get<{ status: { replicas: number; selector: string } }>(
    `${path()}/scale`,
  );
  expect(status.replicas).toBe(2);
  const pods = await cluster.client.list(
    `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(status.selector)}`,
  );
  expect(pods).toHaveLength(2);
});

test('the longest name in the longest namespace becomes ready', async () => {
  const longest = { namespace: 'n'.repeat(63), name: 'r'.repeat(45) };
  await world.cluster.createNamespace(longest.namespace);
  const resource = resourceOf(longest.name, { port: world.backend.port });
  await world.cluster.client.create(resourcePath(longest.namespace), resource);
  const there = resourcePath(longest.namespace, longest.name);
  await untilCondition(world, there, { Ready: 'True/Ready' });
  const [pod] = world.kubelet.pods(longest.namespace);
  if (pod === undefined) throw new Error('there is no pod');
  expect((await send(requestOf(urlOf(pod), 'eve'))).status).toBe(200);
  await world.cluster.client.delete(there);
});

describe('an edit of spec.config', () => {
  test('reaches the running pod without a restart, and no request under load fails', async () => {
    const pod = await create();
    const statuses: number[] = [];
    const over = new AbortController();
    const client = async (): Promise<void> => {
      while (!over.signal.aborted) {
        statuses.push((await send(requestOf(urlOf(pod), 'bob'))).status);
      }
    };
    const load = Promise.all(Array.from({ length: 4 }, client));
    const hash = async (): Promise<unknown> =>
      (await world.cluster.client.get<SeenResource>(path())).status?.configHash;
    const hashes = new Set([await hash()]);
    const endpoint = (name: string): object => ({
      ...{ name, address: '127.0.0.1', port: world.backend.port },
    });
    // A header; where each request goes; one model less: routes and clusters of Envoy change.
    for (const config of [
      { maas_integration: { headers: { prefix: 'x-sr-' } } },
      {
        vllm_endpoints: ['small-2', 'big-1'].map(endpoint),
        model_config: { small: { preferred_endpoints: ['small-2'] } },
      },
      { vllm_endpoints: [endpoint('small-2')], model_config: { big: null }, decisions: null },
    ]) {
      const already = statuses.length;
      hashes.add((await edit({ config }, { Ready: 'True/Ready' })).status?.configHash);
      await until('requests came after it', () => statuses.length > already + 20);
    }
    over.abort();
    await load;
    expect(hashes.size).toBe(4);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(onlyPod().uid).toBe(pod.uid);
    expect(onlyPod().pid('router')).toBe(pod.pid('router'));
    const reply = await send(requestOf(urlOf(pod), 'bob'));
    expect(reply.headers['x-sr-model-selected']).toBe('small');
  });

  test('that takes its time to reach the pods is told as under way until they run it', async () => {
    const pod = await create();
    world.kubelet.setVolumeDelay(2_000);
    try {
      const pending = await edit(
        { config: { default_model: 'big' } },
        {
          ConfigLoaded: 'False/Pending',
          Ready: 'False/Progressing',
          Reconciling: 'True/Progressing',
          Stalled: 'False/NotStalled',
        },
      );
      expect(pending.status?.lastGoodConfigHash).toBe(pending.status?.configHash);
      expect(await argoHealth(pending)).toMatchObject({ status: 'Progressing' });
      await untilCondition(world, path(), { ConfigLoaded: 'True/Loaded', Ready: 'True/Ready' });
      expect(onlyPod().pid('router')).toBe(pod.pid('router'));
    } finally {
      world.kubelet.setVolumeDelay(0);
    }
  });

  test('that is wrong changes nothing and is told with its path; the next right one works', async () => {
    const pod = await create();
    const configMap = `/api/v1/namespaces/${namespace}/configmaps/demo-config`;
    const before = await world.cluster.client.get(configMap);
    const good = (await world.cluster.client.get<SeenResource>(path())).status?.configHash;
    const refused = await edit(
      { config: { default_model: 'nobody' } },
      {
        Accepted: 'False/InvalidConfig',
        Ready: 'False/InvalidConfig',
        Stalled: 'True/InvalidConfig',
        ConfigLoaded: 'True/Loaded',
        WorkloadAvailable: 'True/Available',
      },
    );
    expect(await messageOf('Accepted')).toMatch(/^spec\.config\.default_model: .*nobody/);
    expect(refused.status).toMatchObject({ lastGoodConfigHash: good });
    expect(await world.cluster.client.get(configMap)).toEqual(before);
    expect((await send(requestOf(urlOf(pod), 'carol'))).status).toBe(200);
    await edit({ config: { default_model: 'big' } }, { Ready: 'True/Ready' });
    expect(onlyPod().uid).toBe(pod.uid);
  });

  test('in a ConfigMap of somebody else is followed too', async () => {
    const text = (model: string): object => ({
      'models.yaml': JSON.stringify({
        ...(resourceOf('demo', { port: world.backend.port }) as { spec: { config: object } }).spec
          .config,
        default_model: model,
      }),
    });
    const maps = `/api/v1/namespaces/${namespace}/configmaps`;
    const resource = {
      apiVersion: 'semantic-router.io/v1alpha1',
      kind: 'SemanticRouterMaas',
      metadata: { name: 'demo' },
      spec: { configFrom: { configMap: { name: 'models', key: 'models.yaml' } } },
    };
    await world.cluster.client.create(resourcePath(namespace), resource);
    await untilCondition(world, path(), { Accepted: 'False/ConfigNotFound' });
    await world.cluster.client.create(maps, { metadata: { name: 'models' }, data: text('small') });
    const first = await untilCondition(world, path(), { Ready: 'True/Ready' });
    await world.cluster.client.patch(`${maps}/models`, { data: text('big') });
    await until('the new hash is loaded', async () => {
      const { status } = await world.cluster.client.get<SeenResource>(path());
      const loaded = status?.conditions?.some(({ reason }) => reason === 'Loaded') === true;
      return loaded && status.configHash !== first.status?.configHash;
    });
    await world.cluster.client.patch(`${maps}/models`, { data: text('nobody') });
    await untilCondition(world, path(), { Accepted: 'False/InvalidConfig' });
    expect(await messageOf('Accepted')).toMatch(/^configmap\/models\[models\.yaml\]:\d+/);
    // Gone and back: the pods keep what they had.
    const pod = onlyPod();
    await world.cluster.client.delete(`${maps}/models`);
    await untilCondition(world, path(), {
      ...{ Accepted: 'False/ConfigNotFound', Stalled: 'True/ConfigNotFound' },
      ...{ ConfigLoaded: 'True/Loaded', WorkloadAvailable: 'True/Available' },
    });
    expect((await send(requestOf(urlOf(pod), 'dora'))).status).toBe(200);
    await world.cluster.client.create(maps, { metadata: { name: 'models' }, data: text('small') });
    await untilCondition(world, path(), { Ready: 'True/Ready' });
    expect(onlyPod().uid).toBe(pod.uid);
  });
});

test('a suspended resource is left alone, and picked up again', async () => {
  await create();
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/demo`;
  const suspended = { Ready: 'Unknown/Suspended', Reconciling: 'False/Suspended' };
  const seen = await edit({ suspend: true }, suspended);
  expect(await argoHealth(seen)).toMatchObject({ status: 'Suspended' });
  await edit({ replicas: 3 }, { Ready: 'Unknown/Suspended' });
  const spec = async (): Promise<unknown> =>
    (await world.cluster.client.get<KubeObject & { spec: { replicas: number } }>(deployment)).spec
      .replicas;
  expect(await spec()).toBe(1);
  await edit({ suspend: false, replicas: 2 }, { Ready: 'True/Ready' });
  expect(await spec()).toBe(2);
});

test('kubectl delete leaves nothing behind', async () => {
  await create();
  expect((await ours()).length).toBeGreaterThan(5);
  await world.cluster.kubectl(['delete', 'srm', 'demo', '-n', namespace, '--wait']);
  await until('nothing is left', async () => (await ours()).length === 0);
  await until('no pod runs', () => world.kubelet.pods(namespace).length === 0);
});

test('what Argo CD and kubectl put on the resource is not copied to its objects', async () => {
  const resource = resourceOf('demo', { port: world.backend.port, spec: { replicas: 0 } }) as {
    metadata: object;
  };
  const marks = {
    labels: { 'argocd.argoproj.io/instance': 'app', 'app.kubernetes.io/instance': 'argo-app' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  };
  await world.cluster.client.create(resourcePath(namespace), {
    ...resource,
    metadata: { ...resource.metadata, ...marks },
  });
  await untilCondition(world, path(), { Ready: 'True/Ready' });
  for (const object of await ours()) {
    const yaml = await world.cluster.kubectl(['get', object, '-n', namespace, '-o', 'json']);
    expect(yaml).not.toMatch(/argocd|argo-app|last-applied/);
  }
});

test('another one’s object of the same name is not taken over', async () => {
  const services = `/api/v1/namespaces/${namespace}/services`;
  const theirs = { metadata: { name: 'demo' }, spec: { ports: [{ port: 1 }], clusterIP: 'None' } };
  await world.cluster.client.create(services, theirs);
  const resource = resourceOf('demo', { port: world.backend.port, spec: { replicas: 0 } });
  await world.cluster.client.create(resourcePath(namespace), resource);
  await untilCondition(world, path(), { Ready: 'False/ApplyFailed', Stalled: 'True/ApplyFailed' });
  expect(await messageOf('Ready')).toMatch(/Service demo.*does not belong to this resource/);
  const found = await world.cluster.client.get(`${services}/demo`);
  expect(found.metadata['ownerReferences']).toBeUndefined();
});
