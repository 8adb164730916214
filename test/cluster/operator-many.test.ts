// Many resources at once on a real API server: every one becomes ready, nothing is made twice, and no
// more is written than what it takes. Their routers are listeners that only say what they were given
// (test/kit/pretended-routers.ts).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { writingVerbs, type AuditedRequest } from '../kit/control-plane/audit.ts';
import { pretendedRouter } from '../kit/pretended-routers.ts';
import {
  conditionOf,
  group,
  resourceOf,
  resourcePath,
  startResourceCluster,
  type ResourceCluster,
  type SeenResource,
} from '../kit/resource-cluster.ts';

const namespaces = ['many-0', 'many-1', 'many-2', 'many-3', 'many-4'];
const count = 500;
const resources = Array.from({ length: count }, (_, n) => ({
  namespace: `many-${n % namespaces.length}`,
  name: `router-${n}`,
}));

/** What each resource has: its names in each collection. */
const childrenOf: readonly (readonly [collection: string, names: (of: string) => string[]])[] = [
  ['/api/v1/configmaps', (name) => [`${name}-config`]],
  ['/api/v1/serviceaccounts', (name) => [name]],
  ['/apis/networking.k8s.io/v1/networkpolicies', (name) => [name]],
  ['/api/v1/services', (name) => [name, `${name}-pods`]],
  ['/apis/apps/v1/deployments', (name) => [name]],
];

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({ programs: pretendedRouter });
  for (const namespace of namespaces) await world.cluster.createNamespace(namespace);
});
afterAll(() => world.stop());

/** What the operator wrote, but for its lease. */
async function writes(): Promise<AuditedRequest[]> {
  const requests = await world.cluster.requests();
  return requests.filter(
    ({ user, verb, resource }) =>
      user.startsWith('system:serviceaccount:system:') &&
      writingVerbs.includes(verb) &&
      !resource.startsWith('leases'),
  );
}

async function untilWithin(
  seconds: number,
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 0.5) {
    if (waited > seconds) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(500);
  }
}

const listed = async (collection: string): Promise<string[]> =>
  (await world.cluster.client.list(collection))
    .filter(({ metadata }) => metadata.namespace?.startsWith('many-'))
    .map(({ metadata: { name, namespace = '' } }) => `${namespace}/${name}`)
    .filter((name) => name.includes('/router-'))
    .sort();

/** Resolves when the operator has worked on all at least once and has nothing to do. */
async function untilQuiet(): Promise<void> {
  let before = 0;
  await untilWithin(120, 'the operator rests', async () => {
    const page = await (await fetch(`${world.operator().metricsUrl}/metrics`)).text();
    const calls = Number(
      /^controller_runtime_reconcile_total\{.*"success"\} (\d+)$/m.exec(page)?.[1],
    );
    const isQuiet = calls === before && calls >= count;
    before = calls;
    return isQuiet && /^workqueue_depth\{.*\} 0$/m.test(page);
  });
}

/** By the resource, which is in the names of all that belongs to it. */
function byResource(written: readonly AuditedRequest[]): Map<string, AuditedRequest[]> {
  return Map.groupBy(
    written,
    ({ namespace, name }) => `${namespace}/${/^router-\d+/.exec(name)?.[0] ?? name}`,
  );
}

/**
 * What can be told of a resource with one pod on its way: that it was applied; that the Deployment is
 * looked at, counts its pod, counts it as ready, as available; that the pod is there to be asked; that
 * it runs what it should; and, where the machine is busy, that it gave no answer. Nothing is told twice.
 */
const mostReports = 8;

test('each becomes ready, has every child once, and costs no more writes than that takes', async () => {
  await Promise.all(
    resources.map(({ namespace, name }) =>
      world.cluster.client.create(resourcePath(namespace), resourceOf(name, { port: 8000 })),
    ),
  );
  await untilWithin(300, 'all are ready', async () => {
    const all = await world.cluster.client.list<SeenResource>(`${group}/semanticroutermaas`);
    return all.filter((one) => conditionOf(one, 'Ready') === 'True/Ready').length === count;
  });
  await untilQuiet();

  for (const [collection, names] of childrenOf) {
    const expected = resources.flatMap(({ namespace, name }) =>
      names(name).map((child) => `${namespace}/${child}`),
    );
    expect(await listed(collection)).toEqual(expected.sort());
  }
  const written = byResource(await writes());
  expect(written.size).toBe(count);
  for (const [of, requests] of written) {
    const [told, made] = split(requests, ({ resource }) => resource.endsWith('/status'));
    const [events, children] = split(made, ({ resource }) => resource.startsWith('events'));
    // Six children, each made at once: no write was refused, repeated or without effect.
    expect([of, children.map(({ code }) => code)]).toEqual([of, [201, 201, 201, 201, 201, 201]]);
    expect([of, told.length <= mostReports, told.length >= 1]).toEqual([of, true, true]);
    expect([of, events.length >= 4]).toEqual([of, true]);
  }
  const events = await world.cluster.client.list<SeenEvent>('/apis/events.k8s.io/v1/events');
  for (const { namespace, name } of resources) {
    const reasons = events
      .filter(({ regarding }) => regarding.kind === 'SemanticRouterMaas')
      .filter(({ regarding }) => regarding.namespace === namespace && regarding.name === name)
      .map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(['Valid', 'Available', 'Loaded', 'Ready']));
    expect([name, reasons.length]).toEqual([name, new Set(reasons).size]);
  }
}, 450_000);

test('an operator that starts anew finds nothing to write', async () => {
  const before = (await writes()).length;
  await world.operator().stop();
  await world.startOperator();
  await untilQuiet();
  expect((await writes()).slice(before)).toEqual([]);
}, 150_000);

test('children that somebody deletes come back', async () => {
  const [{ namespace, name }] = resources as [(typeof resources)[number]];
  const children = childrenOf.flatMap(([collection, names]) =>
    names(name).map((child) => {
      const at = collection.lastIndexOf('/');
      return `${collection.slice(0, at)}/namespaces/${namespace}${collection.slice(at)}/${child}`;
    }),
  );
  const { client } = world.cluster;
  const uids = async (): Promise<unknown[]> =>
    Promise.all(children.map(async (path) => (await client.find(path))?.metadata.uid));
  const before = await uids();
  await Promise.all(children.map((path) => client.delete(path)));
  await untilWithin(30, 'all are there anew', async () => {
    const now = await uids();
    return now.every((uid, at) => uid !== undefined && uid !== before[at]);
  });
  await untilWithin(60, 'it is ready again', async () => {
    const seen = await client.get<SeenResource>(resourcePath(namespace, name));
    return conditionOf(seen, 'Ready') === 'True/Ready';
  });
}, 90_000);

test('nothing is left of resources that are deleted', async () => {
  const before = (await writes()).length;
  await Promise.all(
    resources.map(({ namespace, name }) =>
      world.cluster.client.delete(resourcePath(namespace, name)),
    ),
  );
  await untilWithin(180, 'everything is collected', async () => {
    const collections = [...childrenOf.map(([collection]) => collection), '/api/v1/pods'];
    const left = await Promise.all([`${group}/semanticroutermaas`, ...collections].map(listed));
    return left.flat().length === 0;
  });
  expect((await writes()).slice(before)).toEqual([]);
  expect(namespaces.flatMap((namespace) => world.kubelet.pods(namespace))).toEqual([]);
}, 240_000);

interface SeenEvent {
  readonly reason: string;
  readonly regarding: { readonly kind: string; readonly namespace: string; readonly name: string };
}

function split<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
