// What the cluster will not have, be it by quota, by policy or because the name is taken, is told in
// the resource's own conditions, and mended as soon as the reason is gone.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
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

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({
    // An image that is in no registry.
    programs: (call) => (call.image === 'nobody:has' ? undefined : pretendedRouter(call)),
    // What was refused is tried again after a minute; here, with everything else, each second.
    args: ['--no-leader-elect', '--resync', '1'],
  });
});
afterAll(() => world.stop());

let count = 0;
let namespace = '';
beforeEach(async () => {
  count += 1;
  namespace = `team-${count}`;
  await world.cluster.createNamespace(namespace);
});

const path = (name = 'demo'): string => resourcePath(namespace, name);

async function create(name = 'demo', spec: object = {}): Promise<void> {
  const resource = resourceOf(name, { port: 8000, spec });
  await world.cluster.client.create(resourcePath(namespace), resource);
}

function messageOf({ status }: SeenResource, type: string): string {
  return status?.conditions?.find((condition) => condition.type === type)?.message ?? '';
}

const quotas = (name = ''): string => `/api/v1/namespaces/${namespace}/resourcequotas${name}`;

async function createQuota(hard: object): Promise<void> {
  const { client } = world.cluster;
  await client.create(quotas(), { metadata: { name: 'small' }, spec: { hard } });
  await until('the quota counts', async () => {
    const { status } = await client.get<{ status?: { hard?: object } }>(quotas('/small'));
    return status?.hard !== undefined;
  });
}

test('a quota that keeps an object from being made', async () => {
  await createQuota({ 'count/services': '0' });
  await create();
  const seen = await untilCondition(world, path(), {
    Ready: 'False/ApplyFailed',
    Stalled: 'True/ApplyFailed',
    WorkloadAvailable: 'True/Available',
  });
  expect(messageOf(seen, 'Ready')).toMatch(/^v1 Service demo: .*exceeded quota: small.*services/);
  await world.cluster.client.delete(quotas('/small'));
  await untilCondition(world, path(), { Ready: 'True/Ready' });
});

test('a quota that keeps pods from being made', async () => {
  await createQuota({ pods: '0' });
  await create();
  const seen = await untilCondition(world, path(), { Ready: 'False/WorkloadNotAvailable' });
  expect(messageOf(seen, 'WorkloadAvailable')).toMatch(/exceeded quota: small.*pods/);
});

test('a policy of the cluster', async () => {
  const admission = {
    matchConstraints: {
      resourceRules: [
        {
          ...{ apiGroups: ['apps'], apiVersions: ['v1'] },
          ...{ operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
        },
      ],
    },
    validations: [
      {
        expression: `object.metadata.namespace != '${namespace}'`,
        message: 'images must come from our registry',
      },
    ],
  };
  const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  const { client } = world.cluster;
  await client.create(policies, { metadata: { name: 'ours' }, spec: admission });
  await client.create(policies.replace(/policies$/, 'policybindings'), {
    metadata: { name: 'ours' },
    spec: { policyName: 'ours', validationActions: ['Deny'] },
  });
  await sleep(1_500); // the API server compiles policies in its own time
  await create();
  const seen = await untilCondition(world, path(), { Stalled: 'True/ApplyFailed' });
  expect(messageOf(seen, 'Ready')).toMatch(/^apps\/v1 Deployment demo: .*our registry/);
  await client.delete(`${policies}/ours`);
  await untilCondition(world, path(), { Ready: 'True/Ready' });
});

test('a name that another resource has taken for an object of its own', async () => {
  await create('demo');
  await untilCondition(world, path('demo'), { Ready: 'True/Ready' });
  await create('demo-pods');
  const seen = await untilCondition(world, path('demo-pods'), { Stalled: 'True/ApplyFailed' });
  expect(messageOf(seen, 'Ready')).toMatch(
    /^v1 Service demo-pods: .*SemanticRouterMaas demo controls it; rename the resource/,
  );
  await untilCondition(world, path('demo'), { Ready: 'True/Ready' });
  await world.cluster.client.delete(path('demo'));
  await untilCondition(world, path('demo-pods'), { Ready: 'True/Ready' });
});

test('an image that nobody has', async () => {
  await create('demo', { image: 'nobody:has' });
  await until('the reason is told', async () => {
    const seen = await world.cluster.client.get<SeenResource>(path());
    return messageOf(seen, 'WorkloadAvailable').includes(
      'envoy-files: CreateContainerConfigError (there is no program for image nobody:has)',
    );
  });
});
