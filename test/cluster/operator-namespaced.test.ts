// The operator with Roles in the namespaces that it watches, and no right beyond them.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { operatorMetric, operatorRequests } from '../kit/operator-deeds.ts';
import { pretendedRouter } from '../kit/pretended-routers.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  type ResourceCluster,
  type SeenResource,
} from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';
import { thirdPartyCrd } from '../kit/tools/third-party-crds.ts';

const watched = ['team-a', 'team-b'];

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({
    programs: pretendedRouter,
    namespaces: [...watched, 'elsewhere'],
    values: { watchNamespaces: watched },
    args: ['--no-leader-elect', '--watch-namespaces', watched.join(',')],
    prepare: (cluster) =>
      cluster.applyCrds([
        thirdPartyCrd('monitoring.coreos.com_servicemonitors'),
        thirdPartyCrd('monitoring.coreos.com_prometheuses'),
      ]),
  });
});
afterAll(() => world.stop());

async function create(namespace: string, name: string): Promise<string> {
  const resource = resourceOf(name, { port: world.backend.port });
  await world.cluster.client.create(resourcePath(namespace), resource);
  return resourcePath(namespace, name);
}

test('the chart grants it nothing in the cluster as a whole', async () => {
  const bindings = await world.cluster.kubectl(['get', 'clusterrolebindings', '-o', 'name']);
  expect(bindings).not.toContain('semantic-router-maas');
});

test('resources of the watched namespaces become ready, and lose their drift', async () => {
  for (const namespace of watched) {
    const path = await create(namespace, 'demo');
    await untilCondition(world, path, { Ready: 'True/Ready' });
    const service = `/api/v1/namespaces/${namespace}/services/demo`;
    const { metadata } = await world.cluster.client.get(service);
    await world.cluster.client.delete(service);
    await until('the Service is back', async () => {
      const found = await world.cluster.client.find(service);
      return found !== undefined && found.metadata.uid !== metadata.uid;
    });
    await world.cluster.client.delete(path);
  }
});

test('resources of other namespaces are left alone', async () => {
  const path = await create('elsewhere', 'other');
  // Whoever sees this one ready would have seen the other.
  await untilCondition(world, await create('team-a', 'after'), { Ready: 'True/Ready' });
  // Only what the API server says of every new resource.
  const { status } = await world.cluster.client.get<SeenResource>(path);
  expect(status?.observedGeneration).toBeUndefined();
  expect(status?.conditions?.map(({ message }) => message)).toEqual(['Waiting for the operator.']);
  expect(await operatorMetric(world.operator(), 'semantic_router_maas_resources')).toBe(1);
  await world.cluster.client.delete(resourcePath('team-a', 'after'));
});

test('what it may not read is said in the condition, and asked for without haste', async () => {
  const path = await create('team-a', 'monitored');
  const seen = await untilCondition(world, path, {
    ...{ MonitoringReady: 'Unknown/Unknown', Ready: 'True/Ready' },
  });
  const { message } = seen.status?.conditions?.find(({ type }) => type === 'MonitoringReady') ?? {};
  expect(message).toContain('which Prometheus selects it may not be read');
  const refused = async (): Promise<number> =>
    (await operatorRequests(world.cluster)).filter(({ code }) => code === 403).length;
  // By now the first attempts, which come quickly one after another, are over.
  const before = await refused();
  await sleep(3000);
  expect((await refused()) - before).toBeLessThanOrEqual(6);
  const complaints = world
    .operator()
    .log()
    .split('\n')
    .filter((line) => line.includes('forbidden') && /"level":"(warn|error|info)"/.test(line));
  // One line for each kind that is read in the whole cluster, and one that says what follows from it.
  expect(complaints.length).toBeLessThanOrEqual(6);
});
