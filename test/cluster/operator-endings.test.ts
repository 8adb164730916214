// How resources end, and begin again: with the operator away, with their namespace, with objects that
// are still on their way out.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { countWrites, untilQuiet, untilSettled } from '../kit/operator-deeds.ts';
import { pretendedRouter } from '../kit/pretended-routers.ts';
import {
  group,
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  type ResourceCluster,
  type SeenResource,
} from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';

const alone = ['--no-leader-elect'];

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({ programs: pretendedRouter, args: alone });
  await untilCollected();
}, 120_000);
afterAll(() => world.stop());

/** The garbage collector looks only now and then for kinds that it does not know yet. */
async function untilCollected(): Promise<void> {
  const { client } = world.cluster;
  const { uid = '' } = await client
    .create(resourcePath('default'), resourceOf('first', { port: 1 }))
    .then(({ metadata }) => metadata);
  await untilCondition(world, resourcePath('default', 'first'), { Ready: 'True/Ready' });
  await client.delete(resourcePath('default', 'first'));
  for (;;) {
    const services = await client.list('/api/v1/namespaces/default/services');
    if (!services.some(({ metadata }) => JSON.stringify(metadata).includes(uid))) return;
    await sleep(200);
  }
}

let count = 0;
let namespace = '';
beforeEach(async () => {
  count += 1;
  namespace = `team-${count}`;
  await world.cluster.createNamespace(namespace);
});

const path = (name = 'demo'): string => resourcePath(namespace, name);
const deployment = (): string => `/apis/apps/v1/namespaces/${namespace}/deployments/demo`;

async function create(name = 'demo'): Promise<void> {
  const resource = resourceOf(name, { port: 8000 });
  await world.cluster.client.create(resourcePath(namespace), resource);
}

async function createReady(name = 'demo'): Promise<void> {
  await create(name);
  await untilCondition(world, path(name), { Ready: 'True/Ready' });
}

/** What was logged since then, of problems. */
function problemsSince(length: number): string[] {
  const lines = world.operator().log().slice(length).split('\n');
  return lines.filter((line) => /"level":"(warn|error)"/.test(line));
}

test('a resource that is made anew at once waits for what the earlier one left, and is never stalled', async () => {
  await createReady();
  const { client } = world.cluster;
  const before = (await client.get(deployment())).metadata.uid;
  // As if the garbage collector were slow: it waits for whoever holds the object.
  await client.patch(deployment(), { metadata: { finalizers: ['test.example/hold'] } });
  await client.delete(path());
  await create();
  const seen = await untilCondition(world, path(), {
    Ready: 'False/ApplyFailed',
    Reconciling: 'True/Progressing',
    Stalled: 'False/NotStalled',
  });
  expect(messageOf(seen, 'Ready')).toContain('Deployment demo: an earlier resource of this name');
  await client.patch(deployment(), { metadata: { finalizers: null } });
  await untilCondition(world, path(), { Ready: 'True/Ready' });
  expect((await client.get(deployment())).metadata.uid).not.toBe(before);
});

function messageOf({ status }: SeenResource, type: string): string {
  return status?.conditions?.find((condition) => condition.type === type)?.message ?? '';
}

test('what was orphaned is taken over as it runs', async () => {
  await createReady();
  const before = (await world.cluster.client.get(deployment())).metadata.uid;
  await world.cluster.kubectl(['delete', 'srm/demo', '-n', namespace, '--cascade=orphan']);
  await createReady();
  const { uid, ownerReferences } = (await world.cluster.client.get(deployment())).metadata;
  expect(uid).toBe(before);
  expect(ownerReferences).toHaveLength(1);
  expect(world.kubelet.pods(namespace)).toHaveLength(1);
});

test('kubectl waits for everything where it deletes in the foreground', async () => {
  await createReady();
  await world.cluster.kubectl([
    ...['delete', 'srm/demo', '-n', namespace, '--cascade=foreground', '--timeout=30s'],
  ]);
  expect(await world.cluster.client.find(deployment())).toBeUndefined();
});

test('a resource that is deleted while no operator runs stays away when one comes back', async () => {
  await createReady();
  await createReady('kept');
  await untilQuiet(world.cluster);
  await world.operator().stop();
  await world.cluster.client.delete(path());
  await until(
    'its objects are collected',
    async () => (await world.cluster.client.find(deployment())) === undefined,
  );
  const written = await countWrites(world.cluster);
  const all = await world.cluster.client.list(`${group}/semanticroutermaas`);
  await untilSettled(await world.startOperator(alone), all.length);
  expect(await written()).toEqual([]);
});

test('a namespace takes its resources along, and the operator does not stand in the way', async () => {
  await Promise.all(['one', 'two', 'three'].map((name) => createReady(name)));
  const logged = world.operator().log().length;
  await world.cluster.kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
  await sleep(1_000); // what is still under way
  expect(problemsSince(logged)).toEqual([]);
});
