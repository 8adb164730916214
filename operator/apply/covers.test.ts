import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { covers } from './covers.ts';

test('an object covers itself', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(covers(value, value)).toBe(true);
    }),
  );
});

test('what others added does not count', () => {
  const wanted = { metadata: { labels: { a: '1' } }, spec: { replicas: 2 } };
  const live = {
    metadata: { labels: { a: '1', b: '2' }, uid: 'x' },
    spec: { replicas: 2, revisionHistoryLimit: 10 },
    status: {},
  };
  expect(covers(live, wanted)).toBe(true);
  expect(covers({ ...live, spec: { replicas: 3 } }, wanted)).toBe(false);
  expect(covers({ ...live, metadata: { labels: { b: '2' } } }, wanted)).toBe(false);
});

describe('lists', () => {
  test('of named elements are sets to which others may add', () => {
    const wanted = { containers: [{ name: 'a', image: 'x' }] };
    const injected = { name: 'injected', image: 'y' };
    expect(covers({ containers: [injected, { name: 'a', image: 'x', tty: false }] }, wanted)).toBe(
      true,
    );
    expect(covers({ containers: [injected] }, wanted)).toBe(false);
    expect(covers({ containers: [{ name: 'a', image: 'other' }] }, wanted)).toBe(false);
  });

  test.each([
    ['ports of a Service', 'ports', { port: 1, targetPort: 'a' }, { port: 2, targetPort: 'b' }],
    ['ports of a container', 'ports', { containerPort: 1 }, { containerPort: 2 }],
    ['mounts', 'volumeMounts', { name: 'v', mountPath: '/a' }, { name: 'v', mountPath: '/b' }],
  ])('such as %s may be added to by others', (_what, key, one, more) => {
    expect(covers({ [key]: [more, one] }, { [key]: [one] })).toBe(true);
    expect(covers({ [key]: [more] }, { [key]: [one] })).toBe(false);
  });

  test.each([
    ['ports of a NetworkPolicy', 'ports', { port: 1, protocol: 'TCP' }, { port: 2 }],
    ['tolerations', 'tolerations', { key: 'a' }, { key: 'b' }],
    ['metrics', 'metrics', { type: 'Resource' }, { type: 'Pods' }],
    ['endpoints', 'endpoints', { port: 'metrics' }, { port: 'admin' }],
  ])('such as %s may not', (_what, key, one, more) => {
    expect(covers({ [key]: [one] }, { [key]: [one] })).toBe(true);
    expect(covers({ [key]: [one, more] }, { [key]: [one] })).toBe(false);
  });

  test('of plain values are equal only as a whole', () => {
    expect(covers({ args: ['a', 'b'] }, { args: ['a', 'b'] })).toBe(true);
    expect(covers({ args: ['b', 'a'] }, { args: ['a', 'b'] })).toBe(false);
    expect(covers({ args: ['a', 'b', 'c'] }, { args: ['a', 'b'] })).toBe(false);
  });

  test('an empty list is covered only by an empty list', () => {
    expect(covers({ items: [] }, { items: [] })).toBe(true);
    expect(covers({ items: [1] }, { items: [] })).toBe(false);
  });
});

describe('amounts', () => {
  test.each([
    ['1000m', 1],
    ['1', '1000m'],
    ['0.5', '500m'],
    ['1Gi', '1024Mi'],
    ['1G', '1000M'],
  ])('%s is %s', (live, wanted) => {
    expect(covers({ requests: { x: live } }, { requests: { x: wanted } })).toBe(true);
  });

  test('are in what an autoscaler aims at, too', () => {
    const target = (averageValue: string): object => ({ target: { averageValue } });
    expect(covers(target('1'), target('1000m'))).toBe(true);
    expect(covers(target('2'), target('1000m'))).toBe(false);
  });

  test('differ where their numbers do, and elsewhere text is text', () => {
    expect(covers({ requests: { cpu: '1' } }, { requests: { cpu: '2' } })).toBe(false);
    expect(
      covers({ env: [{ name: 'A', value: '1' }] }, { env: [{ name: 'A', value: '1000m' }] }),
    ).toBe(false);
  });
});

test('what Kubernetes does not store because it says nothing is not missed', () => {
  const wanted = { env: [{ name: 'A', value: '' }], items: [], mount: { readOnly: false } };
  expect(covers({ env: [{ name: 'A' }], mount: {} }, wanted)).toBe(true);
  expect(covers({ env: [{ name: 'A', value: 'x' }], mount: {} }, wanted)).toBe(false);
  expect(covers({ env: [{ name: 'A' }], items: [1], mount: {} }, wanted)).toBe(false);
  // Left out, these stand for something else.
  for (const one of [{ automountServiceAccountToken: false }, { replicas: 0 }, { emptyDir: {} }]) {
    expect(covers({}, one)).toBe(false);
  }
});

test('a selector selects something else with a label more', () => {
  for (const key of ['selector', 'matchLabels', 'nodeSelector']) {
    expect(covers({ [key]: { a: '1', b: '2' } }, { [key]: { a: '1' } })).toBe(false);
    expect(covers({ [key]: { a: '1' } }, { [key]: { a: '1' } })).toBe(true);
  }
});
