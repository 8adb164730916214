// The operator while the cluster around it fails: API server, etcd, watch history, credentials.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { operatorMetric, operatorRequests, untilQuiet } from '../kit/operator-deeds.ts';
import { operatorNamespace } from '../kit/operator-process.ts';
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

// Longer than any outage here: what becomes of a leader that cannot renew is told elsewhere.
const patient = ['--lease-seconds', '120', '--renew-seconds', '90', '--retry-seconds', '1'];
const namespace = 'team';
const path = resourcePath(namespace, 'demo');
const configMapPath = `/api/v1/namespaces/${namespace}/configmaps`;
const leasePath = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/demo-semantic-router-maas`;

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({ programs: pretendedRouter, args: patient });
  const { cluster, backend } = world;
  await cluster.createNamespace(namespace);
  await cluster.client.create(resourcePath(namespace), resourceOf('demo', { port: backend.port }));
  await untilCondition(world, path, { Ready: 'True/Ready' });
});
afterAll(() => world.stop());

/** An edit that is new to everybody. */
async function editConfig(keyword: string): Promise<void> {
  const rules = [{ name: 'math', operator: 'OR', keywords: [keyword] }];
  await world.cluster.client.patch(path, { spec: { config: { keyword_rules: rules } } });
}

/** Waits until the pods run a configuration with the keyword; resolves with the resource. */
async function untilRun(keyword: string): Promise<SeenResource> {
  await until(`the ConfigMap says ${keyword}`, async () => {
    const all = await world.cluster.client.list(configMapPath);
    return all.some((one) => JSON.stringify(one['data'] ?? {}).includes(keyword));
  });
  return untilCondition(world, path, { ConfigLoaded: 'True/Loaded', Ready: 'True/Ready' });
}

async function probe(name: 'healthz' | 'readyz'): Promise<number> {
  return (await fetch(`${world.operator().healthUrl}/${name}`)).status;
}

const staleness = (): Promise<number | undefined> =>
  operatorMetric(
    world.operator(),
    'controller_watch_staleness_seconds{group="semantic-router.io",kind="SemanticRouterMaas"}',
  );

async function leader(): Promise<{ readonly holderIdentity: string; leaseTransitions: number }> {
  return (await world.cluster.client.get(leasePath))['spec'] as Awaited<ReturnType<typeof leader>>;
}

describe('an API server that is killed', () => {
  test('is waited for: edits just before and just after reach the pods, by the same process', async () => {
    const { cluster } = world;
    const { pid } = world.operator();
    const podsBefore = world.kubelet.pods(namespace).map(({ uid }) => uid);
    await editConfig('before-the-kill');
    await cluster.stopApiServer('SIGKILL');
    await until('the silence shows', async () => ((await staleness()) ?? 0) > 2);
    // Nothing that a restart of the operator could mend.
    expect(await probe('healthz')).toBe(200);
    expect(world.operator().log()).toContain('watch interrupted');
    await cluster.startApiServer();
    await untilRun('before-the-kill');
    await editConfig('after-the-kill');
    await untilRun('after-the-kill');
    await until('all is heard again', async () => ((await staleness()) ?? 9) < 2);
    expect(world.operator().pid).toBe(pid);
    expect(await probe('readyz')).toBe(200);
    expect(world.kubelet.pods(namespace).map(({ uid }) => uid)).toEqual(podsBefore);
  });
});

describe('a watch history that is gone', () => {
  test('is listed anew: an edit and a deletion that nobody heard of are seen to', async () => {
    const { cluster } = world;
    const before = (await operatorRequests(cluster)).length;
    const { pid } = world.operator();
    await cluster.stopApiServer('SIGKILL');
    // It hears nothing of what follows, not even what a connection had still to deliver.
    process.kill(pid, 'SIGSTOP');
    try {
      await cluster.startApiServer();
      await editConfig('in-the-gap');
      const [service] = await cluster.client.list(`/api/v1/namespaces/${namespace}/services`);
      await cluster.client.delete(
        `/api/v1/namespaces/${namespace}/services/${service?.metadata.name ?? ''}`,
      );
      await cluster.compactEtcd();
      await cluster.stopApiServer('SIGKILL');
      await cluster.startApiServer();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await untilRun('in-the-gap');
    await until('the Service is back', async () => {
      const services = await cluster.client.list(`/api/v1/namespaces/${namespace}/services`);
      return services.length === 2;
    });
    const asked = (await operatorRequests(cluster)).slice(before);
    const lists = asked.filter(({ verb }) => verb === 'list').map(({ resource }) => resource);
    expect(lists).toEqual(
      expect.arrayContaining(['semanticroutermaas.semantic-router.io', 'services', 'configmaps']),
    );
    // It comes to rest: what is listed anew is not written anew.
    await untilQuiet(cluster);
  });
});

describe('an etcd that is slow', () => {
  afterAll(() => {
    world.cluster.delayEtcd(0);
  });

  test('costs time and nothing else: the edit arrives, and the leader stays', async () => {
    const before = await leader();
    world.cluster.delayEtcd(500);
    await editConfig('slowly');
    await untilRun('slowly');
    const other = resourceOf('other', { port: world.backend.port, spec: { replicas: 0 } });
    await world.cluster.client.create(resourcePath(namespace), other);
    world.cluster.delayEtcd(100);
    await untilCondition(world, resourcePath(namespace, 'other'), { Ready: 'True/Ready' });
    expect(await leader()).toMatchObject({
      holderIdentity: before.holderIdentity,
      leaseTransitions: before.leaseTransitions,
    });
    expect(await probe('healthz')).toBe(200);
  });
});

describe('a token that is refused', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'srm-token-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is told by log and readiness, and a new one in the same file is taken', async () => {
    const good = await readFile(await world.cluster.kubeconfig(world.token), 'utf8');
    const kubeconfig = join(folder, 'kubeconfig.json');
    await writeFile(kubeconfig, good.replaceAll(world.token, 'expired'));
    const second = await world.launchOperator([...patient, '--kubeconfig', kubeconfig]);
    try {
      let said = '';
      await until('readiness tells why', async () => {
        const reply = await fetch(`${second.healthUrl}/readyz`).catch(() => undefined);
        said = (await reply?.text()) ?? '';
        return said.includes('Unauthorized');
      });
      expect(said).toContain('SemanticRouterMaas is not listed yet');
      expect((await fetch(`${second.healthUrl}/readyz`)).status).toBe(503);
      expect((await fetch(`${second.healthUrl}/healthz`)).status).toBe(200);
      await until('the log tells why', () => /"error":"[^"]*Unauthorized/.test(second.log()));
      await writeFile(kubeconfig, good);
      await second.ready();
    } finally {
      await second.stop();
    }
    expect(await second.ended).toBe(0);
  });
});
