// A kubelet stand-in: runs the pods of a control plane as processes on this machine. It knows
// Kubernetes only: no image, and nothing of the operator.
//
// Each pod has an address of its own in 127.0.0.0/8, and its programs must bind that one, or they
// take each other's ports: it stands for 0.0.0.0 on their command lines, and POD_IP may come by the
// downward API. There are no cluster addresses, no DNS and no EndpointSlices (they refuse loopback
// addresses): tests address pods.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient } from '../api-client.ts';
import { follow } from './follow.ts';
import type { Programs } from './launch.ts';
import { runNode } from './node.ts';
import { createObjects, type Kind } from './objects.ts';
import type { Pod } from './pod.ts';
import { bindPod } from './pod-reports.ts';
import { runPod, type PodRunner } from './pod-runner.ts';
import { mounts } from './volumes.ts';

export interface KubeletOptions {
  /** The control plane, and a token that may do all. */
  readonly url: string;
  readonly ca: string;
  readonly adminToken: string;
  readonly programs: Programs;
  readonly nodeName?: string;
  /** How long an edit of a ConfigMap or Secret waits; 0 by default, up to 90 s in production. */
  readonly volumeDelayMs?: number;
}

export interface Kubelet {
  readonly nodeName: string;
  /** The pods that it runs now, of one namespace. */
  pods(namespace: string): readonly LocalPod[];
  /** Both streams of a container since the pod began, over its restarts; also of a deleted pod. */
  logs(namespace: string, pod: string, container: string): string;
  setVolumeDelay(milliseconds: number): void;
  /** Ends every process at once and tells nobody: stop what watches the pods before. */
  stop(): Promise<void>;
}

export interface LocalPod {
  readonly name: string;
  readonly uid: string;
  readonly address: string;
  /** Local folder of a volume of the pod. */
  volume(name: string): string;
  /** Process id of a container; undefined while it does not run. */
  pid(container: string): number | undefined;
}

export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { nodeName = 'node-1', programs } = options;
  const client = createApiClient({ ...options, token: options.adminToken, userAgent: 'kubelet' });
  const root = await mkdtemp(join(tmpdir(), 'srm-pods-'));
  const stopping = new AbortController();
  const { signal } = stopping;
  const addresses = loopbackAddresses();
  const objects = createObjects(client);
  const runners = new Map<string, PodRunner>();
  const logs = new Map<string, string[]>();
  let volumeDelayMs = options.volumeDelayMs ?? 0;

  const run = (pod: Pod): PodRunner => {
    const { namespace, name, uid } = pod.metadata;
    return runPod({
      ...{ client, objects, programs, pod, signal },
      server: new URL(options.url),
      podIp: addresses(),
      hostIp: '127.0.0.1',
      // Short, since paths of sockets are.
      folder: join(root, uid.slice(0, 13)),
      claims: join(root, 'claims'),
      onOutput: (container, text) => {
        const key = `${namespace}/${name}/${container}`;
        const lines = logs.get(key) ?? [];
        logs.set(key, lines);
        lines.push(text);
      },
      onGone: () => runners.delete(uid),
    });
  };
  const onPod = (pod: Pod): void => {
    const { uid } = pod.metadata;
    if (signal.aborted || (isOver(pod) && !runners.has(uid))) return;
    if (pod.spec.nodeName === undefined) {
      if ((pod.spec.schedulingGates ?? []).length === 0) {
        void bindPod(client, pod, { nodeName, signal });
      }
      return;
    }
    if (pod.spec.nodeName !== nodeName) return;
    const present = runners.get(uid);
    const runner = present ?? run(pod);
    runners.set(uid, runner);
    runner.update(pod);
  };
  const onObject = (kind: Kind) => (object: NamedObject) => {
    const { namespace, name } = object.metadata;
    for (const runner of runners.values()) {
      const pod = runner.pod();
      if (pod.metadata.namespace !== namespace || !mounts(pod, kind, name)) continue;
      if (volumeDelayMs === 0) void runner.syncVolumes();
      else setTimeout(() => void runner.syncVolumes(), volumeDelayMs).unref();
    }
  };

  await runNode(client, { name: nodeName, address: '127.0.0.1', signal });
  const following = [
    follow<Pod>({
      ...{ client, signal, path: '/api/v1/pods', onChange: onPod },
      // Deleted by force: nobody waits for a polite end.
      onDelete: ({ metadata }) => void runners.get(metadata.uid)?.kill(),
    }),
    ...(['configmaps', 'secrets'] as const).map((kind) =>
      follow<NamedObject>({
        ...{ client, signal, path: `/api/v1/${kind}` },
        onChange: onObject(kind),
        onDelete: () => undefined,
      }),
    ),
  ];
  return {
    nodeName,
    pods: (namespace) =>
      [...runners.values()]
        .filter((runner) => runner.pod().metadata.namespace === namespace)
        .map(localPod),
    logs: (namespace, pod, container) =>
      (logs.get(`${namespace}/${pod}/${container}`) ?? []).join(''),
    setVolumeDelay: (milliseconds) => {
      volumeDelayMs = milliseconds;
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([...runners.values()].map((runner) => runner.kill()));
      await Promise.all(following);
      await client.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface NamedObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion?: string;
  };
}

function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function localPod(runner: PodRunner): LocalPod {
  const { metadata } = runner.pod();
  return {
    name: metadata.name,
    uid: metadata.uid,
    address: runner.podIp,
    volume: (name) => runner.volume(name),
    pid: (container) => runner.pid(container),
  };
}

/** Addresses that another kubelet on this machine most likely does not have. */
function loopbackAddresses(): () => string {
  const network = 16 + Math.floor(Math.random() * 230);
  let last = Math.floor(Math.random() * 65_000);
  const next = (): string => {
    last = (last + 1) % 65_536;
    const host = last % 256;
    return host === 0 || host === 255 ? next() : `127.${network}.${last >> 8}.${host}`;
  };
  return next;
}
