import { expect, test } from '@jest/globals';
import type { KubeObject } from '../kube/port.ts';
import { RecentWrites } from './recent.ts';

function configMap(resourceVersion: string, uid = 'u1'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'demo-config',
      namespace: 'team-a',
      uid,
      resourceVersion,
      ownerReferences: [
        { apiVersion: 'x/v1', kind: 'X', name: 'demo', uid: 'owner', controller: true },
      ],
    },
  };
}

test('a cache that lags behind our write does not count', () => {
  const recent = new RecentWrites();
  const written = configMap('100');
  recent.remember(written);
  expect(recent.freshest(undefined, written)).toBe(written);
  expect(recent.freshest(configMap('99'), written)).toBe(written);
  expect(recent.ownedBy('owner')).toEqual([written]);
  expect(recent.ownedBy('other')).toEqual([]);
});

test('a cache that has caught up counts, and the write is forgotten', () => {
  const recent = new RecentWrites();
  recent.remember(configMap('9'));
  const cached = configMap('10');
  expect(recent.freshest(cached, cached)).toBe(cached);
  expect(recent.ownedBy('owner')).toEqual([]);
});

test('an object that was deleted is not brought back by what we wrote of it', () => {
  const recent = new RecentWrites();
  recent.remember(configMap('100'));
  recent.forget(configMap('101', 'another object of that name'));
  expect(recent.ownedBy('owner')).toHaveLength(1);
  recent.forget(configMap('101'));
  expect(recent.freshest(undefined, configMap('0'))).toBeUndefined();
});
