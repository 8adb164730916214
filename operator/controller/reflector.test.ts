import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, type FakeClock } from '../../test/kit/fake-clock.ts';
import { anObject, scriptedKube, ScriptedWatch } from '../../test/kit/scripted-kube.ts';
import { silentLog } from '../../test/kit/silent-log.ts';
import { KubeError, type KubeList, type ListOptions, type ResourceType } from '../kube/port.ts';
import { Reflector } from './reflector.ts';
import { Store } from './store.ts';

const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

let clock: FakeClock;
let store: Store;
let reflector: Reflector;
let lists: ListOptions[];
let watches: ScriptedWatch[];
let answer: (options: ListOptions) => Promise<KubeList>;
let onWatch: (watch: ScriptedWatch) => void;

beforeEach(() => {
  clock = createFakeClock();
  store = new Store();
  lists = [];
  watches = [];
  answer = () => Promise.resolve({ items: [anObject('a')], resourceVersion: '10' });
  onWatch = () => undefined;
  const kube = scriptedKube({
    list: (_type, options = {}) => {
      lists.push(options);
      return answer(options);
    },
    watch: (_type, options = {}) => {
      const watch = new ScriptedWatch(options);
      watches.push(watch);
      onWatch(watch);
      return watch;
    },
  });
  reflector = new Reflector({ kube, type: configMaps, store, clock, log: silentLog });
});

afterEach(async () => {
  await reflector.stop();
  expect(clock.timers()).toBe(0);
});

function lastWatch(): ScriptedWatch {
  const watch = watches.at(-1);
  if (watch === undefined) throw new Error('no watch was opened');
  return watch;
}

function names(): string[] {
  return store.list().map(({ metadata }) => metadata.name);
}

async function started(): Promise<void> {
  reflector.start();
  await clock.settle();
}

test('lists in pages from the cache of the server, then watches from there', async () => {
  answer = ({ continue: next }) =>
    Promise.resolve(
      next === undefined
        ? { items: [anObject('a')], resourceVersion: '10', continue: 'more' }
        : { items: [anObject('b')], resourceVersion: '10' },
    );
  expect(reflector.isSynced).toBe(false);
  await started();
  expect(await reflector.synced).toBe(true);
  expect(names()).toEqual(['a', 'b']);
  expect(lists[0]).toMatchObject({ limit: 500, resourceVersion: '0' });
  expect(lists[1]).toMatchObject({ limit: 500, continue: 'more' });
  expect(lists[1]).not.toHaveProperty('resourceVersion');
  expect(lastWatch().options).toMatchObject({
    resourceVersion: '10',
    allowWatchBookmarks: true,
    timeoutSeconds: 300,
  });
});

test('follows changes', async () => {
  await started();
  lastWatch().send(
    { type: 'ADDED', object: anObject('b', { resourceVersion: '11' }) },
    { type: 'MODIFIED', object: anObject('b', { resourceVersion: '12', labels: { new: 'yes' } }) },
    { type: 'DELETED', object: anObject('a', { resourceVersion: '13' }) },
  );
  await clock.settle();
  expect(names()).toEqual(['b']);
  expect(store.list()[0]?.metadata.labels).toEqual({ new: 'yes' });
});

test('a watch that ends in time goes on where it ended, bookmarks included', async () => {
  await started();
  lastWatch().send({ type: 'BOOKMARK', object: anObject('', { resourceVersion: '40' }) });
  await clock.advance(300_000);
  lastWatch().end();
  await clock.settle();
  expect(lists).toHaveLength(1);
  expect(watches).toHaveLength(2);
  expect(lastWatch().options.resourceVersion).toBe('40');
});

describe('a version that is too old', () => {
  const gone = new KubeError('gone', 'too old');

  beforeEach(async () => {
    await started();
    answer = () => Promise.resolve({ items: [anObject('b')], resourceVersion: '90' });
  });

  test.each(['event', 'refusal'])('makes it list again at once, by %s', async (how) => {
    await clock.advance(60_000);
    if (how === 'event') lastWatch().send({ type: 'ERROR', error: gone });
    else lastWatch().end(gone);
    await clock.settle();
    expect(names()).toEqual(['b']);
    expect(lists).toHaveLength(2);
    // Not from the server's cache, which may be older than what we have seen.
    expect(lists[1]).not.toHaveProperty('resourceVersion');
    expect(lastWatch().options.resourceVersion).toBe('90');
  });

  test('makes it list at once also after failures, which say nothing of the version', async () => {
    let refusals = 2;
    onWatch = (watch) => {
      refusals -= 1;
      if (refusals > 0) watch.end(new KubeError('unreachable', 'no route'));
      else if (refusals === 0) watch.end(gone);
    };
    lastWatch().end(new KubeError('unreachable', 'no route'));
    // The failures before cost time; the version that is gone does not.
    for (let waited = 0; refusals > 0 && waited < 120; waited += 1) await clock.advance(1_000);
    await clock.settle();
    expect(names()).toEqual(['b']);
    expect(refusals).toBeLessThan(0);
  });

  test('does not make it list without end', async () => {
    onWatch = (watch) => {
      watch.end(gone);
    };
    lastWatch().end(gone);
    await clock.settle();
    expect(lists.length).toBeLessThanOrEqual(2);
    await clock.advance(60_000);
    expect(lists.length).toBeLessThanOrEqual(8);
  });
});

describe('failures', () => {
  test('are waited out, longer each time, and never given up on', async () => {
    const tries: number[] = [];
    answer = () => {
      tries.push(clock.monotonicMs());
      return Promise.reject(new KubeError('unreachable', 'no route'));
    };
    await started();
    await clock.advance(3_600_000);
    const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(waits.slice(0, 7)).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000]);
    expect(waits.slice(7).every((wait) => wait === 30_000)).toBe(true);
    expect(reflector.lastError).toMatchObject({ code: 'unreachable' });
    expect(reflector.isSynced).toBe(false);

    answer = () => Promise.resolve({ items: [anObject('a')], resourceVersion: '1' });
    await clock.advance(30_000);
    expect(reflector.isSynced).toBe(true);
    expect(reflector.lastError).toBeUndefined();
  });

  test('of a watch make it watch again from the same place', async () => {
    await started();
    lastWatch().send({ type: 'ADDED', object: anObject('b', { resourceVersion: '11' }) });
    await clock.settle();
    lastWatch().end(new KubeError('unreachable', 'connection lost'));
    await clock.advance(800);
    expect(lists).toHaveLength(1);
    expect(lastWatch().options.resourceVersion).toBe('11');
  });

  test('in a row make it list again, for its version may be the reason', async () => {
    await started();
    onWatch = (watch) => {
      watch.end(new KubeError('timeout', 'too large resource version'));
    };
    lastWatch().end(new KubeError('timeout', 'too large resource version'));
    await clock.advance(10_000);
    expect(lists.length).toBeGreaterThan(1);
  });

  test('are forgotten once a watch lasted', async () => {
    await started();
    for (let turn = 0; turn < 5; turn += 1) {
      await clock.advance(40_000);
      lastWatch().end(new KubeError('unreachable', 'connection lost'));
      await clock.advance(800);
    }
    expect(watches).toHaveLength(6);
  });

  test('are forgotten once a watch brought something', async () => {
    await started();
    for (let turn = 0; turn < 5; turn += 1) {
      const resourceVersion = String(20 + turn);
      lastWatch().send({ type: 'ADDED', object: anObject('b', { resourceVersion }) });
      await clock.settle();
      lastWatch().end(new KubeError('unreachable', 'connection lost'));
      await clock.advance(800);
    }
    expect(watches).toHaveLength(6);
  });

  test('do not delay the list when the history is gone after an outage', async () => {
    await started();
    onWatch = (watch) => {
      watch.end(new KubeError('unreachable', 'no route'));
    };
    lastWatch().end(new KubeError('unreachable', 'connection lost'));
    await clock.advance(800);
    answer = () => Promise.resolve({ items: [anObject('b')], resourceVersion: '90' });
    onWatch = (watch) => {
      if (watch.options.resourceVersion === '10') watch.end(new KubeError('gone', 'too old'));
    };
    await clock.advance(1_600);
    expect(names()).toEqual(['b']);
  });

  test('include watches that end at once, so that nothing spins', async () => {
    onWatch = (watch) => {
      watch.end();
    };
    await started();
    await clock.advance(60_000);
    expect(watches.length).toBeLessThan(10);
  });

  test('include watches that outlive their time', async () => {
    await started();
    const [first] = watches;
    await clock.advance(329_000);
    expect(watches).toHaveLength(1);
    await clock.advance(2_000);
    expect(first?.isLeft).toBe(true);
    expect(watches).toHaveLength(2);
  });
});

test('tells how long nothing was heard', async () => {
  await started();
  await clock.advance(90_000);
  expect(reflector.stalenessSeconds()).toBe(90);
  lastWatch().send({ type: 'BOOKMARK', object: anObject('', { resourceVersion: '40' }) });
  await clock.settle();
  expect(reflector.stalenessSeconds()).toBe(0);
});

describe('a reflector that is stopped', () => {
  test('leaves nothing running, in the middle of a watch', async () => {
    await started();
    await reflector.stop();
    expect(lastWatch().isLeft).toBe(true);
    lastWatch().send({ type: 'ADDED', object: anObject('late') });
    await clock.settle();
    expect(names()).toEqual(['a']);
  });

  test('leaves nothing running, in the middle of a wait', async () => {
    answer = () => Promise.reject(new KubeError('unreachable', 'no route'));
    await started();
    await reflector.stop();
    await clock.advance(60_000);
    expect(lists).toHaveLength(1);
    expect(await reflector.synced).toBe(false);
  });

  test('leaves nothing running, in the middle of a list', async () => {
    answer = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new Error('stopped'));
        });
      });
    await started();
    await reflector.stop();
    expect(names()).toEqual([]);
    expect(watches).toHaveLength(0);
  });
});
