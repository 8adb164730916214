import { expect, test } from '@jest/globals';
import { scriptedKube } from '../test/kit/scripted-kube.ts';
import { RecentWrites } from './apply/recent.ts';
import {
  KubeError,
  type KubeErrorCode,
  type KubeObject,
  type OwnerReference,
} from './kube/port.ts';
import { reconcile, type Reconciled } from './reconcile.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import type { Status } from './resource/status.ts';
import { readWanted } from './wanted.ts';

const config = {
  default_model: 'small',
  vllm_endpoints: [{ name: 'local', address: '127.0.0.1', port: 8000 }],
  model_config: { small: { preferred_endpoints: ['local'] } },
};

/** A resource that nothing was made for yet. */
const resource: SemanticRouterMaas = {
  apiVersion: 'semantic-router.io/v1alpha1',
  kind: 'SemanticRouterMaas',
  metadata: { name: 'demo', namespace: 'team-a', uid: 'first', generation: 1 },
  spec: { config },
};

interface Setting {
  /** As the caches have it; its children are not there. */
  readonly cached: SemanticRouterMaas;
  /** What the API server answers when it is asked for the resource itself. */
  readonly live: KubeObject | undefined;
  readonly apply: (object: KubeObject) => Promise<KubeObject>;
  /** None when left out. */
  readonly children?: readonly KubeObject[];
}

/** One reconcile; resolves with its result, or with what it rejected with, and the last status. */
async function reconcileIn({ cached, live, apply, children = [] }: Setting): Promise<{
  readonly result: Reconciled | undefined;
  readonly error: unknown;
  readonly status: Status | undefined;
}> {
  let status: Status | undefined;
  const attempt = reconcile(
    { name: 'demo', namespace: 'team-a' },
    {
      kube: scriptedKube({
        apply: (_type, object) => apply(object),
        patchStatus: (_type, object) => {
          status = object['status'] as Status;
          return Promise.resolve({ ...cached, ...object });
        },
      }),
      world: {
        resource: () => cached,
        children: () => children,
        pods: () => [],
        read: () => Promise.resolve(live),
        clusterFacts: () => ({
          served: { authConfig: true, serviceMonitor: false },
          isOpenShift: false,
          prometheuses: undefined,
          namespaceLabels: undefined,
        }),
        apiKeySecrets: () => undefined,
        hostRivals: () => [],
        askPod: () => Promise.reject(new Error('there are no pods')),
      },
      recent: new RecentWrites(() => undefined),
      readWanted,
      defaults: { images: { router: 'router:1', envoy: 'envoy:1' }, operatorNamespace: undefined },
      now: () => 0,
      onTransition: () => undefined,
      onWarning: () => undefined,
    },
    new AbortController().signal,
  );
  const [outcome] = await Promise.allSettled([attempt]);
  return outcome.status === 'fulfilled'
    ? { result: outcome.value, error: undefined, status }
    : { result: undefined, error: outcome.reason, status };
}

/** What is made for a resource whose children are gone, by kind and name. */
async function madeWhen(live: KubeObject | undefined): Promise<string[]> {
  const made: string[] = [];
  const inventory = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'demo-config' }];
  await reconcileIn({
    cached: { ...resource, status: { observedGeneration: 1, inventory } },
    live,
    apply: (object) => {
      made.push(`${object.kind} ${object.metadata.name}`);
      return Promise.resolve(object);
    },
  });
  return made;
}

test('a child that was deleted is made again', async () => {
  expect(await madeWhen(resource)).toContain('ConfigMap demo-config');
});

test('nothing is made for a resource that is gone, though its watch has not told yet', async () => {
  expect(await madeWhen(undefined)).toEqual([]);
  const metadata = { ...resource.metadata, uid: 'made-anew' };
  expect(await madeWhen({ ...resource, metadata })).toEqual([]);
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  const ending = { ...resource, metadata: { ...resource.metadata, deletionTimestamp } };
  expect(await madeWhen(ending)).toEqual([]);
});

/** Where the API server answers every Service with this error. */
function refusing(code: KubeErrorCode): Setting {
  return {
    cached: resource,
    live: undefined,
    apply: (object) =>
      object.kind === 'Service'
        ? Promise.reject(new KubeError(code, 'services: not now'))
        : Promise.resolve(object),
  };
}

/** Where a Service of that name is there already, with this controller. */
function occupied(owner: Pick<OwnerReference, 'name' | 'uid'> | undefined): Setting {
  const { apiVersion, kind } = resource;
  const ownerReferences =
    owner === undefined ? [] : [{ apiVersion, kind, ...owner, controller: true }];
  const theirs = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'demo', ownerReferences } };
  return { ...refusing('conflict'), live: theirs };
}

function reasonOf(status: Status | undefined, type: string): string | undefined {
  return status?.conditions?.find((condition) => condition.type === type)?.reason;
}

test.each(['forbidden', 'invalid'] as const)(
  'what was refused as %s stalls the resource, and is tried again though nothing changes',
  async (code) => {
    const { result, status } = await reconcileIn(refusing(code));
    expect(reasonOf(status, 'Stalled')).toBe('ApplyFailed');
    expect(result?.againAfterMs).toBe(60_000);
  },
);

test('what was refused keeps Authorino from being reminded no longer than without it', async () => {
  const { apiVersion, kind, metadata } = resource;
  const authConfig = {
    apiVersion: 'authorino.kuadrant.io/v1beta3',
    kind: 'AuthConfig',
    metadata: {
      name: 'demo-auth',
      generation: 2,
      annotations: { 'semantic-router.io/reminded-of': '2@-1000' },
      ownerReferences: [{ apiVersion, kind, name: 'demo', uid: metadata.uid, controller: true }],
    },
  };
  const { result } = await reconcileIn({
    ...refusing('forbidden'),
    cached: { ...resource, spec: { config, auth: { provider: 'Authorino', apiKeys: {} } } },
    children: [authConfig],
  });
  expect(result?.againAfterMs).toBe(4_000);
});

test('what an earlier resource of the same name left is waited for, and does not stall this one', async () => {
  const { error, result, status } = await reconcileIn(occupied({ name: 'demo', uid: 'earlier' }));
  expect([error, result?.againAfterMs]).toEqual([undefined, 2_000]);
  expect(reasonOf(status, 'Ready')).toBe('ApplyFailed');
  expect(reasonOf(status, 'Reconciling')).toBe('Progressing');
  expect(reasonOf(status, 'Stalled')).toBe('NotStalled');
});

test.each([
  [{ name: 'other', uid: 'other' }, 'SemanticRouterMaas other controls it'],
  [undefined, 'does not belong to this resource; rename'],
])('what %j controls stalls the resource, and is told', async (owner, words) => {
  const { status } = await reconcileIn(occupied(owner));
  const stalled = status?.conditions?.find(({ type }) => type === 'Stalled');
  expect(stalled).toMatchObject({ status: 'True', message: expect.stringContaining(words) });
});

test('in a namespace that is being deleted nothing is told and nothing tried again', async () => {
  const causes = [{ reason: 'NamespaceTerminating', field: 'metadata.namespace', message: '' }];
  const apply = (): Promise<never> =>
    Promise.reject(new KubeError('forbidden', 'it is being terminated', { causes }));
  const { result, error, status } = await reconcileIn({ ...refusing('forbidden'), apply });
  expect({ result, error, status }).toEqual({
    result: { againAfterMs: undefined },
    error: undefined,
    status: undefined,
  });
});

test('what may pass by itself is left to the queue, and does not stall the resource', async () => {
  const { error, status } = await reconcileIn(refusing('unavailable'));
  expect(String(error)).toContain('services: not now');
  expect(reasonOf(status, 'Stalled')).toBe('NotStalled');
  expect(reasonOf(status, 'Ready')).toBe('ApplyFailed');
});
