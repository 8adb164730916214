// The status of a pod, put together from what its containers are doing. Pure.
import { isSidecar, type PodContainerStatuses } from './pod-containers.ts';
import { timestamp, type ContainerStatus, type Pod } from './pod.ts';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly lastTransitionTime: string;
}

export interface PodStatus {
  readonly phase: string;
  readonly podIP: string;
  readonly podIPs: readonly { readonly ip: string }[];
  readonly hostIP: string;
  readonly hostIPs: readonly { readonly ip: string }[];
  readonly startTime: string;
  readonly conditions: readonly Condition[];
  readonly initContainerStatuses: readonly ContainerStatus[];
  readonly containerStatuses: readonly ContainerStatus[];
}

export interface PodFacts extends PodContainerStatuses {
  readonly pod: Pod;
  readonly podIp: string;
  readonly hostIp: string;
  readonly startTime: string;
  /** The conditions that were told last. */
  readonly before: readonly Condition[];
}

export function podStatus(facts: PodFacts): PodStatus {
  const { podIp, hostIp, isInitialized, init, containers } = facts;
  const { initContainers = [] } = facts.pod.spec;
  const sidecars = init.filter((_, index) => {
    const container = initContainers[index];
    return container !== undefined && isSidecar(container);
  });
  const phase = phaseOf(facts);
  const isReady = phase === 'Running' && [...sidecars, ...containers].every(({ ready }) => ready);
  const reason = isReady ? undefined : 'ContainersNotReady';
  const condition = (type: string, holds: boolean, why?: string): Condition => {
    const status = holds ? 'True' : 'False';
    const had = facts.before.find((candidate) => candidate.type === type);
    const lastTransitionTime = had?.status === status ? had.lastTransitionTime : timestamp();
    return { type, status, ...(why === undefined ? {} : { reason: why }), lastTransitionTime };
  };
  return {
    phase,
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    startTime: facts.startTime,
    conditions: [
      condition('PodScheduled', true),
      condition(
        'Initialized',
        isInitialized,
        isInitialized ? undefined : 'ContainersNotInitialized',
      ),
      condition('ContainersReady', isReady, reason),
      condition('Ready', isReady, reason),
    ],
    initContainerStatuses: init,
    containerStatuses: containers,
  };
}

function phaseOf({ pod, isInitialized, init, containers }: PodFacts): string {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const failed = (status: ContainerStatus): boolean =>
    status.state.terminated !== undefined && status.state.terminated.exitCode !== 0;
  if (policy === 'Never' && init.some(failed)) return 'Failed';
  if (!isInitialized || containers.every(hasNeverRun)) return 'Pending';
  const isOver = ({ state }: ContainerStatus): boolean => state.terminated !== undefined;
  if (policy === 'Always' || !containers.every(isOver)) return 'Running';
  if (!containers.some(failed)) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

function hasNeverRun({ state, lastState }: ContainerStatus): boolean {
  return state.waiting !== undefined && lastState.terminated === undefined;
}
