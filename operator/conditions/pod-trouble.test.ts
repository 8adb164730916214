import { expect, test } from '@jest/globals';
import { podTrouble } from './pod-trouble.ts';

const waiting = (reason: string, more: object = {}): object => ({
  containerStatuses: [{ name: 'router', image: 'r:1', state: { waiting: { reason, ...more } } }],
});
const unscheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
const crashed = {
  ...{ name: 'envoy', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } } },
  lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
};

test.each([
  ['nothing is known', {}, undefined],
  ['it starts', waiting('ContainerCreating'), undefined],
  [
    'its Secret is missing',
    waiting('CreateContainerConfigError', { message: 'secret "a" not found' }),
    'router: CreateContainerConfigError (secret "a" not found)',
  ],
  [
    'an image is not found',
    waiting('ErrImagePull', { message: 'rpc error' }),
    'router: ImagePullBackOff (r:1 cannot be pulled)',
  ],
  [
    'the kubelet waits before it pulls again',
    waiting('ImagePullBackOff'),
    'router: ImagePullBackOff (r:1 cannot be pulled)',
  ],
  [
    'a container ends again and again',
    { containerStatuses: [{ name: 'router', state: { running: {} } }, crashed] },
    'envoy: CrashLoopBackOff (OOMKilled, exit code 137)',
  ],
  [
    'no node has room',
    { conditions: [{ ...unscheduled, message: '0/3 nodes are available' }] },
    'Unschedulable (0/3 nodes are available)',
  ],
  [
    'the first step fails before all else',
    {
      initContainerStatuses: [{ name: 'envoy-files', state: { waiting: { reason: 'RunError' } } }],
      ...waiting('PodInitializing'),
    },
    'envoy-files: RunError',
  ],
])('%s', (_, status, expected) => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, status };
  expect(podTrouble(pod)).toBe(expected);
});
