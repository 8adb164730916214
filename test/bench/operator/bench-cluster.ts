// A control plane of its own for each run, with the operator's rights and empty namespaces, so that no
// run pays for what another left behind. There is no kubelet: resources want no pods.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../kit/api-client.ts';
import { startControlPlane, type ControlPlane } from '../../kit/control-plane.ts';
import type { AuditedRequest } from '../../kit/control-plane/audit.ts';
import { installRights } from '../../kit/operator-process.ts';
import { conditionOf, group, resourceOf, resourcePath } from '../../kit/resource-cluster.ts';
import type { SeenResource } from '../../kit/resource-cluster.ts';
import { inParallel } from './in-parallel.ts';

export interface BenchCluster {
  readonly cluster: ControlPlane;
  /** Of the operator's ServiceAccount. */
  readonly token: string;
  /**
   * Resolves when the control plane is as old as it is in every run when its clock starts: a young
   * one is busy with itself, and whoever starts sooner would pay for that.
   */
  untilGrown(): Promise<void>;
}

/** A resource that is to be created, or was. */
export interface ResourceName {
  readonly namespace: string;
  readonly name: string;
}

const namespaces = 10;
/** More than it takes to start the operator and to read its memory. */
const grownMs = 20_000;
/** Creations at once: more than the operator works on, so that it never waits for us. */
const creators = 16;

export async function startBenchCluster(cleanup: AsyncDisposableStack): Promise<BenchCluster> {
  const cluster = await startControlPlane();
  cleanup.defer(() => cluster.stop());
  const token = await installRights(cluster);
  for (let n = 0; n < namespaces; n++) await cluster.createNamespace(`bench-${n}`);
  const begun = performance.now();
  const untilGrown = async (): Promise<void> => {
    const leftMs = grownMs - (performance.now() - begun);
    if (leftMs < 0) throw new Error('the machine is too busy: preparing a run took too long');
    await sleep(leftMs);
  };
  return { cluster, token, untilGrown };
}

export function resourceNames(count: number): ResourceName[] {
  return Array.from({ length: count }, (_, n) => ({
    namespace: `bench-${n % namespaces}`,
    name: `router-${n}`,
  }));
}

/** It wants no pods. */
export function resourceToCreate(name: string): object {
  return resourceOf(name, { port: 8000, spec: { replicas: 0 } });
}

/** Creates all, many at once; `onCreated` is told of each as soon as it is there. */
export async function createResources(
  { cluster }: BenchCluster,
  names: readonly ResourceName[],
  onCreated: (created: KubeObject) => void = () => undefined,
): Promise<void> {
  await inParallel(creators, names, async ({ namespace, name }) => {
    onCreated(await cluster.client.create(resourcePath(namespace), resourceToCreate(name)));
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
