// The operator is replaced by another of itself, or by one with other images.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../kit/api-client.ts';
import { countWrites, untilQuiet, untilSettled } from '../kit/operator-deeds.ts';
import { pretendedRouter } from '../kit/pretended-routers.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  type ResourceCluster,
} from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';

const alone = ['--no-leader-elect'];
const newImages = [...alone, '--router-image', 'router:next', '--envoy-image', 'envoy:next'];

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({ programs: pretendedRouter, args: alone });
});
afterAll(() => world.stop());

let namespace = '';
beforeEach(async () => {
  namespace = await world.cluster.newNamespace();
});

async function createReady(spec: object = {}, config: object = {}): Promise<string> {
  const resource = resourceOf('demo', { port: world.backend.port, spec, config });
  await world.cluster.client.create(resourcePath(namespace), resource);
  const path = resourcePath(namespace, 'demo');
  await untilCondition(world, path, { Ready: 'True/Ready' });
  return path;
}

/** Ends the operator, starts the next, and waits until it has looked at everything. */
async function replaceOperator(args: readonly string[]): Promise<void> {
  await world.operator().stop();
  const everywhere = '/apis/semantic-router.io/v1alpha1/semanticroutermaas';
  const resources = await world.cluster.client.list(everywhere);
  await untilSettled(await world.startOperator(args), resources.length);
}

const podUids = (): string[] => world.kubelet.pods(namespace).map(({ uid }) => uid);

async function generation(): Promise<number | undefined> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/demo`;
  return (await world.cluster.client.get(path)).metadata.generation;
}

test('a restart with the same flags writes nothing at all', async () => {
  // What the author is told by an Event is told once, not at each start.
  await createReady({}, { no_such_key: true });
  await until('the author is told', async () => (await told()).length === 1);
  await createInAllWays();
  await untilQuiet(world.cluster);
  const pods = podUids();
  const written = await countWrites(world.cluster);
  await replaceOperator(alone);
  expect(await written()).toEqual([]);
  expect(podUids()).toEqual(pods);
});

/** What the Events warn of. */
async function told(): Promise<unknown[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
  const events = await world.cluster.client.list(path);
  return events
    .filter((event) => event['reason'] === 'ConfigWarning')
    .map((event) => event['note']);
}

/** Resources that use what the API server completes or stores in another form. */
async function createInAllWays(): Promise<void> {
  const specs = {
    scaled: { autoscaling: { minReplicas: 1, maxReplicas: 3 } },
    guarded: { replicas: 2, podDisruptionBudget: { maxUnavailable: 1 } },
    amounts: { replicas: 1, resources: { requests: { cpu: '0.5', memory: '0.5Gi' } } },
  };
  for (const [name, spec] of Object.entries(specs)) {
    const resource = resourceOf(name, { port: world.backend.port, spec });
    await world.cluster.client.create(resourcePath(namespace), resource);
    await untilCondition(world, resourcePath(namespace, name), { Ready: 'True/Ready' });
  }
}

test('other default images do not touch a resource that names its own', async () => {
  await createReady({ image: 'router:mine', envoy: { image: 'envoy:mine' } });
  await untilQuiet(world.cluster);
  const before = { pods: podUids(), generation: await generation() };
  const written = await countWrites(world.cluster);
  await replaceOperator(newImages);
  expect((await written()).filter((line) => line.includes(namespace))).toEqual([]);
  expect({ pods: podUids(), generation: await generation() }).toEqual(before);
  await replaceOperator(alone);
});

test('other default images replace the pods of a resource that names none, once', async () => {
  const path = await createReady({ replicas: 2 });
  const before = podUids();
  const generationBefore = (await generation()) ?? 0;
  await replaceOperator(newImages);
  await until('all pods are others', () => {
    const now = podUids();
    return now.length === 2 && now.every((uid) => !before.includes(uid));
  });
  await untilCondition(world, path, { Ready: 'True/Ready' });
  expect(await generation()).toBe(generationBefore + 1);
  const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
  expect(await world.cluster.client.list(sets)).toHaveLength(2);
});

describe('a resource that was stored under an older definition', () => {
  const name = 'semanticroutermaas.semantic-router.io';
  const definition = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;

  test('is used with the defaults of now; one that is not allowed any more is told of', async () => {
    await world.operator().stop();
    // Knows neither fields nor defaults.
    const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const { spec } = await world.cluster.client.get<KubeObject & { spec: CrdSpec }>(definition);
    const [version] = spec.versions;
    const schema = {
      openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } },
    };
    await world.cluster.client.patch(definition, { spec: { versions: [{ ...version, schema }] } });
    await until('the API server takes what it refused', async () => {
      const taken = { ...resourceOf('old', { port: 1, spec: { env: [{ name: 'A' }] } }) };
      const path = resourcePath(namespace);
      return world.cluster.client.create(path, taken).then(
        () => true,
        () => false,
      );
    });
    const plain = resourceOf('plain', { port: world.backend.port });
    await world.cluster.client.create(resourcePath(namespace), plain);
    await world.cluster.client.patch(definition, { spec: { versions: spec.versions } });
    await world.startOperator(alone);
    const refused = await untilCondition(world, resourcePath(namespace, 'old'), {
      Accepted: 'False/InvalidSpec',
      Stalled: 'True/InvalidSpec',
    });
    expect(JSON.stringify(refused.status)).toContain('spec.env[0]: exactly one of value');
    await untilCondition(world, resourcePath(namespace, 'plain'), { Ready: 'True/Ready' });
  });
});

interface CrdSpec {
  readonly versions: readonly object[];
}
