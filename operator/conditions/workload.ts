// Whether enough pods run what is wanted of them, as the Deployment tells. Pure.
import type { KubeObject } from '../kube/port.ts';
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

export function judgeWorkload(deployment: KubeObject | undefined): WorkloadVerdict {
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
  if (stuck !== undefined) {
    const why = stuck.message ?? stuck.reason ?? 'no reason given';
    return verdict(isAvailable ? 'True' : 'False', 'Unavailable', `${counts}: ${why}`);
  }
  if (updatedReplicas < wanted || availableReplicas < wanted || replicas > updatedReplicas) {
    return progressing(isAvailable, `${counts}.`);
  }
  return verdict('True', 'Available', `${counts}.`);
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
