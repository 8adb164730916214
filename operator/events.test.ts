import { expect, test } from '@jest/globals';
import { createRecorder, type Recorder } from './events.ts';
import type { KubeObject } from './kube/port.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import type { Condition } from './resource/status.ts';

const resource: SemanticRouterMaas = {
  apiVersion: 'semantic-router.io/v1alpha1',
  kind: 'SemanticRouterMaas',
  metadata: { name: 'demo', namespace: 'team-a', uid: 'u1', generation: 1 },
};

function recorder(): { recorder: Recorder; written: KubeObject[]; errors: unknown[] } {
  const written: KubeObject[] = [];
  const errors: unknown[] = [];
  return {
    written,
    errors,
    recorder: createRecorder({
      kube: {
        create: (_type, object) => {
          written.push(object);
          return written.length > 5 ? Promise.reject(new Error('full')) : Promise.resolve(object);
        },
      },
      instance: 'operator-0',
      now: () => 1_700_000_000_000,
      onError: (error) => errors.push(error),
    }),
  };
}

function condition(given: Partial<Condition>): Condition {
  return {
    type: 'Accepted',
    status: 'False',
    reason: 'InvalidConfig',
    message: 'no',
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    ...given,
  };
}

test('what became wrong is a Warning, what became right is Normal, both about the resource', () => {
  const { recorder: events, written } = recorder();
  events.transition(resource, condition({}));
  events.transition(resource, condition({ status: 'True', reason: 'Valid', message: 'yes' }));
  expect(written.map(({ type, reason, note }) => ({ type, reason, note }))).toEqual([
    { type: 'Warning', reason: 'InvalidConfig', note: 'Accepted: no' },
    { type: 'Normal', reason: 'Valid', note: 'Accepted: yes' },
  ]);
  expect(written[0]).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    metadata: { namespace: 'team-a' },
    eventTime: '2023-11-14T22:13:20.000000Z',
    regarding: { kind: 'SemanticRouterMaas', name: 'demo', uid: 'u1' },
    reportingInstance: 'operator-0',
  });
  expect(new Set(written.map(({ metadata }) => metadata.name)).size).toBe(2);
});

test('waiting, and what only sums up, is no news', () => {
  const { recorder: events, written } = recorder();
  events.transition(resource, condition({ type: 'Reconciling', reason: 'Progressing' }));
  events.transition(resource, condition({ type: 'Stalled', status: 'True' }));
  events.transition(resource, condition({ type: 'Ready', reason: 'InvalidConfig' }));
  events.transition(resource, condition({ type: 'ConfigLoaded', reason: 'Pending' }));
  expect(written).toEqual([]);
  events.transition(resource, condition({ type: 'Ready', status: 'True', reason: 'Ready' }));
  expect(written).toHaveLength(1);
});

test('a warning is told once, and again for a resource that is made anew', () => {
  const { recorder: events, written } = recorder();
  events.warning(resource, 'ConfigWarning', 'is no known key');
  events.warning(resource, 'ConfigWarning', 'is no known key');
  expect(written).toHaveLength(1);
  events.forget('u1');
  events.warning(resource, 'ConfigWarning', 'is no known key');
  expect(written).toHaveLength(2);
});

test('a note is no longer than Kubernetes takes', () => {
  const { recorder: events, written } = recorder();
  events.warning(resource, 'ConfigWarning', 'x'.repeat(5000));
  expect(String(written[0]?.['note']).length).toBeLessThanOrEqual(1000);
});

test('an Event that cannot be written is told and costs nothing else', async () => {
  const { recorder: events, errors } = recorder();
  for (let at = 0; at < 7; at += 1) events.warning(resource, 'ConfigWarning', `warning ${at}`);
  await Promise.resolve();
  expect(errors).toHaveLength(2);
});
