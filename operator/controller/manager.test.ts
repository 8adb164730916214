import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createFakeClock, type FakeClock } from '../../test/kit/fake-clock.ts';
import { anObject, scriptedKube, ScriptedWatch } from '../../test/kit/scripted-kube.ts';
import { silentLog } from '../../test/kit/silent-log.ts';
import { KubeError, type KubeObject, type ResourceType } from '../kube/port.ts';
import { Controller } from './controller.ts';
import { Manager, type ManagerOptions } from './manager.ts';
import { EngineMetrics } from './metrics.ts';
import { TerminalError } from './reconcile.ts';
import { createSource, type Source } from './source.ts';

const type: ResourceType = {
  group: 'example.com',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
};

let clock: FakeClock;
let registry: Registry;
let order: string[];
let manager: Manager;
let listing: 'answers' | 'fails';
let leaseHolder: string;
let lease: KubeObject | undefined;
let leaseFails: boolean;
let watches: ScriptedWatch[];
let reconcile: (signal: AbortSignal) => Promise<void>;

beforeEach(() => {
  clock = createFakeClock();
  registry = new Registry();
  order = [];
  listing = 'answers';
  leaseHolder = '';
  leaseFails = false;
  watches = [];
  lease = undefined;
  reconcile = () => Promise.resolve();
});

afterEach(async () => {
  const stopped = manager.stop();
  await clock.advance(60_000);
  await stopped;
  expect(clock.timers()).toBe(0);
  expect(watches.every((watch) => watch.isLeft)).toBe(true);
});

function build(more: Partial<ManagerOptions> = {}): void {
  const writeLease = (object: KubeObject): Promise<KubeObject> => {
    if (leaseFails) return Promise.reject(new KubeError('unreachable', 'no route'));
    lease = object;
    const { holderIdentity } = object['spec'] as { holderIdentity: string };
    order.push(holderIdentity === '' ? 'released' : 'leading');
    return Promise.resolve(object);
  };
  const kube = scriptedKube({
    list: () => {
      order.push('listed');
      if (listing === 'fails') return Promise.reject(new KubeError('not-found', 'no such kind'));
      return Promise.resolve({ items: [anObject('a'), anObject('b')], resourceVersion: '1' });
    },
    watch: (_type, options = {}) => {
      const watch = new ScriptedWatch(options);
      watches.push(watch);
      return watch;
    },
    get: () => {
      if (leaseHolder !== '') return Promise.resolve(heldBy(leaseHolder));
      if (lease !== undefined) return Promise.resolve(lease);
      return Promise.reject(new KubeError('not-found', 'no lease'));
    },
    create: (_type, object) => writeLease(object),
    replace: (_type, object) => writeLease(object),
  });
  const metrics = new EngineMetrics(registry);
  const controller = new Controller({
    name: 'thing',
    primary: createSource({ kube, type, clock, log: silentLog }),
    reconcile: async (name, { signal }) => {
      order.push(`reconciled ${name.name}`);
      await reconcile(signal);
      return {};
    },
    clock,
    log: silentLog,
    newId: () => 'id',
    concurrency: 1,
    observe: metrics.observe('thing'),
  });
  manager = new Manager({
    controllers: [controller],
    election: { kube, lease: { namespace: 'home', name: 'operator' }, identity: 'me' },
    metrics,
    clock,
    log: silentLog,
    ...more,
  });
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

function heldBy(holderIdentity: string): KubeObject {
  return { ...anObject('operator'), spec: { holderIdentity, leaseDurationSeconds: 15 } };
}

test('caches are filled before it leads, and it leads before workers run', async () => {
  build();
  expect(manager.readiness()).toEqual({ isGood: false, problems: ['the manager is new'] });
  expect(await manager.start()).toBe(true);
  await clock.settle();
  expect(order).toEqual(['listed', 'leading', 'reconciled a', 'reconciled b']);
  expect(manager.readiness()).toEqual({ isGood: true, problems: [] });
  expect(manager.health()).toEqual({ isGood: true, problems: [] });
});

test('it stops the other way round, and nothing is left running', async () => {
  build();
  await manager.start();
  await clock.settle();
  await manager.stop();
  expect(order.at(-1)).toBe('released');
  expect(clock.timers()).toBe(0);
  expect(watches.every((watch) => watch.isLeft)).toBe(true);
  expect(manager.readiness().isGood).toBe(false);
});

test('it waits for a reconcile that runs before it gives up leadership', async () => {
  build();
  let end: () => void = () => undefined;
  reconcile = () =>
    new Promise((resolve) => {
      end = resolve;
    });
  await manager.start();
  await clock.settle();
  const stopped = manager.stop();
  await clock.advance(10_000);
  expect(order).not.toContain('released');
  end();
  await stopped;
  expect(order.at(-1)).toBe('released');
  expect(order).not.toContain('reconciled b');
});

test('a kind that cannot be listed keeps it from being ready, and is named', async () => {
  build();
  listing = 'fails';
  const started = manager.start();
  await clock.advance(120_000);
  expect(manager.readiness()).toEqual({
    isGood: false,
    problems: [
      'Thing is not listed yet: example.com/v1 Thing is not served: is its CRD installed?',
    ],
  });
  expect(manager.health().isGood).toBe(true);
  expect(order).not.toContain('leading');
  listing = 'answers';
  await clock.advance(30_000);
  expect(await started).toBe(true);
});

test('a standby has full caches, is ready, and works on nothing', async () => {
  build();
  leaseHolder = 'another';
  const started = manager.start();
  await clock.advance(10_000);
  expect(manager.readiness().isGood).toBe(true);
  expect(manager.isLeader).toBe(false);
  expect(order).toEqual(['listed']);
  await manager.stop();
  expect(await started).toBe(false);
});

test('without an election it works at once', async () => {
  build();
  const kube = scriptedKube({
    list: () => Promise.resolve({ items: [], resourceVersion: '1' }),
    watch: (_type, options = {}) => new ScriptedWatch(options),
  });
  const sources = [createSource({ kube, type, clock, log: silentLog })];
  manager = new Manager({ controllers: [], sources, clock, log: silentLog });
  expect(await manager.start()).toBe(true);
  expect(manager.isLeader).toBe(true);
});

test('losing the lease ends everything that runs at once', async () => {
  build();
  const reasons: unknown[] = [];
  reconcile = (signal) =>
    untilAborted(signal).finally(() => {
      reasons.push(signal.reason);
    });
  await manager.start();
  await clock.settle();
  leaseFails = true;
  await clock.advance(11_000);
  const why = await manager.lost;
  expect(why.message).toBe('the lease could not be renewed for 10 s');
  expect(reasons).toEqual([why]);
  expect(manager.isLeader).toBe(false);
});

describe('health', () => {
  test.each([
    ['without a word', undefined, ['nothing was heard of Thing for 901 s']],
    ['and said why', new KubeError('unreachable', 'no route'), []],
  ])('knows a watch that went silent %s', async (_how, lastError, problems) => {
    build();
    const source = createSource({ kube: scriptedKube({}), type, clock, log: silentLog });
    const silent = Object.create(source, {
      lastError: { value: lastError },
      stalenessSeconds: { value: () => 901 },
      start: { value: () => undefined },
      synced: { value: () => Promise.resolve(true) },
    }) as Source;
    manager = new Manager({ controllers: [], sources: [silent], clock, log: silentLog });
    await manager.start();
    expect(manager.health().problems).toEqual(problems);
  });

  test('does not blame a server that cannot be reached', async () => {
    build();
    await manager.start();
    listing = 'fails';
    for (const watch of watches) watch.end(new KubeError('unreachable', 'no route'));
    await clock.settle();
    expect(manager.health()).toEqual({ isGood: true, problems: [] });
  });
});

describe('metrics', () => {
  async function samples(): Promise<Record<string, number>> {
    const text = await registry.metrics();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return Object.fromEntries(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  }

  test('show zeros before anything happened', async () => {
    build();
    expect(await samples()).toMatchObject({
      'controller_runtime_reconcile_total{controller="thing",result="success"}': 0,
      'controller_runtime_reconcile_errors_total{controller="thing"}': 0,
      'workqueue_depth{name="thing",controller="thing"}': 0,
      'leader_election_master_status{name="operator"}': 0,
    });
  });

  test('tell of work, errors and what is under way', async () => {
    build();
    let turn = 0;
    reconcile = (signal) => {
      turn += 1;
      if (turn === 1) return Promise.reject(new TerminalError('never'));
      if (turn === 2) return Promise.resolve();
      return untilAborted(signal);
    };
    await manager.start();
    await clock.settle();
    for (const name of ['c', 'd']) {
      watches[0]?.send({ type: 'ADDED', object: anObject(name, { resourceVersion: `5${name}` }) });
    }
    await clock.advance(4_000);
    expect(await samples()).toMatchObject({
      'controller_runtime_reconcile_total{controller="thing",result="success"}': 1,
      'controller_runtime_reconcile_total{controller="thing",result="error"}': 1,
      'controller_runtime_reconcile_errors_total{controller="thing"}': 1,
      'controller_runtime_terminal_reconcile_errors_total{controller="thing"}': 1,
      'controller_runtime_reconcile_time_seconds_count{controller="thing"}': 2,
      'controller_runtime_active_workers{controller="thing"}': 1,
      'controller_runtime_max_concurrent_reconciles{controller="thing"}': 1,
      'workqueue_depth{name="thing",controller="thing"}': 1,
      'workqueue_adds_total{name="thing",controller="thing"}': 4,
      'workqueue_retries_total{name="thing",controller="thing"}': 0,
      'workqueue_queue_duration_seconds_count{name="thing",controller="thing"}': 3,
      'workqueue_work_duration_seconds_count{name="thing",controller="thing"}': 2,
      'workqueue_unfinished_work_seconds{name="thing",controller="thing"}': 4,
      'workqueue_longest_running_processor_seconds{name="thing",controller="thing"}': 4,
      'leader_election_master_status{name="operator"}': 1,
      'controller_watch_staleness_seconds{group="example.com",kind="Thing"}': 4,
      'controller_kind_available{group="example.com",kind="Thing"}': 1,
    });
  });
});
