// A control plane of its own for each run, with the operator's rights and empty namespaces, so that no
// run pays for what another left behind. There is no kubelet: resources want no pods.
import { performance } from 'node:perf_hooks';
import type { KubeObject } from '../../kit/api-client.ts';
import { startControlPlane, type ControlPlane } from '../../kit/control-plane.ts';
import type { AuditedRequest } from '../../kit/control-plane/audit.ts';
import { installRights } from '../../kit/operator-process.ts';
import { conditionOf, group, resourceOf, resourcePath } from '../../kit/resource-cluster.ts';
import type { SeenResource } from '../../kit/resource-cluster.ts';

export interface BenchCluster {
  readonly cluster: ControlPlane;
  /** Of the operator's ServiceAccount. */
  readonly token: string;
}

/** A resource that is to be created, or was. */
export interface ResourceName {
  readonly namespace: string;
  readonly name: string;
}

const namespaces = 10;
/** Creations at once: more than the operator works on, so that it never waits for us. */
const creators = 16;

export async function startBenchCluster(cleanup: AsyncDisposableStack): Promise<BenchCluster> {
  const cluster = await startControlPlane();
  cleanup.defer(() => cluster.stop());
  const token = await installRights(cluster);
  for (let n = 0; n < namespaces; n++) await cluster.createNamespace(`bench-${n}`);
  return { cluster, token };
}

export function resourceNames(count: number): ResourceName[] {
  return Array.from({ length: count }, (_, n) => ({
    namespace: `bench-${n % namespaces}`,
    name: `router-${n}`,
  }));
}

/** Creates all, many at once; `onCreated` is told of each as soon as it is there. */
export async function createResources(
  { cluster }: BenchCluster,
  names: readonly ResourceName[],
  onCreated: (created: KubeObject) => void = () => undefined,
): Promise<void> {
  await inParallel(creators, names, async ({ namespace, name }) => {
    const resource = resourceOf(name, { port: 8000, spec: { replicas: 0 } });
    onCreated(await cluster.client.create(resourcePath(namespace), resource));
  });
}

/** Resolves with the time of performance.now() at which the last of `count` was seen to be Ready. */
export async function untilReady({ cluster }: BenchCluster, count: number): Promise<number> {
  const done = new AbortController();
  const ready = new Set<string>();
  const path = `${group}/semanticroutermaas?watch=1&resourceVersion=0`;
  try {
    // The server ends a watch when the definition of the kind changes, as it does soon after its start.
    for (;;) {
      for await (const { type, object } of cluster.client.watch<SeenResource>(path, done.signal)) {
        if (type !== 'ADDED' && type !== 'MODIFIED') continue;
        if (conditionOf(object, 'Ready') === 'True/Ready') ready.add(object.metadata.uid ?? '');
        if (ready.size === count) return performance.now();
      }
    }
  } finally {
    done.abort();
  }
}

/** What the operator asked for so far, but for its lease and what it follows. */
export async function operatorRequests({ cluster }: BenchCluster): Promise<AuditedRequest[]> {
  const requests = await cluster.requests();
  return requests.filter(
    ({ user, verb, resource }) =>
      user.startsWith('system:serviceaccount:system:') &&
      !['list', 'watch', ''].includes(verb) &&
      !['', 'leases.coordination.k8s.io'].includes(resource),
  );
}

/** Works on `items` in their order, `width` at a time. */
export async function inParallel<T>(
  width: number,
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = toIterator(items);
  const worker = async (): Promise<void> => {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      await work(next.value);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

function toIterator<T>(items: Iterable<T> | AsyncIterable<T>) {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
