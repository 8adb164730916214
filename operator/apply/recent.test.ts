import { beforeEach, expect, test } from '@jest/globals';
import { anObject } from '../../test/kit/scripted-kube.ts';
import { Store } from '../controller/store.ts';
import type { KubeObject } from '../kube/port.ts';
import { RecentWrites } from './recent.ts';

let cache: Store;
let recent: RecentWrites;

beforeEach(() => {
  cache = new Store();
  recent = new RecentWrites(({ metadata: { name, namespace = '' } }) =>
    cache.get({ name, namespace }),
  );
  cache.subscribe((event) => {
    recent.see(event);
  });
});

function owned(name: string, resourceVersion: string, uid = `uid-${name}`): KubeObject {
  const owner = { apiVersion: 'v1', kind: 'Owner', name: 'owner', uid: 'owner', controller: true };
  return anObject(name, { resourceVersion, uid, ownerReferences: [owner] });
}

test('what we wrote counts until the cache has it, and is let go of then', () => {
  recent.remember(owned('a', '9'));
  expect(recent.ownedBy('owner').map(({ metadata }) => metadata.name)).toEqual(['a']);
  expect(recent.ownedBy('another')).toEqual([]);
  cache.put(owned('a', '9'));
  expect(recent.ownedBy('owner')).toEqual([]);
  expect(recent.size).toBe(0);
});

test('an older form in the cache does not hide what we wrote', () => {
  cache.put(owned('a', '9'));
  recent.remember(owned('a', '10'));
  const cached = cache.get({ name: 'a', namespace: 'team-a' }) ?? owned('a', '0');
  expect(recent.freshest(cached).metadata.resourceVersion).toBe('10');
  cache.put(owned('a', '11'));
  const newer = cache.get({ name: 'a', namespace: 'team-a' }) ?? owned('a', '0');
  expect(recent.freshest(newer).metadata.resourceVersion).toBe('11');
});

test('nothing is held when the watch was faster than the answer', () => {
  cache.put(owned('a', '10'));
  recent.remember(owned('a', '10'));
  expect(recent.size).toBe(0);
});

test('an object that was deleted does not come back with a late answer', () => {
  cache.put(owned('a', '10'));
  cache.remove(owned('a', '11'));
  recent.remember(owned('a', '10'));
  expect(recent.ownedBy('owner')).toEqual([]);
  recent.remember(owned('a', '12', 'made-anew'));
  expect(recent.ownedBy('owner')).toHaveLength(1);
  // The end of the first is old news by now.
  recent.see({ type: 'deleted', before: owned('a', '11') });
  expect(recent.ownedBy('owner')).toHaveLength(1);
});
