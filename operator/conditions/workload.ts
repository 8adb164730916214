// Whether enough pods run what is wanted of them, as the Deployment tells. Pure.
import type { KubeObject } from '../kube/port.ts';
import type { PodReport } from '../observed.ts';
import type { Verdict } from '../reasons.ts';

type WorkloadVerdict = Verdict & { readonly type: 'WorkloadAvailable' };

interface DeploymentParts {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly DeploymentCondition[];
  };
}

interface DeploymentCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** How many pods there are, for the status. */
export interface PodCounts {
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly updatedReplicas: number;
}

export function podCounts(deployment: KubeObject | undefined): PodCounts {
  const { status = {} } = (deployment ?? {}) as DeploymentParts;
  return {
    replicas: status.replicas ?? 0,
    readyReplicas: status.readyReplicas ?? 0,
    updatedReplicas: status.updatedReplicas ?? 0,
  };
}

/** `pods`: what keeps them from running is told where too few of them are there. */
export function judgeWorkload(
  deployment: KubeObject | undefined,
  pods: readonly Pick<PodReport, 'name' | 'trouble'>[] = [],
): WorkloadVerdict {
  if (deployment === undefined) return verdict('False', 'Unavailable', 'There is no Deployment.');
  const { spec = {}, status = {} } = deployment as DeploymentParts;
  const wanted = spec.replicas ?? 1;
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0, conditions = [] } = status;
  const isAvailable = conditions.some(
    ({ type, status: is }) => type === 'Available' && is === 'True',
  );
  if ((status.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0)) {
    return progressing(isAvailable, 'The Deployment has still to be looked at by its controller.');
  }
  if (wanted === 0) return verdict('True', 'ScaledToZero', 'No pods are wanted.');
  const stuck = conditions.find(
    ({ type, status: is }) =>
      (type === 'Progressing' && is === 'False') || (type === 'ReplicaFailure' && is === 'True'),
  );
  const counts = `${availableReplicas} of ${wanted} pods are available, ${updatedReplicas} up to date`;
  const trouble = troubleOf(pods);
  if (stuck !== undefined) {
    const why = stuck.message ?? stuck.reason ?? 'no reason given';
    return verdict(isAvailable ? 'True' : 'False', 'Unavailable', `${counts}: ${why}${trouble}`);
  }
  if (updatedReplicas < wanted || availableReplicas < wanted || replicas > updatedReplicas) {
    return progressing(isAvailable, trouble === '' ? `${counts}.` : `${counts}${trouble}`);
  }
  return verdict('True', 'Available', `${counts}.`);
}

/** Of the first pod that has any. */
function troubleOf(pods: readonly Pick<PodReport, 'name' | 'trouble'>[]): string {
  const [first, ...more] = pods.filter(({ trouble }) => trouble !== undefined);
  if (first === undefined) return '';
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  return `; ${first.name}: ${first.trouble ?? ''}${others}`;
}

/** Pods come or go; `isAvailable`: enough of the older ones serve meanwhile. */
function progressing(isAvailable: boolean, message: string): WorkloadVerdict {
  return verdict(isAvailable ? 'True' : 'False', 'Progressing', message);
}

function verdict(
  status: WorkloadVerdict['status'],
  reason: WorkloadVerdict['reason'],
  message: string,
): WorkloadVerdict {
  return { type: 'WorkloadAvailable', status, reason, message };
}
