import { beforeEach, describe, expect, test } from '@jest/globals';
import { anObject } from '../../test/kit/scripted-kube.ts';
import { byOwnerUid, Store, subjectOf } from './store.ts';

let store: Store;
let events: string[];

beforeEach(() => {
  store = new Store({ city: ({ metadata }) => [metadata.labels?.['city'] ?? ''].filter(Boolean) });
  events = [];
  store.subscribe((event) => {
    const { before, after, type, isInitial } = event;
    const versions = [before, after].map((side) => side?.metadata.resourceVersion ?? '-').join('>');
    events.push(
      `${type} ${subjectOf(event).metadata.name} ${versions}${isInitial ? ' initial' : ''}`,
    );
  });
});

test('listeners learn what was there before and what is there now', () => {
  store.put(anObject('a'));
  store.put(anObject('a', { resourceVersion: '2' }));
  store.remove(anObject('a', { resourceVersion: '3' }));
  expect(events).toEqual(['added a ->1', 'updated a 1>2', 'deleted a 3>-']);
  expect(store.size).toBe(0);
});

test('a version that is known already is no news', () => {
  store.put(anObject('a'));
  store.put(anObject('a'));
  expect(events).toEqual(['added a ->1']);
});

test('an object that was deleted and made anew is two objects', () => {
  store.put(anObject('a'));
  store.put(anObject('a', { uid: 'another', resourceVersion: '9' }));
  expect(events).toEqual(['added a ->1', 'deleted a 1>-', 'added a ->9']);
});

test('what a new list does not name is gone', () => {
  store.put(anObject('kept'));
  store.put(anObject('gone'));
  store.put(anObject('changed'));
  events.length = 0;
  store.replaceAll([
    anObject('kept'),
    anObject('changed', { resourceVersion: '5' }),
    anObject('new'),
  ]);
  expect(events.sort()).toEqual([
    'added new ->1 initial',
    'deleted gone 1>- initial',
    'updated changed 1>5 initial',
  ]);
});

test("a list of one namespace leaves the others' objects alone", () => {
  store.put(anObject('a'));
  store.put(anObject('b', { namespace: 'team-b' }));
  store.replaceAll([], 'team-a');
  expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['b']);
  expect(store.list('team-b')).toHaveLength(1);
});

test('what kubectl noted of an object is not kept, and its other annotations are', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', user: 'alice' };
  store.put(anObject('a', { annotations }));
  const held = store.get({ name: 'a', namespace: 'team-a' });
  expect(held?.metadata.annotations).toEqual({ user: 'alice' });
});

test('of what nobody asks for, nothing is kept', () => {
  const names = new Store({}, ({ apiVersion, kind, metadata: { name, namespace, uid } }) => ({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(uid && { uid }) },
  }));
  names.put({ ...anObject('a', { labels: { city: 'Rome' } }), data: { much: 'more' } });
  const held = names.get({ name: 'a', namespace: 'team-a' });
  expect(held).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'team-a', uid: 'uid-a' },
  });
});

test('objects cannot be changed, and carry no managed fields', () => {
  store.put({
    ...anObject('a', { managedFields: [{ manager: 'x' }] }),
    spec: { deep: [{ n: 1 }] },
  });
  const held = store.get({ name: 'a', namespace: 'team-a' });
  expect(held?.metadata).not.toHaveProperty('managedFields');
  const { deep } = held?.['spec'] as { deep: { n: number }[] };
  expect(() => {
    (deep[0] as { n: number }).n = 2;
  }).toThrow(TypeError);
  expect(() => {
    (held as { kind: string }).kind = 'Other';
  }).toThrow(TypeError);
});

describe('indexes', () => {
  test('follow additions, changes and deletions', () => {
    store.put(anObject('a', { labels: { city: 'Bern' } }));
    store.put(anObject('b', { labels: { city: 'Bern' } }));
    store.put(anObject('a', { labels: { city: 'Basel' }, resourceVersion: '2' }));
    const names = (city: string): string[] =>
      store.find('city', city).map(({ metadata }) => metadata.name);
    expect(names('Bern')).toEqual(['b']);
    expect(names('Basel')).toEqual(['a']);
    store.remove(anObject('b', { labels: { city: 'Bern' } }));
    expect(names('Bern')).toEqual([]);
  });

  test('find objects by the uid of an owner', () => {
    const owner = { apiVersion: 'v1', kind: 'Owner', name: 'o', uid: 'owner-1' };
    store.put(anObject('a', { ownerReferences: [owner] }));
    store.put(anObject('b'));
    expect(store.find(byOwnerUid, 'owner-1')).toHaveLength(1);
    expect(store.find(byOwnerUid, 'owner-2')).toHaveLength(0);
  });

  test('that do not exist are a mistake', () => {
    expect(() => store.find('street', 'x')).toThrow('no index "street"');
  });
});

test('a listener that left hears nothing more', () => {
  const heard: string[] = [];
  const leave = store.subscribe(({ type }) => heard.push(type));
  store.put(anObject('a'));
  leave();
  store.put(anObject('b'));
  expect(heard).toEqual(['added']);
});
