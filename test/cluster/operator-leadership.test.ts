// Operators that end, one way or another, and the next that takes over.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { managedBySelector } from '../../operator/child-types.ts';
import {
  countWrites,
  operatorMetric,
  operatorRequests,
  untilQuiet,
  untilSettled,
} from '../kit/operator-deeds.ts';
import { operatorNamespace, type OperatorProcess } from '../kit/operator-process.ts';
import { pretendedRouter } from '../kit/pretended-routers.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  type ResourceCluster,
} from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';

const leaseSeconds = 4;
const quick = ['--lease-seconds', '4', '--renew-seconds', '3', '--retry-seconds', '1'];
const leases = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases`;
const leasePath = `${leases}/demo-semantic-router-maas`;

let world: ResourceCluster;
let running: OperatorProcess[] = [];
beforeAll(async () => {
  world = await startResourceCluster({ programs: pretendedRouter, args: quick });
  await world.operator().stop();
});
afterAll(() => world.stop());

let namespace = '';
beforeEach(async () => {
  namespace = await world.cluster.newNamespace();
});
afterEach(async () => {
  await Promise.all(running.map((operator) => operator.stop('SIGKILL')));
  running = [];
  await world.cluster.client.delete(leasePath);
});

async function start(): Promise<OperatorProcess> {
  const operator = await world.startOperator(quick);
  running.push(operator);
  return operator;
}

async function leads(operator: OperatorProcess): Promise<boolean> {
  const series = 'leader_election_master_status{name="demo-semantic-router-maas"}';
  return (await operatorMetric(operator, series)) === 1;
}

async function startLeader(): Promise<OperatorProcess> {
  const operator = await start();
  await until('it leads', () => leads(operator));
  return operator;
}

const path = (): string => resourcePath(namespace, 'demo');

async function create(): Promise<void> {
  const resource = resourceOf('demo', { port: world.backend.port });
  await world.cluster.client.create(resourcePath(namespace), resource);
}

async function createReady(): Promise<void> {
  await create();
  await untilCondition(world, path(), { Ready: 'True/Ready' });
  await untilQuiet(world.cluster);
}

/** Resources in the cluster, in all test namespaces. */
async function resources(): Promise<number> {
  const everywhere = '/apis/semantic-router.io/v1alpha1/semanticroutermaas';
  return (await world.cluster.client.list(everywhere)).length;
}

const ownedKinds = [
  'api/v1/NS/configmaps',
  'api/v1/NS/services',
  'api/v1/NS/serviceaccounts',
  'apis/apps/v1/NS/deployments',
  'apis/apps/v1/NS/replicasets',
  'apis/networking.k8s.io/v1/NS/networkpolicies',
];

/** Every object that belongs to the resource: its kind, and its uid, which another one would not have. */
async function owned(): Promise<string[]> {
  const lists = await Promise.all(
    ownedKinds.map(async (where) => {
      const url = `/${where.replace('NS', `namespaces/${namespace}`)}`;
      const selector = encodeURIComponent(managedBySelector);
      const items = await world.cluster.client.list(`${url}?labelSelector=${selector}`);
      const kind = where.slice(where.lastIndexOf('/') + 1);
      return items.map(({ metadata }) => `${kind} ${metadata.uid ?? ''}`);
    }),
  );
  return lists.flat().sort();
}

const podUids = (): string[] => world.kubelet.pods(namespace).map(({ uid }) => uid);

describe('an operator that is killed in the middle of its work', () => {
  // Each resource is caught at another step of its way.
  test.each(['configmaps', 'deployments.apps', 'services'])(
    'right after its first write of %s: the next completes it, and nothing is there twice',
    async (kind) => {
      const first = await startLeader();
      const isWritten = async (): Promise<boolean> =>
        (await operatorRequests(world.cluster)).some(
          (request) =>
            request.namespace === namespace &&
            request.verb === 'patch' &&
            request.resource === kind,
        );
      // Slow enough to be caught between two writes.
      world.cluster.delayEtcd(100);
      await create();
      while (!(await isWritten())) await sleep(2);
      await first.stop('SIGKILL');
      world.cluster.delayEtcd(0);
      expect(await first.ended).toBe('SIGKILL');
      const halfway = await owned();
      expect(halfway.length).toBeGreaterThan(0);
      await start();
      await untilCondition(world, path(), { Ready: 'True/Ready' });
      const after = await owned();
      // What was there stays: the same objects, by uid.
      expect(after).toEqual(expect.arrayContaining(halfway));
      const perKind = Map.groupBy(after, (one) => one.split(' ', 1)[0] ?? '');
      expect(perKind.get('deployments')).toHaveLength(1);
      expect(perKind.get('replicasets')).toHaveLength(1);
      expect(perKind.get('services')).toHaveLength(2);
      expect(podUids()).toHaveLength(1);
    },
  );
});

describe('two operators', () => {
  test('one works; when it is killed the other follows within the lease and finds nothing to do', async () => {
    const first = await startLeader();
    await createReady();
    const second = await start();
    expect(await leads(second)).toBe(false);
    const pods = podUids();
    const written = await countWrites(world.cluster);
    const killedAt = Date.now();
    await first.stop('SIGKILL');
    await until('the other leads', () => leads(second));
    // Never sooner than the lease, or there would have been two.
    const renewed = (await world.cluster.client.get(leasePath))['spec'] as LeaseSpec;
    expect(renewed.leaseTransitions).toBeGreaterThanOrEqual(1);
    expect(Date.now() - killedAt).toBeGreaterThan((leaseSeconds - 2) * 1000);
    await untilSettled(second, await resources());
    expect(await written()).toEqual([]);
    expect(podUids()).toEqual(pods);
  });

  test('a leader that is asked to end gives the lease away, and leaves with 0', async () => {
    const first = await startLeader();
    const second = await start();
    await first.stop('SIGTERM');
    expect(await first.ended).toBe(0);
    const { holderIdentity } = (await world.cluster.client.get(leasePath))['spec'] as LeaseSpec;
    // Given away: its name is not on it, though the lease has not run out.
    expect(holderIdentity).not.toContain(identityOf(first));
    expect(first.log()).toContain('leadership given up');
    await until('the other leads', () => leads(second));
  });

  test('a leader whose lease was taken stops at once, with 1 and a sentence', async () => {
    const first = await startLeader();
    await createReady();
    const written = await countWrites(world.cluster);
    await world.cluster.client.patch(leasePath, { spec: { holderIdentity: 'somebody-else' } });
    expect(await first.ended).toBe(1);
    expect(first.log()).toContain('the lease was taken by \\"somebody-else\\"');
    expect(await written()).toEqual([]);
  });

  test('a leader that cannot renew ends with 1 and a sentence', async () => {
    const first = await startLeader();
    await world.cluster.stopApiServer('SIGKILL');
    try {
      expect(await first.ended).toBe(1);
      expect(first.log()).toContain('the lease could not be renewed for 3 s');
    } finally {
      await world.cluster.startApiServer();
    }
  });
});

test('times with which two could lead at once are refused in a sentence', async () => {
  const operator = await world.launchOperator(['--lease-seconds', '10', '--renew-seconds', '10']);
  expect(await operator.ended).toBe(2);
  expect(operator.log()).toContain('must be less than');
});

interface LeaseSpec {
  readonly holderIdentity: string;
  readonly leaseTransitions: number;
}

/** As the process is called in leases. */
function identityOf({ healthUrl }: OperatorProcess): string {
  return `operator-${new URL(healthUrl).port}_`;
}
