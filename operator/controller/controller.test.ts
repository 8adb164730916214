import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, type FakeClock } from '../../test/kit/fake-clock.ts';
import { keepingLog } from '../../test/kit/keeping-log.ts';
import { anObject } from '../../test/kit/scripted-kube.ts';
import { KubeError, type KubeObject, type ObjectName, type ResourceType } from '../kube/port.ts';
import { Controller, controllerOwner, type ControllerOptions } from './controller.ts';
import { TerminalError, type ReconcileContext, type ReconcileResult } from './reconcile.ts';
import type { Availability, Source } from './source.ts';
import { Store } from './store.ts';

const type: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

/** A source that the test fills. */
class FilledSource implements Source {
  readonly type = type;
  readonly store = new Store();
  readonly isSynced = true;
  readonly lastError = undefined;
  readonly #listeners = new Set<(now: Availability) => void>();
  availability: Availability = 'served';
  stalenessSeconds(): number {
    return 0;
  }
  start(): void {
    return undefined;
  }
  synced(): Promise<boolean> {
    return Promise.resolve(true);
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  onAvailability(listener: (now: Availability) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  become(now: Availability): void {
    this.availability = now;
    for (const listener of this.#listeners) listener(now);
  }
}

let clock: FakeClock;
let primary: FilledSource;
let owned: FilledSource;
let lines: string[];
let reconciled: string[];
let reconcile: (name: ObjectName, context: ReconcileContext) => Promise<ReconcileResult>;
let controller: Controller;

beforeEach(() => {
  clock = createFakeClock();
  primary = new FilledSource();
  owned = new FilledSource();
  lines = [];
  reconciled = [];
  reconcile = () => Promise.resolve({});
  build();
});

afterEach(async () => {
  const stopped = controller.stop(1_000);
  await clock.advance(10_000);
  await stopped;
  expect(clock.timers()).toBe(0);
});

function build(more: Partial<ControllerOptions> = {}): void {
  let ids = 0;
  controller = new Controller({
    name: 'test',
    primary,
    watches: [{ source: owned, map: controllerOwner('example.com', 'Owner') }],
    reconcile: (name, context) => {
      reconciled.push(name.name);
      return reconcile(name, context);
    },
    clock,
    log: keepingLog(lines),
    newId: () => `id-${(ids += 1)}`,
    ...more,
  });
}

async function started(): Promise<void> {
  controller.listen();
  controller.start();
  await clock.settle();
}

function ownedBy(owner: string, version: string): KubeObject {
  const reference = { apiVersion: 'example.com/v1', kind: 'Owner', name: owner, uid: owner };
  return anObject('child', {
    resourceVersion: version,
    ownerReferences: [{ ...reference, controller: true }],
  });
}

describe('what calls reconcile', () => {
  test('additions, edits and deletions of the primary kind', async () => {
    await started();
    primary.store.put(anObject('a', { generation: 1 }));
    await clock.settle();
    primary.store.put(anObject('a', { generation: 2, resourceVersion: '2' }));
    await clock.settle();
    primary.store.put(anObject('a', { generation: 2, resourceVersion: '3', labels: { x: 'y' } }));
    await clock.settle();
    primary.store.remove(anObject('a', { resourceVersion: '4' }));
    await clock.settle();
    expect(reconciled).toEqual(['a', 'a', 'a', 'a']);
  });

  test('not the status that it wrote itself', async () => {
    await started();
    primary.store.put({ ...anObject('a', { generation: 1 }), status: { ready: false } });
    primary.store.put({
      ...anObject('a', { generation: 1, resourceVersion: '2' }),
      status: { ready: true },
    });
    await clock.settle();
    expect(reconciled).toEqual(['a']);
    primary.store.put({
      ...anObject('a', { generation: 1, resourceVersion: '3' }),
      status: { ready: false },
    });
    await clock.settle();
    expect(reconciled).toEqual(['a']);
  });

  test('changes of kinds without a generation, such as a ConfigMap', async () => {
    await started();
    primary.store.put({ ...anObject('a'), data: { key: 'one' } });
    await clock.settle();
    primary.store.put({ ...anObject('a', { resourceVersion: '2' }), data: { key: 'two' } });
    await clock.settle();
    expect(reconciled).toEqual(['a', 'a']);
  });

  test('changes of an owned object, for the owner before and the owner after', async () => {
    await started();
    owned.store.put(ownedBy('a', '1'));
    await clock.settle();
    owned.store.put(ownedBy('b', '2'));
    await clock.settle();
    owned.store.put(anObject('stranger'));
    await clock.settle();
    expect(reconciled).toEqual(['a', 'a', 'b']);
  });

  test('an API that comes or goes, for every object', async () => {
    await started();
    for (const name of ['a', 'b']) primary.store.put(anObject(name));
    await clock.settle();
    owned.become('absent');
    await clock.settle();
    expect(reconciled).toEqual(['a', 'b', 'a', 'b']);
  });

  test('time, for every object', async () => {
    primary.store.put(anObject('a'));
    await started();
    await clock.advance(36_000_000);
    expect(reconciled).toEqual(['a']);
    await clock.advance(36_000_000);
    expect(reconciled).toEqual(['a', 'a']);
  });

  test('its own wish to look again', async () => {
    reconcile = () => Promise.resolve({ requeueAfterMs: 60_000 });
    await started();
    primary.store.put(anObject('a'));
    await clock.advance(59_000);
    expect(reconciled).toEqual(['a']);
    await clock.advance(2_000);
    expect(reconciled).toEqual(['a', 'a']);
  });
});

test('edits overtake the first list', async () => {
  controller.listen();
  primary.store.replaceAll(['a', 'b', 'c'].map((name) => anObject(name)));
  primary.store.put(anObject('c', { resourceVersion: '2', labels: { edited: 'yes' } }));
  controller.start();
  await clock.settle();
  expect(reconciled[0]).toBe('c');
});

test('a mapper that throws is logged and loses nothing else', async () => {
  build({
    watches: [
      {
        source: owned,
        map: () => {
          throw new Error('broken mapper');
        },
      },
    ],
  });
  await started();
  owned.store.put(anObject('x'));
  primary.store.put(anObject('a'));
  await clock.settle();
  expect(reconciled).toEqual(['a']);
  expect(lines.join('\n')).toMatch(/cannot map an event.*broken mapper/);
});

describe('workers', () => {
  test('run as many objects at once as they may, and each of them once at a time', async () => {
    let now = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    reconcile = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise<void>((resolve) => ends.push(resolve));
      now -= 1;
      return {};
    };
    build({ concurrency: 2 });
    await started();
    for (const name of ['a', 'b', 'c']) primary.store.put(anObject(name));
    primary.store.put(anObject('a', { resourceVersion: '2', labels: { x: 'y' } }));
    await clock.settle();
    expect(reconciled).toEqual(['a', 'b']);
    while (ends.length > 0) {
      ends.shift()?.();
      await clock.settle();
    }
    expect(most).toBe(2);
    expect(reconciled).toEqual(['a', 'b', 'c', 'a']);
  });

  test('end a reconcile that takes too long, by its signal', async () => {
    reconcile = (_name, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    build({ timeoutMs: 5_000 });
    await started();
    primary.store.put(anObject('a'));
    await clock.advance(5_000);
    expect(lines.join('\n')).toMatch(/reconcile failed.*longer than 5000 ms/);
    await clock.advance(100);
    expect(reconciled).toEqual(['a', 'a']);
  });
});

describe('a reconcile that fails', () => {
  test('is tried again, later each time, until it succeeds', async () => {
    let failures = 3;
    reconcile = () => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error('not yet')) : Promise.resolve({});
    };
    await started();
    primary.store.put(anObject('a'));
    await clock.advance(60_000);
    expect(reconciled).toEqual(['a', 'a', 'a', 'a']);
    expect(controller.queue.failures('team-a/a')).toBe(0);
    const [line = ''] = lines.filter((each) => each.includes('not yet'));
    expect(line).toContain('"controller":"test","object":"team-a/a","reconcileId":"id-1"');
  });

  test('for good is tried again when something changes, and not before', async () => {
    reconcile = () => Promise.reject(new TerminalError('never'));
    await started();
    primary.store.put(anObject('a'));
    await clock.advance(3_600_000);
    expect(reconciled).toEqual(['a']);
    primary.store.put(anObject('a', { resourceVersion: '2', labels: { x: 'y' } }));
    await clock.settle();
    expect(reconciled).toEqual(['a', 'a']);
  });

  test('because the server is busy waits as long as the server asks', async () => {
    let isBusy = true;
    reconcile = () => {
      if (!isBusy) return Promise.resolve({});
      isBusy = false;
      const busy = new KubeError('too-many-requests', 'busy', { retryAfterSeconds: 20 });
      return Promise.reject(busy);
    };
    await started();
    primary.store.put(anObject('a'));
    await clock.advance(19_000);
    expect(reconciled).toEqual(['a']);
    await clock.advance(1_000);
    expect(reconciled).toEqual(['a', 'a']);
  });

  test('because the cache was old is no error in the log', async () => {
    let isOld = true;
    reconcile = () => {
      if (!isOld) return Promise.resolve({});
      isOld = false;
      return Promise.reject(new KubeError('conflict', 'newer'));
    };
    await started();
    primary.store.put(anObject('a'));
    await clock.advance(1_000);
    expect(reconciled).toEqual(['a', 'a']);
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

describe('stopping', () => {
  test('lets a running reconcile end, and begins no other', async () => {
    let end: () => void = () => undefined;
    reconcile = () =>
      new Promise((resolve) => {
        end = () => {
          resolve({});
        };
      });
    build({ concurrency: 1 });
    await started();
    primary.store.put(anObject('a'));
    primary.store.put(anObject('b'));
    await clock.settle();
    let isStopped = false;
    const stopped = controller.stop(30_000).then(() => {
      isStopped = true;
    });
    await clock.advance(1_000);
    expect(isStopped).toBe(false);
    end();
    await stopped;
    expect(reconciled).toEqual(['a']);
  });

  test('ends a reconcile by its signal when the grace is over', async () => {
    reconcile = (_name, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    await started();
    primary.store.put(anObject('a'));
    await clock.settle();
    const stopped = controller.stop(30_000);
    await clock.advance(30_000);
    await stopped;
  });

  test('leaves a reconcile behind that does not listen to its signal', async () => {
    reconcile = () => new Promise(() => undefined);
    build({ timeoutMs: 1_000 });
    await started();
    primary.store.put(anObject('a'));
    await clock.settle();
    const stopped = controller.stop(30_000);
    await clock.advance(35_000);
    await stopped;
    expect(lines.join('\n')).toContain('a reconcile does not end');
  });
});

test('owners are found by group and kind, whatever their version, if they control', () => {
  const map = controllerOwner('example.com', 'Owner');
  expect(map(ownedBy('a', '1'))).toEqual([{ namespace: 'team-a', name: 'a' }]);
  const reference = { apiVersion: 'example.com/v2', kind: 'Owner', name: 'a', uid: 'a' };
  const mere = anObject('child', { ownerReferences: [reference] });
  const other = anObject('child', {
    ownerReferences: [{ ...reference, apiVersion: 'other.com/v1', controller: true }],
  });
  expect([...map(mere), ...map(other)]).toEqual([]);
});
