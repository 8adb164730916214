// The node that pods are bound to: created, ready, and its lease renewed, without which the
// controller manager takes the pods' readiness away after some 50 seconds.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import { timestamp } from './pod.ts';

const leasePeriodMs = 10_000;
const capacity = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '100Gi' };

/** Resolves when the node is there; keeps it alive until the signal. */
export async function runNode(
  client: ApiClient,
  { name, address, signal }: { name: string; address: string; signal: AbortSignal },
): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
  await client.apply(
    `/api/v1/nodes/${name}`,
    { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } },
    'kubelet',
  );
  const times = { lastHeartbeatTime: timestamp(), lastTransitionTime: timestamp() };
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', ...times }];
  const addresses = [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
  await client.patch(
    `/api/v1/nodes/${name}/status`,
    { status: { capacity, allocatable: capacity, conditions, addresses } },
    'strategic-merge-patch',
  );
  await renew(client, name);
  void keepRenewing(client, name, signal);
}

async function keepRenewing(client: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await sleep(leasePeriodMs, undefined, { signal });
    } catch {
      return;
    }
    // An API server that is away is no reason to stop.
    await renew(client, name).catch(() => undefined);
  }
}

async function renew(client: ApiClient, name: string): Promise<void> {
  await client.apply(
    `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`,
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name },
      spec: {
        holderIdentity: name,
        leaseDurationSeconds: 40,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    },
    'kubelet',
  );
}
