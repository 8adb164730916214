// APIs of others that come and go while the operator runs: Authorino's and the Prometheus Operator's,
// by their real definitions; what those programs would write to a status, the test writes.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../kit/api-client.ts';
import { countWrites, operatorMetric } from '../kit/operator-deeds.ts';
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

const crdFiles = [
  thirdPartyCrd('authorino.kuadrant.io_authconfigs'),
  thirdPartyCrd('monitoring.coreos.com_servicemonitors'),
  thirdPartyCrd('monitoring.coreos.com_prometheuses'),
];
const crdNames = [
  'authconfigs.authorino.kuadrant.io',
  'servicemonitors.monitoring.coreos.com',
  'prometheuses.monitoring.coreos.com',
];

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({
    programs: pretendedRouter,
    namespaces: ['keys'],
    values: { followApiKeySecrets: { namespaces: ['keys'] } },
    args: ['--no-leader-elect', '--follow-api-key-secrets', 'keys'],
  });
});
afterAll(() => world.stop());

let namespace = '';
beforeEach(async () => {
  namespace = await world.cluster.newNamespace();
});

const serve = (): Promise<void> => world.cluster.applyCrds(crdFiles);

async function withdraw(): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const name of crdNames) await world.cluster.client.delete(`${path}/${name}`);
  await until('they are gone', async () => {
    const found = crdNames.map((name) => world.cluster.client.find(`${path}/${name}`));
    return (await Promise.all(found)).every((one) => one === undefined);
  });
}

async function create(where = namespace): Promise<string> {
  const spec = {
    auth: { provider: 'Authorino', apiKeys: {} },
    monitoring: { mode: 'Enabled' },
    replicas: 0,
  };
  const resource = resourceOf('demo', { port: world.backend.port, spec });
  await world.cluster.client.create(resourcePath(where), resource);
  return resourcePath(where, 'demo');
}

const authConfigPath = (where = namespace): string =>
  `/apis/authorino.kuadrant.io/v1beta3/namespaces/${where}/authconfigs/demo-auth`;
const monitorPath = (): string =>
  `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/servicemonitors/demo`;

async function untilThere(path: string): Promise<KubeObject> {
  let found: KubeObject | undefined;
  await until(`${path}\n${world.operator().log().slice(-2000)}`, async () => {
    found = await world.cluster.client.find(path);
    return found !== undefined;
  });
  if (found === undefined) throw new Error('unreachable');
  return found;
}

const waiting = { AuthReady: 'False/ApiNotServed', MonitoringReady: 'False/ApiNotServed' };

test('a resource waits for what is not served, and gets its objects when it is', async () => {
  await withdraw();
  const { pid } = world.operator();
  const path = await create();
  await untilCondition(world, path, { ...waiting, Ready: 'False/AuthNotReady' });
  await serve();
  await untilThere(authConfigPath());
  await untilThere(monitorPath());
  const now = { AuthReady: 'Unknown/Pending', MonitoringReady: 'False/NoPrometheus' };
  const { status } = await untilCondition(world, path, now);
  const inventory = (status?.inventory ?? []).map(({ kind }) => kind);
  expect(inventory).toEqual(expect.arrayContaining(['AuthConfig', 'ServiceMonitor']));
  expect(world.operator().pid).toBe(pid);
});

test('what was served is removed while it runs: said, endured, and made again later', async () => {
  await serve();
  const path = await create();
  const first = await untilThere(authConfigPath());
  await untilThere(monitorPath());
  await untilCondition(world, path, { AuthReady: 'Unknown/Pending' });
  await withdraw();
  await untilCondition(world, path, { ...waiting, Ready: 'False/AuthNotReady' });
  await until('it is told by a metric', async () => {
    const series = 'semantic_router_maas_dependency_available';
    const kind = 'kind="AuthConfig",group="authorino.kuadrant.io"';
    return (await operatorMetric(world.operator(), `${series}{${kind}}`)) === 0;
  });
  // The last attempts to write what is not there any more may still be on their way.
  await sleep(1000);
  const attempts = await countWrites(world.cluster);
  const failures = await errors();
  await sleep(2000);
  expect(await errors()).toBe(failures);
  expect(await attempts()).toEqual([]);
  await serve();
  const second = await untilThere(authConfigPath());
  expect(second.metadata.uid).not.toBe(first.metadata.uid);
  await untilThere(monitorPath());
  await untilCondition(world, path, { AuthReady: 'Unknown/Pending' });
});

async function errors(): Promise<number | undefined> {
  const labels = '{controller="semanticroutermaas"}';
  return operatorMetric(world.operator(), `controller_runtime_reconcile_errors_total${labels}`);
}

function message({ status }: SeenResource, type: string): string {
  return status?.conditions?.find((one) => one.type === type)?.message ?? '';
}

describe('AuthReady', () => {
  async function authorinoSays(
    ready: { status: string; reason: string; message?: string },
    hostsReady: readonly string[],
  ): Promise<void> {
    const counts = { numAuthorizationPolicies: 1, numIdentitySources: 1 };
    await world.cluster.client.patch(`${authConfigPath()}/status`, {
      status: {
        conditions: [{ type: 'Ready', ...ready }],
        summary: {
          ...{ ready: ready.status === 'True', hostsReady, ...counts },
          numHostsReady: `${hostsReady.length}/1`,
          ...{ numMetadataSources: 0, numResponseItems: 1, festivalWristbandEnabled: false },
        },
      },
    });
  }

  test('says what the status of the AuthConfig proves, as it changes', async () => {
    await serve();
    const path = await create();
    await untilThere(authConfigPath());
    await authorinoSays({ status: 'True', reason: 'Reconciled' }, [`demo.${namespace}`]);
    await untilCondition(world, path, { AuthReady: 'True/Linked' });
    await authorinoSays({ status: 'False', reason: 'HostsNotLinked' }, []);
    const taken = await untilCondition(world, path, {
      ...{ AuthReady: 'False/HostsNotLinked', Ready: 'False/AuthNotReady' },
    });
    expect(message(taken, 'AuthReady')).toContain(`demo.${namespace}`);
    const why = 'unexpected token in expression';
    await authorinoSays({ status: 'False', reason: 'Invalid', message: why }, []);
    const invalid = await untilCondition(world, path, { AuthReady: 'False/InvalidAuthConfig' });
    expect(message(invalid, 'AuthReady')).toContain(why);
    await authorinoSays({ status: 'True', reason: 'Reconciled' }, [`demo.${namespace}`]);
    await untilCondition(world, path, { AuthReady: 'True/Linked' });
  });
});

describe('MonitoringReady', () => {
  test('follows the Prometheus objects: none, one that wants a label, one that selects', async () => {
    await serve();
    const path = await create();
    await untilCondition(world, path, { MonitoringReady: 'False/NoPrometheus' });
    const prometheuses = `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/prometheuses`;
    const select = (labels: object): object => ({
      spec: { serviceMonitorSelector: { matchLabels: labels } },
    });
    await world.cluster.client.create(prometheuses, {
      ...{ apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus' },
      metadata: { name: 'main' },
      ...select({ release: 'stack' }),
    });
    const told = await untilCondition(world, path, { MonitoringReady: 'False/NotSelected' });
    expect(message(told, 'MonitoringReady')).toContain(`Prometheus ${namespace}/main wants`);
    expect(message(told, 'MonitoringReady')).toContain('release');
    await world.cluster.client.patch(path, {
      spec: { monitoring: { labels: { release: 'stack' } } },
    });
    await untilCondition(world, path, { MonitoringReady: 'True/Selected' });
    await world.cluster.client.patch(`${prometheuses}/main`, select({ release: 'other' }));
    await untilCondition(world, path, { MonitoringReady: 'False/NotSelected' });
    await world.cluster.client.delete(`${prometheuses}/main`);
    await untilCondition(world, path, { MonitoringReady: 'False/NoPrometheus' });
  });
});

describe('tiers in API-key Secrets', () => {
  const hashOf = async (): Promise<string | undefined> => {
    const found = await world.cluster.client.find(authConfigPath('keys'));
    return found?.metadata.annotations?.['semantic-router.io/api-key-secrets-hash'];
  };

  test('change the AuthConfig where the right is given; without it nothing else is missing', async () => {
    await serve();
    await world.cluster.client.create('/api/v1/namespaces/keys/secrets', {
      metadata: {
        name: 'alice',
        labels: {
          'authorino.kuadrant.io/managed-by': 'authorino',
          'semantic-router.io/api-keys-of': 'demo',
        },
        annotations: { 'semantic-router.io/user': 'alice', 'semantic-router.io/tier': 'free' },
      },
      stringData: { api_key: 'secret' },
    });
    const path = await create('keys');
    await untilThere(authConfigPath('keys'));
    const first = await hashOf();
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    await world.cluster.client.patch('/api/v1/namespaces/keys/secrets/alice', {
      metadata: { annotations: { 'semantic-router.io/tier': 'premium' } },
    });
    await until('the hash is another', async () => (await hashOf()) !== first);

    await world.operator().stop();
    await world.startOperator([
      ...['--no-leader-elect', '--follow-api-key-secrets', `keys,${namespace}`],
    ]);
    await until('it knows that it may not', () =>
      /"kind":"Secret".*"now":"forbidden"/.test(world.operator().log()),
    );
    await world.cluster.client.patch(path, { spec: { networkPolicy: { clientsFrom: [] } } });
    await untilCondition(world, path, { AuthReady: 'Unknown/Pending' });
    expect(await hashOf()).toBeUndefined();
  });
});
