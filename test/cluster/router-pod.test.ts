// The product's own program as a pod: what the kit promises holds for it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { startKubelet, type Kubelet, type LocalPod } from '../kit/kubelet/kubelet.ts';
import { productProgram } from '../kit/product-programs.ts';
import { until } from '../kit/router-surroundings.ts';
import { systemConfig } from '../kit/system.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet({ ...cluster, programs: productProgram });
});
afterAll(async () => {
  await kubelet.stop();
  await cluster.stop();
});

const namespace = 'routers';
const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments`;
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;

function configMap(model: string): object {
  const config = systemConfig({ small: 1, big: 2 }, { default_model: model });
  return { metadata: { name: 'router' }, data: { 'config.yaml': stringify(config) } };
}

/** As many pods as a Deployment has, each with the same ports. */
const template = {
  metadata: { labels: { app: 'router' } },
  spec: {
    terminationGracePeriodSeconds: 20,
    volumes: [{ name: 'config', configMap: { name: 'router' } }],
    containers: [
      {
        name: 'router',
        image: 'example.com/router:1',
        args: [
          ...['router', '--config', '/etc/semantic-router/config.yaml', '--drain-delay', '0'],
          ...['--ext-proc', '0.0.0.0:50051', '--metrics', '0.0.0.0:9190'],
          ...['--admin', '0.0.0.0:8080'],
        ],
        ports: [{ name: 'admin', containerPort: 8080 }],
        volumeMounts: [{ name: 'config', mountPath: '/etc/semantic-router' }],
        startupProbe: {
          httpGet: { path: '/healthz', port: 'admin' },
          periodSeconds: 1,
          failureThreshold: 90,
        },
        readinessProbe: { grpc: { port: 50051 }, periodSeconds: 5 },
      },
    ],
  },
};

async function hashOf({ address }: LocalPod): Promise<string> {
  const reply = await fetch(`http://${address}:8080/config`);
  return ((await reply.json()) as { readonly hash: string }).hash;
}

test('routers run beside each other, take a new configuration, and drain', async () => {
  await cluster.createNamespace(namespace);
  await cluster.client.create(configMaps, configMap('small'));
  await cluster.client.create(deployment, {
    metadata: { name: 'router' },
    spec: { replicas: 2, selector: { matchLabels: template.metadata.labels }, template },
  });
  const rollout = ['rollout', 'status', 'deployment/router', '-n', namespace, '--timeout=90s'];
  await cluster.kubectl(rollout);
  const pods = kubelet.pods(namespace);
  const [before = '', other] = await Promise.all(pods.map(hashOf));
  expect(before).not.toBe('');
  expect(other).toBe(before);
  await cluster.client.patch(`${configMaps}/router`, configMap('big'));
  await until('both have the new configuration', async () =>
    (await Promise.all(pods.map(hashOf))).every((hash) => hash !== before),
  );
  await cluster.client.delete(`${deployment}/router`);
  await until('they are gone', () => kubelet.pods(namespace).length === 0);
  for (const { name } of pods) {
    expect(kubelet.logs(namespace, name, 'router')).toMatch(/shut down[^\n]*\n$/);
  }
});
