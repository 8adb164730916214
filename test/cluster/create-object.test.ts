// A new object with one request, on a real API server: it creates what is not there, and leaves alone
// what is, for every kind that the operator makes.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createObject } from '../../operator/apply/apply-object.ts';
import { childTypeOf } from '../../operator/child-types.ts';
import { connectKube } from '../../operator/kube/client-node-kube.ts';
import type { Kube, KubeObject } from '../../operator/kube/port.ts';
import { operatorGoldenNames, renderGolden } from '../golden/operator-golden.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { thirdPartyCrd } from '../kit/tools/third-party-crds.ts';

let plane: ControlPlane;
let kube: Kube;

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: false });
  kube = connectKube({ kubeconfig: await plane.kubeconfig() });
  await plane.createNamespace('new');
  await plane.createNamespace('taken');
  await plane.applyCrds([
    thirdPartyCrd('monitoring.coreos.com_servicemonitors'),
    thirdPartyCrd('authorino.kuadrant.io_authconfigs'),
  ]);
});
afterAll(async () => {
  await kube.close();
  await plane.stop();
});

/** One of each kind. */
const samples = new Map(
  operatorGoldenNames()
    .map(renderGolden)
    .flatMap(({ desired }) => desired?.objects ?? [])
    .map((object) => [object.kind, object]),
);

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

const create = (object: KubeObject): Promise<KubeObject | undefined> =>
  createObject(object, {
    kube,
    signal: AbortSignal.timeout(10_000),
    onConflict: () => undefined,
  });

test.each([...samples])(
  '%s: created where there is none, untouched where there is',
  async (_, of) => {
    const created = await create(inNamespace(of, 'new'));
    expect(created?.metadata.uid).toBeDefined();
    expect(await create(inNamespace(of, 'new'))).toBeUndefined();

    const foreign = {
      ...inNamespace(of, 'taken'),
      metadata: { name: of.metadata.name, namespace: 'taken' },
    };
    const before = await kube.create(childTypeOf(of), foreign);
    expect(await create(inNamespace(of, 'taken'))).toBeUndefined();
    const { name } = of.metadata;
    const after = await kube.get(childTypeOf(of), { name, namespace: 'taken' });
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  },
);

test('every kind that the operator makes is among the samples', () => {
  const kinds = ['AuthConfig', 'ConfigMap', 'Deployment', 'HorizontalPodAutoscaler'];
  const more = ['NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceAccount'];
  const all = [...kinds, ...more, 'ServiceMonitor'];
  expect([...samples.keys()]).toEqual(expect.arrayContaining(all));
});
