// The HorizontalPodAutoscaler, where the number of pods follows their load.
import type { Builder } from './context.ts';
import { ownedMetadata } from './metadata.ts';
import { childNames } from './names.ts';
import { present } from './present.ts';

export const buildHorizontalPodAutoscaler: Builder = (context) => {
  const { autoscaling } = context.spec;
  if (autoscaling === undefined) return undefined;
  const { minReplicas, maxReplicas, behavior } = autoscaling;
  const cpu = {
    type: 'Resource',
    resource: {
      name: 'cpu',
      target: {
        type: 'Utilization',
        averageUtilization: autoscaling.targetCPUUtilizationPercentage,
      },
    },
  };
  const wanted = autoscaling.metrics ?? [];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: ownedMetadata(context, {
      name: childNames.horizontalPodAutoscaler(context.resource),
    }),
    spec: {
      scaleTargetRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: childNames.deployment(context.resource),
      },
      minReplicas,
      maxReplicas,
      metrics: wanted.length === 0 ? [cpu] : wanted,
      ...present({ behavior }),
    },
  };
};
