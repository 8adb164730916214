import { expect, test } from '@jest/globals';
import { anObject } from '../test/kit/scripted-kube.ts';
import { RecentWrites } from './apply/recent.ts';
import type { World } from './gather.ts';
import { KubeError, type KubeErrorCode, type KubeObject } from './kube/port.ts';
import { reconcile, type Reconciled } from './reconcile.ts';
import { apiVersion, kind, type SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import type { Status } from './resource/status.ts';
import { readWanted } from './wanted.ts';

const resource: SemanticRouterMaas = {
  apiVersion,
  kind,
  metadata: { name: 'demo', namespace: 'team-a', uid: 'uid-demo', generation: 1 },
  spec: {
    config: {
      default_model: 'small',
      vllm_endpoints: [{ name: 'small-1', address: '10.0.0.1', port: 8000 }],
      model_config: { small: { preferred_endpoints: ['small-1'] } },
    },
  },
};

const world: World = {
  resource: () => resource,
  children: () => [],
  pods: () => [],
  read: () => Promise.resolve(undefined),
  clusterFacts: () => ({
    served: { authConfig: false, serviceMonitor: false },
    isOpenShift: false,
    prometheuses: undefined,
    namespaceLabels: undefined,
  }),
  apiKeySecrets: () => undefined,
  askPod: () => Promise.reject(new Error('there are no pods')),
};

/** Reconciles where the API server answers every Service with this error. */
async function reconcileRefused(
  code: KubeErrorCode,
  onStatus: (status: Status) => void,
): Promise<Reconciled> {
  const stored = (object: KubeObject): Promise<KubeObject> =>
    object.kind === 'Service'
      ? Promise.reject(new KubeError(code, 'services: not now'))
      : Promise.resolve({ ...anObject(object.metadata.name), ...object });
  return reconcile(
    { name: 'demo', namespace: 'team-a' },
    {
      kube: {
        apply: (_type, object) => stored(object),
        patchStatus: (_type, object) => {
          onStatus(object['status'] as Status);
          return Promise.resolve({ ...resource, ...object });
        },
        delete: () => Promise.reject(new Error('nothing is to go')),
        get: () => Promise.reject(new Error('nothing is asked for')),
      },
      world,
      recent: new RecentWrites(() => undefined),
      readWanted,
      defaults: { images: { router: 'router:1', envoy: 'envoy:1' }, operatorNamespace: undefined },
      now: () => 0,
      onTransition: () => undefined,
      onWarning: () => undefined,
    },
    new AbortController().signal,
  );
}

function reasonOf(status: Status | undefined, type: string): string | undefined {
  return status?.conditions?.find((condition) => condition.type === type)?.reason;
}

test.each(['forbidden', 'invalid'] as const)(
  'what was refused as %s stalls the resource, and is tried again though nothing changes',
  async (code) => {
    let status: Status | undefined;
    const { againAfterMs } = await reconcileRefused(code, (said) => {
      status = said;
    });
    expect(reasonOf(status, 'Stalled')).toBe('ApplyFailed');
    expect(againAfterMs).toBe(60_000);
  },
);

test('what may pass by itself is left to the queue, and does not stall the resource', async () => {
  let status: Status | undefined;
  const attempt = reconcileRefused('unavailable', (said) => {
    status = said;
  });
  await expect(attempt).rejects.toThrow('services: not now');
  expect(reasonOf(status, 'Stalled')).toBe('NotStalled');
  expect(reasonOf(status, 'Ready')).toBe('ApplyFailed');
});
