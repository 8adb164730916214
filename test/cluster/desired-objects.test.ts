// The objects of every golden pair on a real API server: it takes each field, finds nothing to change
// the second time, and the pods keep the strictest of its security standards.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { covers } from '../../operator/apply/covers.ts';
import type { KubeObject } from '../../operator/kube/port.ts';
import { fieldManagers } from '../../operator/resource/semantic-router-maas.ts';
import { operatorGoldenNames, renderGolden } from '../golden/operator-golden.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';

let cluster: ControlPlane;
beforeAll(async () => {
  cluster = await startControlPlane();
});
afterAll(() => cluster.stop());

const collections: Readonly<Record<string, string>> = {
  ConfigMap: 'configmaps',
  ServiceAccount: 'serviceaccounts',
  Service: 'services',
  Deployment: 'deployments',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers',
  PodDisruptionBudget: 'poddisruptionbudgets',
  NetworkPolicy: 'networkpolicies',
};

const goldens = operatorGoldenNames().flatMap((name) => {
  const { desired } = renderGolden(name);
  // Other kinds have suites of their own, with their CRDs.
  if (desired === undefined) return [];
  return [{ name, objects: desired.objects.filter(({ kind }) => kind in collections) }];
});

function pathOf({ apiVersion, kind, metadata }: KubeObject, namespace: string): string {
  const prefix = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${prefix}/namespaces/${namespace}/${collections[kind] ?? ''}/${metadata.name}`;
}

/** Nobody but us writes to these. */
const quietKinds = ['ConfigMap', 'ServiceAccount', 'Service', 'NetworkPolicy'];

/** In another namespace, and owned by nobody: the garbage collector would take it away. */
function moved(object: KubeObject, namespace: string): KubeObject {
  const { ownerReferences: _owners, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, namespace } };
}

const apply = (object: KubeObject, namespace: string): Promise<KubeObject> =>
  cluster.client.apply<KubeObject>(
    pathOf(object, namespace),
    moved(object, namespace),
    fieldManagers.objects,
  );

/** What somebody wants of an object, without what controllers say of it. */
function wanted({ metadata, status: _status, ...rest }: KubeObject): object {
  const { generation, labels } = metadata;
  return { ...rest, generation, labels };
}

test.each(goldens)(
  '$name: every field is taken, and the second time nothing changes',
  async (golden) => {
    const { name, objects } = golden;
    await cluster.createNamespace(name);
    for (const object of objects) {
      const first = await apply(object, name);
      const second = await apply(object, name);
      expect(wanted(second)).toEqual(wanted(first));
      // By the operator's own judgement too: otherwise it would write for ever.
      expect([object.kind, covers(second, moved(object, name))]).toEqual([object.kind, true]);
      if (quietKinds.includes(object.kind)) {
        expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      }
    }
  },
);

test('a resource can become any other: what was wanted before does not stand in the way', async () => {
  const namespace = 'changing';
  await cluster.createNamespace(namespace);
  const variants = goldens.filter(({ objects }) =>
    objects.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'demo'),
  );
  expect(variants.length).toBeGreaterThan(10);
  for (const { name, objects } of [...variants, ...variants.toReversed()]) {
    for (const object of objects) {
      const is = await apply(object, namespace);
      expect([name, object.kind, covers(is, moved(object, namespace))]).toEqual([
        ...[name, object.kind, true],
      ]);
    }
  }
});

// A volume of the user's own is on the node there, which the standard forbids.
test.each(goldens.filter(({ name }) => name !== 'pod-template'))(
  '$name: the pods keep the restricted security standard',
  async ({ name, objects }) => {
    const namespace = `restricted-${name}`;
    await cluster.createNamespace(namespace, {
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    const deployment = objects.find(({ kind }) => kind === 'Deployment');
    const account = objects.find(({ kind }) => kind === 'ServiceAccount');
    if (deployment === undefined || account === undefined) throw new Error('an object is missing');
    await apply(account, namespace);
    const { template } = deployment['spec'] as { template: { spec: object } };
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const pod = { metadata: { name: 'pod' }, spec: template.spec };
    await cluster.client.create(pods, pod);
    await expect(
      cluster.client.create(pods, {
        metadata: { name: 'bad' },
        spec: { ...template.spec, hostPID: true },
      }),
    ).rejects.toThrow('PodSecurity');
  },
);

test('a number of pods that is handed to an autoscaler is not taken back, if it was kept meanwhile', async () => {
  const golden = goldens.find(({ name }) => name === 'autoscaling');
  const scaled = golden?.objects.find(({ kind }) => kind === 'Deployment');
  if (scaled === undefined) throw new Error('the golden pair is missing');
  const namespace = 'handed-over';
  await cluster.createNamespace(namespace);
  const spec = scaled['spec'] as object;
  await apply({ ...scaled, spec: { ...spec, replicas: 3 } }, namespace);
  // Without this, the API server would put its default in: one pod.
  const { apiVersion, kind, metadata } = scaled;
  const kept = { apiVersion, kind, metadata: { name: metadata.name }, spec: { replicas: 3 } };
  await cluster.client.apply(pathOf(scaled, namespace), kept, 'hand-over');
  await apply(scaled, namespace);
  const after = await cluster.client.get<KubeObject>(pathOf(scaled, namespace));
  expect(after['spec']).toMatchObject({ replicas: 3 });
  const mine = after.metadata.managedFields?.find(
    ({ manager }) => manager === fieldManagers.objects,
  );
  expect(JSON.stringify(mine)).not.toContain('f:replicas');
});
