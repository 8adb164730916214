// The engine against a real API server that is killed, forgets its history and learns new kinds.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Controller, controllerOwner } from '../../operator/controller/controller.ts';
import { Manager } from '../../operator/controller/manager.ts';
import { createOptionalSource } from '../../operator/controller/optional-source.ts';
import { ServedKinds } from '../../operator/controller/served-kinds.ts';
import { createSource, type Source } from '../../operator/controller/source.ts';
import { systemClock } from '../../operator/controller/surroundings.ts';
import { connectKube } from '../../operator/kube/client-node-kube.ts';
import type { Kube, KubeObject, ResourceType } from '../../operator/kube/port.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { silentLog } from '../kit/silent-log.ts';

const configMaps: ResourceType = typeOf('', 'v1', 'ConfigMap', 'configmaps');
const secrets: ResourceType = typeOf('', 'v1', 'Secret', 'secrets');
const gadgets: ResourceType = typeOf('engine.example.com', 'v1', 'Gadget', 'gadgets');
const selection = { labelSelector: 'engine=yes' };

let plane: ControlPlane;
let kube: Kube;
let namespaces = 0;
let namespace: string;
const managers: Manager[] = [];

beforeAll(async () => {
  plane = await startControlPlane({ controllerManager: false });
  kube = connectKube({ kubeconfig: await plane.kubeconfig() });
});

afterAll(async () => {
  await kube.close();
  await plane.stop();
});

beforeEach(async () => {
  namespaces += 1;
  namespace = `engine-${namespaces}`;
  await plane.createNamespace(namespace);
});

afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.stop()));
});

function typeOf(group: string, version: string, kind: string, plural: string): ResourceType {
  return { group, version, kind, plural, namespaced: true };
}

function configMap(name: string, value: string): KubeObject {
  const metadata = { name, namespace, labels: { engine: 'yes' } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
}

interface Replica {
  readonly manager: Manager;
  readonly source: Source;
  readonly owned: Source;
}

/** Copies every ConfigMap that it is to look at into a Secret of the same name. */
function replica(identity: string, done: string[] = []): Replica {
  const common = { kube, clock: systemClock, log: silentLog, namespaces: [namespace], selection };
  const source = createSource({ ...common, type: configMaps });
  const owned = createSource({ ...common, type: secrets });
  const controller = new Controller({
    name: 'copy',
    primary: source,
    watches: [{ source: owned, map: controllerOwner('', 'ConfigMap') }],
    reconcile: async (name, { signal }) => {
      const object = source.store.get(name);
      if (object === undefined) return {};
      done.push(`${identity} ${name.name}`);
      await kube.apply(secrets, copyOf(object), { fieldManager: 'copy', force: true, signal });
      return {};
    },
    clock: systemClock,
    log: silentLog,
    newId: () => crypto.randomUUID(),
  });
  const lease = { namespace, name: 'engine' };
  const manager = new Manager({
    controllers: [controller],
    election: { kube, lease, identity, leaseSeconds: 3, renewSeconds: 2, retrySeconds: 0.5 },
    clock: systemClock,
    log: silentLog,
  });
  managers.push(manager);
  return { manager, source, owned };
}

function copyOf(object: KubeObject): KubeObject {
  const { name, uid = '' } = object.metadata;
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name, uid, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { engine: 'yes' }, ownerReferences: [owner] },
    stringData: object['data'],
  };
}

async function copied(name: string): Promise<string | undefined> {
  try {
    const secret = await kube.get(secrets, { namespace, name });
    const { value = '' } = (secret['data'] ?? {}) as { value?: string };
    return Buffer.from(value, 'base64').toString();
  } catch {
    return undefined;
  }
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(20);
}

const apply = { fieldManager: 'test', force: true };

test('what is made, edited or deleted by hand is put right', async () => {
  const { manager } = replica('one');
  await manager.start();
  await kube.apply(configMaps, configMap('a', 'first'), apply);
  await until(async () => (await copied('a')) === 'first');
  await kube.apply(configMaps, configMap('a', 'second'), apply);
  await until(async () => (await copied('a')) === 'second');
  await kube.delete(secrets, { namespace, name: 'a' });
  await until(async () => (await copied('a')) === 'second');
});

test('of two replicas one works, and the other goes on when it stops', async () => {
  const done: string[] = [];
  const one = replica('one', done);
  const two = replica('two', done);
  await one.manager.start();
  const second = two.manager.start();
  await kube.apply(configMaps, configMap('a', '1'), apply);
  await until(async () => (await copied('a')) === '1');
  expect(done.every((line) => line.startsWith('one '))).toBe(true);
  expect(two.manager.readiness().isGood).toBe(true);

  await one.manager.stop();
  await kube.apply(configMaps, configMap('b', '2'), apply);
  expect(await second).toBe(true);
  await until(async () => (await copied('b')) === '2');
  expect(done.slice(done.indexOf('two a')).every((line) => line.startsWith('two '))).toBe(true);
});

test('an API server that dies and comes back is followed again, history forgotten or not', async () => {
  const { source, owned } = replica('unused');
  source.start();
  owned.start();
  try {
    await source.synced();
    await kube.apply(configMaps, configMap('before', '1'), apply);
    await until(() => source.store.size === 1);
    const seen: string[] = [];
    source.store.subscribe(({ type, before, after }) =>
      seen.push(`${type} ${(after ?? before)?.metadata.name ?? ''}`),
    );

    await plane.stopApiServer();
    await until(() => source.lastError !== undefined);
    await plane.startApiServer();
    await kube.apply(configMaps, configMap('meanwhile', '1'), apply);
    await kube.delete(configMaps, { namespace, name: 'before' });
    await plane.compactEtcd();
    await plane.stopApiServer();
    await plane.startApiServer();
    await kube.apply(configMaps, configMap('after', '1'), apply);

    await until(() => source.store.size === 2 && seen.includes('added after'));
    expect(seen.sort()).toEqual(['added after', 'added meanwhile', 'deleted before']);
  } finally {
    await Promise.all([source.stop(), owned.stop()]);
  }
});

test('losing the API server for longer than the lease allows ends leadership', async () => {
  const { manager } = replica('one');
  await manager.start();
  expect(manager.isLeader).toBe(true);
  await plane.stopApiServer();
  try {
    expect((await manager.lost).message).toMatch(/could not be renewed for 2 s/);
    expect(manager.isLeader).toBe(false);
    expect(manager.health().isGood).toBe(true);
  } finally {
    await plane.startApiServer();
  }
});

test('a kind is followed while it is installed, as often as it comes and goes', async () => {
  const common = { kube, clock: systemClock, log: silentLog };
  const servedKinds = new ServedKinds(common);
  const source = createOptionalSource({ ...common, type: gadgets, servedKinds });
  servedKinds.start();
  source.start();
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  try {
    await source.synced();
    expect(source.availability).toBe('absent');
    for (const name of ['first', 'second']) {
      await plane.client.create(path, gadgetDefinition());
      await until(() => source.availability === 'served');
      const gadget = { apiVersion: 'engine.example.com/v1', kind: 'Gadget' };
      await kube.apply(gadgets, { ...gadget, metadata: { name, namespace } }, apply);
      await until(() => source.store.get({ namespace, name }) !== undefined);
      await plane.client.delete(`${path}/gadgets.engine.example.com`);
      await until(() => source.availability === 'absent' && source.store.size === 0);
    }
  } finally {
    await Promise.all([source.stop(), servedKinds.stop()]);
  }
});

function gadgetDefinition(): object {
  return {
    metadata: { name: 'gadgets.engine.example.com' },
    spec: {
      group: 'engine.example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' } },
        },
      ],
    },
  };
}
