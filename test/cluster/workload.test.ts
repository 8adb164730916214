// The objects of a resource, as `render` prints them, on a real control plane whose pods run as real
// processes: init step, router and Envoy start, serve and bill, take a new configuration, and end in
// order. Who applies them is no operator here.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { envoyBinary } from '../kit/envoy.ts';
import { send } from '../kit/client.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { startKubelet, type Kubelet, type LocalPod } from '../kit/kubelet/kubelet.ts';
import { readLedger } from '../kit/pod-processes.ts';
import { chatCompletion, jsonReply } from '../kit/model-replies.ts';
import { startModelServer, type ModelServer } from '../kit/model-server.ts';
import {
  beginStreams,
  gate,
  heldStream,
  requestOf,
  streamHeldBy,
  until,
} from '../kit/router-surroundings.ts';
import { systemConfig } from '../kit/system.ts';

const cli = fileURLToPath(new URL('../../cli.ts', import.meta.url));
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const held = gate();
const namespace = 'team-a';

let cluster: ControlPlane;
let kubelet: Kubelet;
let backend: ModelServer;
beforeAll(async () => {
  backend = await startModelServer({
    fallback: ({ json }) =>
      json?.['stream'] === true ? streamHeldBy(held) : jsonReply(chatCompletion({ usage })),
  });
  cluster = await startControlPlane();
  kubelet = await startKubelet({
    ...cluster,
    programs: ({ image, command, args }) => {
      if (image === 'router-image') return { command: [process.execPath, cli, ...args] };
      if (command[0] === 'envoy') return { command: [envoyBinary(), ...args] };
      return undefined;
    },
  });
  await cluster.createNamespace(namespace);
});
afterAll(async () => {
  await kubelet.stop();
  await cluster.stop();
  await backend.close();
});

/** Renders a resource and applies what comes out, as a person with kubectl would. */
async function apply(prefix: string): Promise<void> {
  const { port } = backend;
  const resource = {
    apiVersion: 'semantic-router.io/v1alpha1',
    kind: 'SemanticRouterMaas',
    metadata: { name: 'demo', namespace },
    spec: {
      replicas: 2,
      image: 'router-image',
      envoy: { image: 'envoy-image', concurrency: 1 },
      auth: { trustIncomingHeaders: true },
      networkPolicy: { clientsFrom: [{ podSelector: {} }] },
      ledger: { claim: { name: 'usage' } },
      config: systemConfig(
        { small: port, big: port },
        { maas_integration: { enabled: true, headers: { prefix } } },
      ),
    },
  };
  const rendered = spawnSync(process.execPath, [cli, 'render', '-'], {
    input: stringify(resource),
    encoding: 'utf8',
  });
  expect([rendered.status, rendered.stderr]).toEqual([0, '']);
  await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input: rendered.stdout });
}

async function untilAvailable(): Promise<readonly LocalPod[]> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/demo`;
  await until('the Deployment is available', async () => {
    const { status } = await cluster.client.get<{ status: { availableReplicas?: number } }>(path);
    return status.availableReplicas === 2;
  }).catch((error: unknown) => {
    const logs = kubelet
      .pods(namespace)
      .flatMap(({ name }) =>
        ['envoy-files', 'router', 'envoy'].map((one) => kubelet.logs(namespace, name, one)),
      );
    throw new Error(logs.join('\n'), { cause: error });
  });
  return kubelet.pods(namespace);
}

const urlOf = ({ address }: LocalPod, port: number): string => `http://${address}:${port}`;

async function hashOf(pod: LocalPod): Promise<unknown> {
  const reply = await fetch(`${urlOf(pod, 8080)}/config`);
  return ((await reply.json()) as { hash: unknown }).hash;
}

test('pods come up, bill, take a new configuration without a restart, and end in order', async () => {
  const claim = {
    metadata: { name: 'usage' },
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
  };
  await cluster.client.create(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`, claim);
  await apply('x-vsr-');
  const pods = await untilAvailable();
  expect(pods).toHaveLength(2);
  for (const pod of pods) {
    const reply = await send(requestOf(urlOf(pod, 8801), `user-of-${pod.name}`));
    expect(reply.status).toBe(200);
    await until('it is billed', async () => {
      const page = await (await fetch(`${urlOf(pod, 9190)}/metrics`)).text();
      const labels = `user="user-of-${pod.name}",tier="premium",model="small"`;
      return page.includes(`semantic_router_tokens_total{${labels},type="completion"} 20`);
    });
  }

  const before = await Promise.all(pods.map(hashOf));
  const processes = pods.map((pod) => pod.pid('router'));
  await apply('x-vsr-new-');
  await until('all pods report the new hash', async () => {
    const now = await Promise.all(pods.map(hashOf));
    return now[0] !== before[0] && now[0] === now[1];
  });
  expect(kubelet.pods(namespace).map((pod) => pod.pid('router'))).toEqual(processes);
  const [first] = pods;
  if (first === undefined) throw new Error('there is no pod');
  const renamed = await send(requestOf(urlOf(first, 8801), 'somebody'));
  expect(renamed.headers['x-vsr-new-model-selected']).toBe('small');

  // A folder for each pod, on a claim that outlives them.
  const ledger = join(first.volume('usage-ledger'), first.name);
  const replies = await beginStreams(urlOf(first, 8801), 2);
  await cluster.client.delete(`/api/v1/namespaces/${namespace}/pods/${first.name}`);
  await until('the pod takes nobody new', async () => {
    const refused = await send(requestOf(urlOf(first, 8801), 'late')).catch(() => 'refused');
    return refused === 'refused';
  });
  held.open();
  for (const reply of await Promise.all(replies)) {
    expect([reply.complete, reply.text()]).toEqual([true, heldStream.first + heldStream.second]);
  }
  await until('the pod is gone', async () => {
    // Somebody scrapes: the router waits to be asked once more.
    await fetch(`${urlOf(first, 9190)}/metrics`).catch(() => undefined);
    return kubelet.pods(namespace).every(({ uid }) => uid !== first.uid);
  });
  const users = (await readLedger(ledger)).map(({ user }) => user);
  expect(users).toEqual(expect.arrayContaining(['somebody', 'stream-0', 'stream-1']));
  await untilAvailable();
});
