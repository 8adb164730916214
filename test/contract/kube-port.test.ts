// What the Kubernetes port promises, asked of the adapter and a real API server.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectKube } from '../../operator/kube/client-node-kube.ts';
import type { Kube, KubeObject, ResourceType, WatchEvent } from '../../operator/kube/port.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';

const configMaps = typeOf('', 'v1', 'ConfigMap', 'configmaps');
const deployments = typeOf('apps', 'v1', 'Deployment', 'deployments');
const leases = typeOf('coordination.k8s.io', 'v1', 'Lease', 'leases');
const secrets = typeOf('', 'v1', 'Secret', 'secrets');
const clusterRoles: ResourceType = {
  ...typeOf('rbac.authorization.k8s.io', 'v1', 'ClusterRole', 'clusterroles'),
  namespaced: false,
};
const manager = { fieldManager: 'contract' };

let plane: ControlPlane;
let kube: Kube;
let namespaces = 0;
let namespace: string;

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: false, users: [{ name: 'nobody' }] });
  kube = connectKube({ kubeconfig: await plane.kubeconfig() });
});

afterAll(async () => {
  await kube.close();
  await plane.stop();
});

async function newNamespace(): Promise<void> {
  namespaces += 1;
  namespace = `contract-${namespaces}`;
  await plane.createNamespace(namespace);
}

function typeOf(group: string, version: string, kind: string, plural: string): ResourceType {
  return { group, version, kind, plural, namespaced: true };
}

function configMap(name: string, data: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

function deployment(name: string, replicas?: number): KubeObject {
  const labels = { app: name };
  const container = { name: 'main', image: 'example.com/image:1' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

describe('objects', () => {
  beforeAll(newNamespace);

  test('that are not there are not found, and neither are kinds', async () => {
    const missing = kube.get(configMaps, { namespace, name: 'missing' });
    await expect(missing).rejects.toMatchObject({ code: 'not-found', reason: 'NotFound' });
    await expect(missing).rejects.toThrow(/get configmaps .*\/missing: /);
    const noKind = kube.list(typeOf('example.com', 'v1', 'Thing', 'things'));
    await expect(noKind).rejects.toMatchObject({ code: 'not-found' });
    const gone = kube.delete(configMaps, { namespace, name: 'missing' });
    await expect(gone).rejects.toMatchObject({ code: 'not-found' });
  });

  test('are created once', async () => {
    const made = await kube.create(configMaps, configMap('once', { a: '1' }), manager);
    expect(made['data']).toEqual({ a: '1' });
    expect(made.metadata.managedFields?.[0]).toMatchObject({ manager: 'contract' });
    const again = kube.create(configMaps, configMap('once'));
    await expect(again).rejects.toMatchObject({ code: 'already-exists' });
  });

  test('are replaced at the version that was read, and not at an older one', async () => {
    const spec = { holderIdentity: 'one', renewTime: '2024-01-01T00:00:00.123456Z' };
    const metadata = { namespace, name: 'lease' };
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const first = await kube.create(leases, lease);
    const second = await kube.replace(leases, {
      ...first,
      spec: { ...spec, holderIdentity: 'two' },
    });
    expect(second['spec']).toMatchObject({ ...spec, holderIdentity: 'two' });
    await expect(kube.replace(leases, first)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('are deleted only if they are what the caller thinks', async () => {
    const made = await kube.create(configMaps, configMap('guarded'));
    const name = { namespace, name: 'guarded' };
    const other = kube.delete(configMaps, name, { uid: 'another' });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
    const older = kube.delete(configMaps, name, { resourceVersion: '1' });
    await expect(older).rejects.toMatchObject({ code: 'conflict' });
    const { uid = '', resourceVersion = '' } = made.metadata;
    await kube.delete(configMaps, name, { uid, resourceVersion, propagation: 'Background' });
    await expect(kube.get(configMaps, name)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('may have capitals and colons in their names', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', rules: [] };
    const valid = { ...role, metadata: { name: 'contract:Reader' } };
    await kube.apply(clusterRoles, valid, manager);
    const read = await kube.get(clusterRoles, { name: 'contract:Reader' });
    expect(read.metadata.name).toBe('contract:Reader');
    await kube.delete(clusterRoles, { name: 'contract:Reader' });
  });

  test('are refused to those who may not see them', async () => {
    const stranger = connectKube({ kubeconfig: await plane.kubeconfig(plane.token('nobody')) });
    const denied = stranger.list(secrets, { namespace });
    await expect(denied).rejects.toMatchObject({ code: 'forbidden' });
    await stranger.close();
    const nobody = connectKube({ kubeconfig: await plane.kubeconfig('no-such-token') });
    await expect(nobody.list(secrets)).rejects.toMatchObject({ code: 'unauthorized' });
    await nobody.close();
  });
});

describe('an object that has not the form of its kind', () => {
  beforeAll(newNamespace);

  test.each([{ replcas: 2 }, { template: [] }])('is invalid: %j', async (wrong) => {
    const built = deployment('misshapen');
    const object = { ...built, spec: { ...(built['spec'] as object), ...wrong } };
    const call = kube.apply(deployments, object, manager);
    await expect(call).rejects.toMatchObject({ code: 'invalid' });
    await expect(call).rejects.toThrow(`.spec.${Object.keys(wrong)[0] ?? ''}`);
  });
});

describe('server-side apply', () => {
  beforeAll(newNamespace);

  test('twice the same writes once', async () => {
    const first = await kube.apply(deployments, deployment('same', 2), manager);
    const second = await kube.apply(deployments, deployment('same', 2), manager);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  test('takes what it read, managed fields and all', async () => {
    const first = await kube.apply(configMaps, configMap('read', { a: '1' }), manager);
    const again = { ...first, metadata: { ...first.metadata, labels: { new: 'yes' } } };
    const written = await kube.apply(configMaps, again, manager);
    expect(written.metadata.labels).toEqual({ new: 'yes' });
  });

  test("leaves other managers' fields alone, and drops its own that are no longer sent", async () => {
    await kube.apply(configMaps, configMap('shared', { ours: '1', old: '1' }), manager);
    await kube.apply(configMaps, configMap('shared', { theirs: '2' }), { fieldManager: 'other' });
    const written = await kube.apply(configMaps, configMap('shared', { ours: '3' }), manager);
    expect(written['data']).toEqual({ ours: '3', theirs: '2' });
  });

  test('names the other manager in a conflict, and wins by force', async () => {
    await kube.apply(deployments, deployment('contested', 1), { fieldManager: 'other' });
    const call = kube.apply(deployments, deployment('contested', 5), manager);
    await expect(call).rejects.toMatchObject({
      code: 'conflict',
      causes: [{ reason: 'FieldManagerConflict', field: '.spec.replicas' }],
    });
    await expect(call).rejects.toThrow(/"other"/);
    const forced = { ...manager, force: true };
    const won = await kube.apply(deployments, deployment('contested', 5), forced);
    expect(won['spec']).toMatchObject({ replicas: 5 });
  });

  test('says which fields are invalid', async () => {
    const call = kube.apply(deployments, deployment('negative', -1), manager);
    await expect(call).rejects.toMatchObject({
      code: 'invalid',
      status: 422,
      causes: [{ reason: 'FieldValueInvalid', field: 'spec.replicas' }],
    });
  });

  test('as a dry run stores nothing', async () => {
    const tried = { ...manager, dryRun: true };
    const answer = await kube.apply(configMaps, configMap('dry', { a: '1' }), tried);
    expect(answer['data']).toEqual({ a: '1' });
    const name = { namespace, name: 'dry' };
    await expect(kube.get(configMaps, name)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('reaches the scale of an object', async () => {
    await kube.apply(deployments, deployment('scaled'), manager);
    const scale = {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { namespace, name: 'scaled' },
      spec: { replicas: 7 },
    };
    const options = { fieldManager: 'scaler', subresource: 'scale', force: true } as const;
    await kube.apply(deployments, scale, options);
    const read = await kube.get(deployments, { namespace, name: 'scaled' });
    expect(read['spec']).toMatchObject({ replicas: 7 });
  });
});

describe('a status', () => {
  beforeAll(newNamespace);

  test.each(['apply', 'merge'] as const)('is written by %s, and nothing else is', async (how) => {
    const made = await kube.apply(deployments, deployment(how, 2), manager);
    const condition = { type: 'Available', status: 'True', reason: 'Test', message: 'tried' };
    const changed = {
      ...deployment(how, 9),
      status: { readyReplicas: 1, replicas: 1, conditions: [condition] },
    };
    const written = await kube.patchStatus(deployments, changed, { ...manager, how });
    expect(written['spec']).toMatchObject({ replicas: 2 });
    expect(written['status']).toMatchObject({ conditions: [condition] });
    expect(written.metadata.generation).toBe(made.metadata.generation);
  });

  test.each(['apply', 'merge'] as const)('by %s is refused at an old version', async (how) => {
    const name = `old-${how}`;
    const made = await kube.apply(deployments, deployment(name, 1), manager);
    await kube.apply(deployments, deployment(name, 2), manager);
    const old = { ...made, status: { replicas: 1 } };
    const options = { fieldManager: 'status', how };
    await expect(kube.patchStatus(deployments, old, options)).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('lists and watches', () => {
  beforeAll(async () => {
    await newNamespace();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const object = configMap(name);
      const labels = { half: name < 'c' ? 'first' : 'second' };
      await kube.create(configMaps, { ...object, metadata: { ...object.metadata, labels } });
    }
  });

  test('come in pages, and every item says what it is', async () => {
    const names: string[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const from = next === undefined ? {} : { continue: next };
      const page = await kube.list(configMaps, { namespace, limit: 2, ...from });
      for (const item of page.items) {
        expect(item).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
        names.push(item.metadata.name);
      }
      next = page.continue;
      pages += 1;
    } while (next !== undefined);
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(pages).toBe(3);
  });

  test('can be chosen by label and by field, and without their contents', async () => {
    const byLabel = await kube.list(configMaps, { namespace, labelSelector: 'half=first' });
    expect(byLabel.items).toHaveLength(2);
    const byField = await kube.list(configMaps, { namespace, fieldSelector: 'metadata.name=c' });
    expect(byField.items).toHaveLength(1);
    const [bare] = (await kube.list(configMaps, { namespace, metadataOnly: true })).items;
    expect(bare).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    expect(bare).not.toHaveProperty('data');
  });

  test('go on from a list with every change after it', async () => {
    const { resourceVersion } = await kube.list(configMaps, { namespace });
    const controller = new AbortController();
    const events: WatchEvent[] = [];
    const watching = (async () => {
      const options = { namespace, resourceVersion, signal: controller.signal };
      for await (const event of kube.watch(configMaps, options)) {
        events.push(event);
        if (event.type === 'DELETED') break;
      }
    })();
    await kube.create(configMaps, configMap('watched', { a: '1' }));
    await kube.apply(configMaps, configMap('watched', { a: '2' }), { ...manager, force: true });
    await kube.delete(configMaps, { namespace, name: 'watched' });
    await watching;
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(events[1]).toMatchObject({
      object: { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '2' } },
    });
  });

  test('end in time', async () => {
    const events: WatchEvent[] = [];
    const options = {
      namespace,
      resourceVersion: '0',
      timeoutSeconds: 1,
      allowWatchBookmarks: true,
    };
    for await (const event of kube.watch(configMaps, options)) events.push(event);
    expect(events.filter(({ type }) => type === 'ADDED')).toHaveLength(5);
  });
});

describe('discovery', () => {
  test('shows what is served, and what can be done with it', async () => {
    const { resources, unknown } = await kube.discover();
    expect(unknown).toEqual([]);
    for (const type of [configMaps, deployments, leases, clusterRoles]) {
      const found = resources.find(
        ({ plural, group, version }) =>
          plural === type.plural && group === type.group && version === type.version,
      );
      expect(found).toMatchObject({ ...type, verbs: expect.arrayContaining(['list', 'watch']) });
    }
    expect(await kube.discover()).toEqual({ resources, unknown });
  });
});

test('fields that nobody knows survive the way there and back', async () => {
  await newNamespace();
  const seen = await plane.client.apply<KubeObject>(
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.contract.example.com',
    thingDefinition(),
  );
  expect(seen.kind).toBe('CustomResourceDefinition');
  const things = typeOf('contract.example.com', 'v1', 'Thing', 'things');
  const isServed = async (): Promise<boolean> =>
    (await kube.discover()).resources.some(({ plural }) => plural === 'things');
  while (!(await isServed())) await new Promise((resolve) => setTimeout(resolve, 50));
  const thing = {
    apiVersion: 'contract.example.com/v1',
    kind: 'Thing',
    metadata: { namespace, name: 'odd' },
    spec: {
      anything: { 'x/y': [1, 1.5, null, 'z', { deep: true }], when: '2024-01-01T00:00:00Z' },
    },
  };
  await kube.apply(things, thing, manager);
  const read = await kube.get(things, { namespace, name: 'odd' });
  expect(read['spec']).toEqual(thing.spec);
});

function thingDefinition(): Record<string, unknown> {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.contract.example.com' },
    spec: {
      group: 'contract.example.com',
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: open } } },
        },
      ],
    },
  };
}
