import { expect, test } from '@jest/globals';
import { scriptedKube } from '../test/kit/scripted-kube.ts';
import { RecentWrites } from './apply/recent.ts';
import type { World } from './gather.ts';
import type { KubeObject } from './kube/port.ts';
import { reconcile } from './reconcile.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import { readWanted } from './wanted.ts';

const resource: SemanticRouterMaas = {
  apiVersion: 'semantic-router.io/v1alpha1',
  kind: 'SemanticRouterMaas',
  metadata: { name: 'demo', namespace: 'team-a', uid: 'first', generation: 1 },
  spec: {
    config: {
      default_model: 'small',
      vllm_endpoints: [{ name: 'local', address: '127.0.0.1', port: 8000 }],
      model_config: { small: { preferred_endpoints: ['local'] } },
    },
  },
  status: {
    observedGeneration: 1,
    inventory: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'demo-config' }],
  },
};

/** One reconcile of a resource whose child is gone; resolves with the names of what was made. */
async function reconcileWithout(live: KubeObject | undefined): Promise<string[]> {
  const made: string[] = [];
  const store = (_: unknown, object: KubeObject): Promise<KubeObject> => {
    made.push(`${object.kind} ${object.metadata.name}`);
    return Promise.resolve(object);
  };
  const world: World = {
    resource: () => resource,
    children: () => [],
    pods: () => [],
    read: () => Promise.resolve(live),
    clusterFacts: () => ({
      served: { authConfig: false, serviceMonitor: false },
      isOpenShift: false,
      prometheuses: undefined,
      namespaceLabels: undefined,
    }),
    apiKeySecrets: () => undefined,
    askPod: () => Promise.reject(new Error('there are no pods')),
  };
  const { signal } = new AbortController();
  const deps = {
    kube: scriptedKube({ apply: store, patchStatus: store }),
    ...{ world, recent: new RecentWrites(() => undefined), readWanted, now: () => 0 },
    defaults: { images: { router: 'router:1', envoy: 'envoy:1' }, operatorNamespace: undefined },
    onTransition: () => undefined,
    onWarning: () => undefined,
  };
  await reconcile({ name: 'demo', namespace: 'team-a' }, deps, signal);
  return made;
}

test('a child that was deleted is made again', async () => {
  expect(await reconcileWithout(resource)).toContain('ConfigMap demo-config');
});

test('nothing is made for a resource that is gone, though its watch has not told yet', async () => {
  expect(await reconcileWithout(undefined)).toEqual([]);
  const metadata = { ...resource.metadata, uid: 'made-anew' };
  expect(await reconcileWithout({ ...resource, metadata })).toEqual([]);
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const ending = { ...resource, metadata: { ...resource.metadata, deletionTimestamp } };
  expect(await reconcileWithout(ending)).toEqual([]);
});
