import { expect, test } from '@jest/globals';
import { judgeWorkload } from './workload.ts';

const available = { type: 'Available', status: 'True' };

function judge(replicas: number, status: object): string {
  const verdict = judgeWorkload({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'demo', generation: 2 },
    spec: { replicas },
    status: { observedGeneration: 2, ...status },
  });
  return `${verdict.status}/${verdict.reason}`;
}

const three = { replicas: 3, updatedReplicas: 3, availableReplicas: 3, conditions: [available] };

test.each([
  ['all pods are there', 3, three, 'True/Available'],
  ['its controller has not looked yet', 3, { ...three, observedGeneration: 1 }, 'True/Progressing'],
  ['the first pods come', 3, { replicas: 3, updatedReplicas: 3 }, 'False/Progressing'],
  ['newer pods come', 3, { ...three, updatedReplicas: 1 }, 'True/Progressing'],
  ['older pods have still to go', 3, { ...three, replicas: 4 }, 'True/Progressing'],
  ['no pods are wanted', 0, {}, 'True/ScaledToZero'],
  [
    'new pods do not come up',
    3,
    {
      ...three,
      updatedReplicas: 1,
      conditions: [available, { type: 'Progressing', status: 'False', message: 'deadline' }],
    },
    'True/Unavailable',
  ],
  [
    'pods are refused',
    3,
    { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'quota' }] },
    'False/Unavailable',
  ],
])('%s', (_, replicas, status, expected) => {
  expect(judge(replicas, status)).toBe(expected);
});

test('without a Deployment nothing is available', () => {
  expect(judgeWorkload(undefined)).toMatchObject({ status: 'False', reason: 'Unavailable' });
});

test('what keeps pods from running is told, of one of them', () => {
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'demo' } },
    ...{ spec: { replicas: 3 }, status: { updatedReplicas: 3 } },
  };
  const message = (...pods: readonly object[]): string =>
    judgeWorkload(
      deployment,
      pods.map((pod, at) => ({ name: `demo-${at}`, ...pod })),
    ).message;
  const counts = '0 of 3 pods are available, 3 up to date';
  expect(message({}, {})).toBe(`${counts}.`);
  expect(message({}, { trouble: 'envoy: RunError' })).toBe(`${counts}; demo-1: envoy: RunError`);
  expect(message({ trouble: 'a' }, { trouble: 'b' })).toBe(`${counts}; demo-0: a, and 1 more`);
});

test('the reason of a refusal is told', () => {
  const verdict = judgeWorkload({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'demo' },
    spec: { replicas: 1 },
    status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'quota exceeded' }] },
  });
  expect(verdict.message).toBe('0 of 1 pods are available, 0 up to date: quota exceeded');
});
