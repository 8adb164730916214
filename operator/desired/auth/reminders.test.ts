import { expect, test } from '@jest/globals';
import type { KubeObject, ObjectMeta } from '../../kube/port.ts';
import { reminders, type Reasons } from './reminders.ts';

const nothing: Reasons = { apiKeySecretsHash: undefined, rivals: [], live: undefined };
const version = 'semantic-router.io/reminded-of';

function liveWith(metadata: Partial<ObjectMeta>): KubeObject {
  return { apiVersion: 'v1', kind: 'AuthConfig', metadata: { name: 'chat-auth', ...metadata } };
}

test('there is nothing to be reminded of at first, nor after it is created', () => {
  expect(reminders(nothing)).toEqual({});
  expect(reminders({ ...nothing, live: liveWith({ generation: 1 }) })).toEqual({});
});

test('what API-key Secrets say', () => {
  expect(reminders({ ...nothing, apiKeySecretsHash: '1' })).toEqual({
    'semantic-router.io/api-key-secrets-hash': '1',
  });
});

test('who else wants the host, in whatever order they are found', () => {
  const among = (...rivals: string[]): unknown => reminders({ ...nothing, rivals });
  expect(Object.keys(among('a') as object)).toEqual(['semantic-router.io/host-rivals-hash']);
  expect(among('a', 'b')).toEqual(among('b', 'a'));
  expect(among('a', 'b')).not.toEqual(among('a'));
});

test('a version that replaced another, once it is there', () => {
  const second = reminders({ ...nothing, live: liveWith({ generation: 2 }) });
  expect(second).toEqual({ [version]: '2' });
  const reminded = liveWith({ generation: 2, annotations: second });
  expect(reminders({ ...nothing, live: reminded })).toEqual(second);
});

test('that a rival came or went, once that is there', () => {
  const rivals = ['a'];
  const first = reminders({ ...nothing, rivals, live: liveWith({ generation: 1 }) });
  expect(first[version]).toBeUndefined();
  const next = reminders({ ...nothing, rivals, live: liveWith({ annotations: first }) });
  expect(next[version]).toBeDefined();
  const gone = reminders({ ...nothing, live: liveWith({ annotations: next }) });
  expect(gone).toEqual({ [version]: next[version] });
  expect(reminders({ ...nothing, live: liveWith({ annotations: gone }) })).toEqual({});
});
