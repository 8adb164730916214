// The life of a resource on a real API server: the operator with the chart's rights, pods as real
// processes, requests through their real Envoys.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LocalPod } from '../kit/kubelet/kubelet.ts';
import { load, send } from '../kit/client.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  urlOf,
  type ResourceCluster,
} from '../kit/resource-cluster.ts';
import { requestOf, until } from '../kit/router-surroundings.ts';

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({});
});
afterAll(() => world.stop());

let count = 0;
let namespace = '';
beforeEach(async () => {
  count += 1;
  namespace = `team-${count}`;
  await world.cluster.createNamespace(namespace);
});

const path = (): string => resourcePath(namespace, 'demo');

async function create(given: { config?: object; spec?: object } = {}): Promise<LocalPod> {
  const resource = resourceOf('demo', { port: world.backend.port, ...given });
  await world.cluster.client.create(resourcePath(namespace), resource);
  await untilCondition(world, path(), { Ready: 'True/Ready' });
  const [pod] = world.kubelet.pods(namespace);
  if (pod === undefined) throw new Error('there is no pod');
  return pod;
}

async function metric({ address }: LocalPod, series: string): Promise<number> {
  const page = await (await fetch(`http://${address}:9190/metrics`)).text();
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

describe('from kubectl apply to a bill', () => {
  test('a resource becomes a router that answers and counts', async () => {
    const pod = await create();
    const reply = await send(requestOf(urlOf(pod), 'alice'));
    expect(reply.status).toBe(200);
    expect(reply.headers['x-vsr-model-selected']).toBe('small');
    const labels = 'user="alice",tier="premium",model="small",decision="pinned"';
    expect(await metric(pod, `semantic_router_requests_total{${labels}}`)).toBe(1);
    const table = await world.cluster.kubectl(['get', 'srm', '-n', namespace]);
    expect(table).toMatch(/NAME\s+MODE\s+READY\s+REASON\s+REPLICAS\s+CONFIG\s+AGE/);
    expect(table).toMatch(/demo\s+maas\s+True\s+Ready\s+1\s+[0-9a-f]{8}/);
  });
});
