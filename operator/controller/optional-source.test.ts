import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, type FakeClock } from '../../test/kit/fake-clock.ts';
import { anObject, scriptedKube, ScriptedWatch } from '../../test/kit/scripted-kube.ts';
import { silentLog } from '../../test/kit/silent-log.ts';
import { KubeError, type Discovery, type KubeObject, type ResourceType } from '../kube/port.ts';
import { createOptionalSource } from './optional-source.ts';
import { ServedKinds } from './served-kinds.ts';
import type { Availability, Source } from './source.ts';

const monitors: ResourceType = {
  group: 'monitoring.coreos.com',
  version: 'v1',
  kind: 'ServiceMonitor',
  plural: 'servicemonitors',
  namespaced: true,
};

let clock: FakeClock;
let isServed: boolean;
let unknown: string[];
let discoveries: number;
let discoveryFails: boolean;
let crdWatch: ScriptedWatch | undefined;
let mayListCrds: boolean;
let mayListMonitors: boolean;
let monitorWatches: ScriptedWatch[];
let servedKinds: ServedKinds;
let source: Source;
let changes: Availability[];

beforeEach(() => {
  clock = createFakeClock();
  isServed = false;
  unknown = [];
  discoveries = 0;
  discoveryFails = false;
  mayListCrds = true;
  mayListMonitors = true;
  monitorWatches = [];
  changes = [];
  crdWatch = undefined;
  const kube = scriptedKube({
    discover: () => {
      discoveries += 1;
      if (discoveryFails) return Promise.reject(new KubeError('unavailable', 'busy'));
      return Promise.resolve(discovery());
    },
    list: (type) => {
      const isMonitors = type.kind === 'ServiceMonitor';
      if (isMonitors && !isServed) return Promise.reject(new KubeError('not-found', 'no kind'));
      if (!(isMonitors ? mayListMonitors : mayListCrds)) {
        return Promise.reject(new KubeError('forbidden', 'may not list'));
      }
      const items = isMonitors ? [anObject('m')] : [];
      return Promise.resolve({ items, resourceVersion: '1' });
    },
    watch: (type, options = {}) => {
      const watch = new ScriptedWatch(options);
      if (type.kind === 'ServiceMonitor') monitorWatches.push(watch);
      else crdWatch = watch;
      return watch;
    },
  });
  const surroundings = { kube, clock, log: silentLog };
  servedKinds = new ServedKinds(surroundings);
  source = createOptionalSource({ ...surroundings, type: monitors, servedKinds });
  source.onAvailability((now) => changes.push(now));
});

afterEach(async () => {
  await source.stop();
  await servedKinds.stop();
  expect(clock.timers()).toBe(0);
  expect(monitorWatches.every((watch) => watch.isLeft)).toBe(true);
});

function discovery(): Discovery {
  return { resources: isServed ? [{ ...monitors, verbs: ['list', 'watch'] }] : [], unknown };
}

async function started(): Promise<void> {
  servedKinds.start();
  source.start();
  await clock.settle();
}

function definition(version: string): KubeObject {
  return anObject('servicemonitors.monitoring.coreos.com', { resourceVersion: version });
}

async function install(version: string): Promise<void> {
  isServed = true;
  crdWatch?.send({ type: 'ADDED', object: definition(version) });
  await clock.advance(1_000);
}

async function uninstall(version: string): Promise<void> {
  isServed = false;
  crdWatch?.send({ type: 'DELETED', object: definition(version) });
  await clock.advance(1_000);
}

test('a kind that is served is followed', async () => {
  isServed = true;
  await started();
  expect(await source.synced()).toBe(true);
  expect(source.availability).toBe('served');
  expect(source.store.size).toBe(1);
  expect(changes).toEqual(['served']);
});

test('a kind that is not there holds nobody up', async () => {
  await started();
  expect(await source.synced()).toBe(true);
  expect(source.isSynced).toBe(true);
  expect(source.availability).toBe('absent');
  expect(monitorWatches).toHaveLength(0);
});

test('a kind that is installed later is followed soon, and let go of when it is removed', async () => {
  await started();
  for (let round = 1; round <= 3; round += 1) {
    await install(`${round}0`);
    expect(source.availability).toBe('served');
    expect(source.store.size).toBe(1);
    await uninstall(`${round}5`);
    expect(source.availability).toBe('absent');
    expect(source.store.size).toBe(0);
    expect(monitorWatches.every((watch) => watch.isLeft)).toBe(true);
  }
  expect(changes).toEqual(['absent', 'served', 'absent', 'served', 'absent', 'served', 'absent']);
});

test('readers learn of each object that went with its kind', async () => {
  isServed = true;
  await started();
  const events: string[] = [];
  source.store.subscribe(({ type }) => events.push(type));
  crdWatch?.send({ type: 'ADDED', object: definition('1') });
  await uninstall('2');
  expect(events).toEqual(['deleted']);
});

test('discovery that lags behind the definition is asked again', async () => {
  await started();
  crdWatch?.send({ type: 'ADDED', object: definition('1') });
  await clock.advance(1_000);
  expect(source.availability).toBe('absent');
  isServed = true;
  await clock.advance(5_000);
  expect(source.availability).toBe('served');
});

test('where definitions may not be watched, discovery is asked every half minute', async () => {
  mayListCrds = false;
  await started();
  isServed = true;
  await clock.advance(30_000);
  expect(source.availability).toBe('served');
});

test('where definitions are watched, an idle cluster is hardly asked at all', async () => {
  await started();
  discoveries = 0;
  await clock.advance(290_000);
  expect(discoveries).toBeLessThanOrEqual(6);
  for (let turn = 0; turn < 10; turn += 1) {
    crdWatch?.end();
    await clock.advance(300_000);
  }
  expect(discoveries).toBeLessThanOrEqual(17);
});

describe('not knowing', () => {
  test('is neither there nor absent, and ends with the first answer', async () => {
    discoveryFails = true;
    await started();
    expect(source.availability).toBe('unknown');
    expect(source.isSynced).toBe(false);
    discoveryFails = false;
    isServed = true;
    await clock.advance(2_000);
    expect(source.availability).toBe('served');
  });

  test('is no reason to let go', async () => {
    isServed = true;
    await started();
    isServed = false;
    unknown = ['monitoring.coreos.com/v1'];
    crdWatch?.send({ type: 'ADDED', object: definition('1') });
    await clock.advance(60_000);
    expect(source.availability).toBe('served');
    discoveryFails = true;
    await clock.advance(600_000);
    expect(source.availability).toBe('served');
  });
});

describe('a kind that we may not list', () => {
  beforeEach(async () => {
    isServed = true;
    mayListMonitors = false;
    await started();
  });

  test('is said to be forbidden, and holds nobody up', async () => {
    expect(await source.synced()).toBe(true);
    expect(source.availability).toBe('forbidden');
  });

  test('is followed once we may', async () => {
    mayListMonitors = true;
    await clock.advance(60_000);
    expect(source.availability).toBe('served');
    expect(changes).toEqual(['forbidden', 'served']);
  });
});

describe('a kind that is followed', () => {
  const refuse = async (): Promise<void> => {
    mayListMonitors = false;
    monitorWatches.at(-1)?.end(new KubeError('forbidden', 'may not watch'));
    await clock.settle();
  };
  beforeEach(async () => {
    isServed = true;
    await started();
  });

  test('stays so while a server that has just started refuses everybody', async () => {
    await refuse();
    mayListMonitors = true;
    await clock.advance(1_000);
    expect(changes).toEqual(['served']);
    expect(monitorWatches.at(-1)?.isLeft).toBe(false);
  });

  test('is forbidden when the right is taken, and followed again when it is given back', async () => {
    await refuse();
    await clock.advance(10_000);
    expect(source.availability).toBe('forbidden');
    mayListMonitors = true;
    await clock.advance(60_000);
    expect(changes).toEqual(['served', 'forbidden', 'served']);
  });
});

test('a source that is stopped before it knows says so', async () => {
  discoveryFails = true;
  await started();
  await source.stop();
  expect(await source.synced()).toBe(false);
});
