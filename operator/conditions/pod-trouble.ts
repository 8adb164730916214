// What keeps a pod from running, in a few words that stay the same as long as the reason does. Pure.
import type { KubeObject } from '../kube/port.ts';

interface PodParts {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
  readonly lastState?: {
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
}

/** Of every pod that starts. */
const usual = new Set(['ContainerCreating', 'PodInitializing']);

/** Kubelets alternate between the two. */
const pulling = new Set(['ErrImagePull', 'ImagePullBackOff']);

/** Longest piece of a kubelet's or scheduler's own message. */
const maxMessage = 300;

/** Undefined: nothing is known to. */
export function podTrouble(pod: KubeObject): string | undefined {
  const { status = {} } = pod as PodParts;
  const { initContainerStatuses = [], containerStatuses = [], conditions = [] } = status;
  for (const container of [...initContainerStatuses, ...containerStatuses]) {
    const trouble = containerTrouble(container);
    if (trouble !== undefined) return `${container.name}: ${trouble}`;
  }
  const unscheduled = conditions.find(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable',
  );
  return unscheduled === undefined ? undefined : withMessage('Unschedulable', unscheduled.message);
}

function containerTrouble({ image, state, lastState }: ContainerStatus): string | undefined {
  const { reason, message } = state?.waiting ?? {};
  if (reason === undefined || usual.has(reason)) return undefined;
  if (pulling.has(reason)) return `ImagePullBackOff (${image ?? 'its image'} cannot be pulled)`;
  // Its message counts the seconds until the next attempt.
  if (reason !== 'CrashLoopBackOff') return withMessage(reason, message);
  const { reason: ending = 'Error', exitCode } = lastState?.terminated ?? {};
  return `CrashLoopBackOff (${ending}, exit code ${exitCode ?? 'unknown'})`;
}

function withMessage(reason: string, message = ''): string {
  return message === '' ? reason : `${reason} (${message.slice(0, maxMessage)})`;
}
