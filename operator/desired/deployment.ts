// The Deployment of the router, with Envoy beside it in each pod.
import type { Builder } from './context.ts';
import { ownedMetadata, selectorLabels } from './metadata.ts';
import { childNames } from './names.ts';
import { podTemplate } from './pod/pod-template.ts';

const strategies = {
  RollingUpdate: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
  Recreate: { type: 'Recreate' },
} as const;

export const buildDeployment: Builder = (context) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: ownedMetadata(context, { name: childNames.deployment(context.resource) }),
  spec: {
    // With an autoscaler the number is its own.
    ...(context.spec.autoscaling === undefined ? { replicas: context.spec.replicas ?? 1 } : {}),
    selector: { matchLabels: selectorLabels(context.resource) },
    strategy: strategies[context.spec.strategy],
    template: podTemplate(context),
  },
});
