// The PodDisruptionBudget: how many pods may go at once when nodes are emptied.
import type { Builder, DesiredContext } from './context.ts';
import { ownedMetadata, selectorLabels } from './metadata.ts';
import { childNames } from './names.ts';

export const buildPodDisruptionBudget: Builder = (context) => {
  const { enabled, minAvailable, maxUnavailable } = context.spec.podDisruptionBudget;
  if (!(enabled ?? mostPods(context) > 1)) return undefined;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: ownedMetadata(context, { name: childNames.podDisruptionBudget(context.resource) }),
    spec: {
      ...(minAvailable === undefined ? { maxUnavailable: maxUnavailable ?? 1 } : { minAvailable }),
      selector: { matchLabels: selectorLabels(context.resource) },
      // A pod that does not work must not keep a node from being emptied.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  };
};

function mostPods({ spec }: DesiredContext): number {
  return spec.autoscaling?.maxReplicas ?? spec.replicas ?? 1;
}
