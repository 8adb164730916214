import { describe, expect, test } from '@jest/globals';
import type { KubeObject, ObjectMeta } from '../../kube/port.ts';
import { remindAgainMs, reminders, untilReminded, type Reasons } from './reminders.ts';

const nothing: Reasons = { apiKeySecretsHash: undefined, rivals: [], live: undefined, nowMs: 0 };
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

describe('a version that replaced another', () => {
  const replaced = { generation: 2 };
  const remind = (metadata: Partial<ObjectMeta>, nowMs: number): string | undefined =>
    reminders({ ...nothing, live: liveWith(metadata), nowMs })[version];

  test('is brought to mind once it is there, and once more later', () => {
    const first = remind(replaced, 1000);
    expect(first).toBe('2@1000');
    const reminded = { ...replaced, annotations: { [version]: '2@1000' } };
    expect(untilReminded(liveWith(reminded), 3000)).toBe(remindAgainMs - 2000);
    expect(untilReminded(liveWith(reminded), 1e12)).toBe(0);
    expect(remind(reminded, 1000 + remindAgainMs - 1)).toBe(first);
    expect(remind(reminded, 1000 + remindAgainMs)).toBe('2');
    const settled = { ...replaced, annotations: { [version]: '2' } };
    expect(untilReminded(liveWith(settled), 3000)).toBeUndefined();
    expect(remind(settled, 1e12)).toBe('2');
  });

  test.each(['2@900000000', '2@', '2@soon'])('is not waited for until %s', (last) => {
    expect(remind({ ...replaced, annotations: { [version]: last } }, 1_000_000)).toBe('2');
  });

  test('takes the place of one that was not yet done with', () => {
    expect(remind({ generation: 3, annotations: { [version]: '2@1000' } }, 2000)).toBe('3@2000');
    expect(remind({ generation: 3, annotations: { [version]: '2' } }, 2000)).toBe('3@2000');
  });

  test('may differ in nothing but the rivals that it had', () => {
    const rivals = ['a'];
    const live = liveWith({ generation: 1 });
    const first = reminders({ ...nothing, rivals, live });
    expect(first[version]).toBeUndefined();
    const came = remind({ annotations: first }, 1000) ?? '';
    expect(came).toMatch(/^1-[0-9a-f]{16}@1000$/);
    expect(remind({ annotations: { [version]: came } }, 2000)).toBe('1@2000');
  });
});
