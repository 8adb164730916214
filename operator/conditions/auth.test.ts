import { describe, expect, test } from '@jest/globals';
import { judgeAuth, type AuthFacts } from './auth.ts';
import type { KubeObject } from '../kube/port.ts';

const host = 'chat.team-a';

function live(status?: object): KubeObject {
  return {
    apiVersion: 'authorino.kuadrant.io/v1beta3',
    kind: 'AuthConfig',
    metadata: { name: 'chat-auth', namespace: 'team-a' },
    ...(status === undefined ? {} : { status }),
  };
}

const condition = (type: string, status: string, reason: string, message?: string): object => ({
  type,
  status,
  reason,
  ...(message === undefined ? {} : { message }),
});

const reconciled = {
  conditions: [
    condition('Available', 'True', 'HostsLinked'),
    condition('Ready', 'True', 'Reconciled'),
  ],
  summary: { ready: true, hostsReady: [host], numHostsReady: '1/1' },
};

function verdict(facts: Partial<AuthFacts>): readonly [string, string, string] {
  const { status, reason, message } = judgeAuth({
    ...{ wanted: true, served: true, outdated: false, hosts: [host], live: live(reconciled) },
    ...facts,
  });
  return [status, reason, message];
}

describe('AuthReady is', () => {
  test('true when Authorino is ready with all our hosts', () => {
    expect(verdict({})).toEqual([
      ...['True', 'Linked', 'Authorino holds the AuthConfig for chat.team-a.'],
    ]);
  });

  test('true when nobody is to be asked, whatever else there is', () => {
    const facts = { wanted: false, served: false, live: undefined };
    expect(verdict(facts).slice(0, 2)).toEqual(['True', 'NotRequested']);
  });

  test('false where the API is not served, with what to do', () => {
    expect(verdict({ served: false, live: undefined })).toEqual([
      'False',
      'ApiNotServed',
      expect.stringContaining('install Authorino'),
    ]);
  });

  test.each<[string, Partial<AuthFacts>]>([
    ['ours is not there', { live: undefined }],
    ['what is there is not what we want', { outdated: true }],
    ['Authorino has said nothing', { live: live() }],
    ['Authorino has said nothing of readiness', { live: live({ conditions: [] }) }],
    [
      'Authorino is at it',
      { live: live({ conditions: [condition('Ready', 'False', 'Reconciling')] }) },
    ],
    [
      'it is ready, but without a summary',
      { live: live({ conditions: [condition('Ready', 'True', 'Reconciled')] }) },
    ],
    ['it is ready with our old host', { hosts: ['new.example.com'] }],
  ])('unknown while %s', (_name, facts) => {
    expect(verdict(facts).slice(0, 2)).toEqual(['Unknown', 'Pending']);
  });

  test('false and names the hosts that somebody else has', () => {
    const status = {
      conditions: [
        condition('Available', 'True', 'HostsLinked'),
        condition('Ready', 'False', 'HostsNotLinked', 'One or more hosts are not linked'),
      ],
      summary: { ready: false, hostsReady: ['a.example.com'], numHostsReady: '1/2' },
    };
    const hosts = ['a.example.com', 'b.example.com'];
    const [state, reason, message] = verdict({ live: live(status), hosts });
    expect([state, reason]).toEqual(['False', 'HostsNotLinked']);
    expect(message).toContain('b.example.com');
    expect(message).not.toContain('a.example.com');
  });

  test('false with the compiler’s word, and no promise that it is off', () => {
    const status = {
      conditions: [
        condition('Available', 'False', 'HostsNotLinked'),
        condition('Ready', 'False', 'Invalid', 'ERROR: <input>:1:3: Syntax error'),
      ],
      summary: { ready: false, hostsReady: [], numHostsReady: '0/1' },
    };
    expect(verdict({ live: live(status) })).toEqual([
      'False',
      'InvalidAuthConfig',
      'Authorino cannot use the AuthConfig: ERROR: <input>:1:3: Syntax error. ' +
        'The previous version may still be serving.',
    ]);
  });
});
