// What comes in a resource's way: a cluster that will not have its objects, an end of its own or of its
// namespace, what an earlier one left behind.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { crdFile } from '../golden/crd-file.ts';
import { countWrites, untilQuiet, untilSettled } from '../kit/operator-deeds.ts';
import { pretendedRouter } from '../kit/pretended-routers.ts';
import {
  group,
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  type ResourceCluster,
  type SeenResource,
} from '../kit/resource-cluster.ts';
import { until } from '../kit/router-surroundings.ts';

const args = ['--no-leader-elect', '--resync', '1'];

let world: ResourceCluster;
beforeAll(async () => {
  world = await startResourceCluster({
    // An image that is in no registry.
    programs: (call) => (call.image === 'nobody:has' ? undefined : pretendedRouter(call)),
    // What was refused is tried again after a minute; here, with everything else, each second.
    args,
  });
});
afterAll(() => world.stop());

let namespace = '';
beforeEach(async () => {
  namespace = await world.cluster.newNamespace();
});

const path = (name = 'demo'): string => resourcePath(namespace, name);

async function create(name = 'demo', spec: object = {}): Promise<void> {
  const resource = resourceOf(name, { port: 8000, spec });
  await world.cluster.client.create(resourcePath(namespace), resource);
}

async function createReady(name = 'demo'): Promise<void> {
  await create(name);
  await untilCondition(world, path(name), { Ready: 'True/Ready' });
}

const deployment = (): string => `/apis/apps/v1/namespaces/${namespace}/deployments/demo`;

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

describe('what the cluster will not have is told, and made when it may be', () => {
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

  test('a field that Kubernetes does not know', async () => {
    await create('demo', { podTemplate: { affinity: { nodAffinity: {} } } });
    const seen = await untilCondition(world, path(), { Stalled: 'True/ApplyFailed' });
    expect(messageOf(seen, 'Ready')).toMatch(/^apps\/v1 Deployment demo: .*nodAffinity/);
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
});

/** What was logged since then, of problems. */
function problemsSince(length: number): string[] {
  const lines = world.operator().log().slice(length).split('\n');
  return lines.filter((line) => /"level":"(warn|error)"/.test(line));
}

test('a namespace takes its resources along, and the operator does not stand in the way', async () => {
  await Promise.all(['one', 'two', 'three'].map((name) => createReady(name)));
  const logged = world.operator().log().length;
  await world.cluster.kubectl(['delete', 'namespace', namespace, '--timeout=60s']);
  await sleep(1_000); // what is still under way
  expect(problemsSince(logged)).toEqual([]);
});

// The garbage collector looks for kinds that are new only twice a minute: what needs it comes last.
describe('when the garbage collector works', () => {
  beforeAll(untilCollected, 60_000);

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

  test('a resource that is made anew at once waits for what the earlier one left, and is never stalled', async () => {
    await createReady();
    const { client } = world.cluster;
    const before = (await client.get(deployment())).metadata.uid;
    // As if the garbage collector were slow: it waits for whoever holds the object.
    await client.patch(deployment(), { metadata: { finalizers: ['test.example/hold'] } });
    await client.delete(path());
    await create();
    const seen = await untilCondition(world, path(), {
      Ready: 'False/ApplyFailed',
      Reconciling: 'True/Progressing',
      Stalled: 'False/NotStalled',
    });
    expect(messageOf(seen, 'Ready')).toContain('Deployment demo: an earlier resource of this name');
    await client.patch(deployment(), { metadata: { finalizers: null } });
    await untilCondition(world, path(), { Ready: 'True/Ready' });
    expect((await client.get(deployment())).metadata.uid).not.toBe(before);
  });

  test('what was orphaned is taken over as it runs', async () => {
    await createReady();
    const before = (await world.cluster.client.get(deployment())).metadata.uid;
    await world.cluster.kubectl(['delete', 'srm/demo', '-n', namespace, '--cascade=orphan']);
    await createReady();
    const { uid, ownerReferences } = (await world.cluster.client.get(deployment())).metadata;
    expect(uid).toBe(before);
    expect(ownerReferences).toHaveLength(1);
    expect(world.kubelet.pods(namespace)).toHaveLength(1);
  });

  test('kubectl waits for everything where it deletes in the foreground', async () => {
    await createReady();
    await world.cluster.kubectl([
      ...['delete', 'srm/demo', '-n', namespace, '--cascade=foreground', '--timeout=30s'],
    ]);
    expect(await world.cluster.client.find(deployment())).toBeUndefined();
  });

  test('a resource that is deleted while no operator runs stays away when one comes back', async () => {
    await createReady();
    await createReady('kept');
    await untilQuiet(world.cluster);
    await world.operator().stop();
    await world.cluster.client.delete(path());
    await until(
      'its objects are collected',
      async () => (await world.cluster.client.find(deployment())) === undefined,
    );
    const written = await countWrites(world.cluster);
    const all = await world.cluster.client.list(`${group}/semanticroutermaas`);
    await untilSettled(await world.startOperator(args), all.length);
    expect((await written()).filter((line) => line.includes(` ${namespace}/`))).toEqual([]);
  });
});

test('a definition that is deleted and comes back: said, endured, and followed again', async () => {
  const { cluster } = world;
  await createReady();
  const logged = world.operator().log().length;
  await cluster.kubectl(['delete', 'crd', 'semanticroutermaas.semantic-router.io']);
  await until('the log asks for it', () =>
    world.operator().log().slice(logged).includes('is not served: is its CRD installed?'),
  );
  expect((await fetch(`${world.operator().healthUrl}/healthz`)).status).toBe(200);
  await cluster.applyCrds([crdFile]);
  await createReady();
});

async function untilCollected(): Promise<void> {
  const { client } = world.cluster;
  const { uid = '' } = await client
    .create(resourcePath('default'), resourceOf('first', { port: 1 }))
    .then(({ metadata }) => metadata);
  await untilCondition(world, resourcePath('default', 'first'), { Ready: 'True/Ready' });
  await client.delete(resourcePath('default', 'first'));
  for (;;) {
    const services = await client.list('/api/v1/namespaces/default/services');
    if (!services.some(({ metadata }) => JSON.stringify(metadata).includes(uid))) return;
    await sleep(200);
  }
}
