// The pods of a resource, with what the user lays over them. Nothing in here follows the operator's
// version, or an upgrade of it would replace every pod.
import type { DesiredContext } from '../context.ts';
import { commonLabels, selectorLabels } from '../metadata.ts';
import { childNames } from '../names.ts';
import { present } from '../present.ts';
import { startupHash, startupHashAnnotation } from '../startup-hash.ts';
import { envoyContainer, initContainer, routerContainer } from './containers.ts';
import { podSecurityContext } from './security.ts';
import { terminationGracePeriodSeconds } from './timing.ts';
import { podVolumes } from './volumes.ts';

export function podTemplate(context: DesiredContext): object {
  const { config, resource, spec } = context;
  const { podTemplate: over } = spec;
  return {
    metadata: {
      labels: { ...over.labels, ...commonLabels(resource) },
      annotations: {
        ...over.annotations,
        // A change of these keys, and of no others, replaces the pods.
        [startupHashAnnotation]: startupHash(config.value),
      },
    },
    spec: {
      serviceAccountName: over.serviceAccountName ?? childNames.serviceAccount(resource),
      automountServiceAccountToken: false,
      // Otherwise every Service of the namespace becomes a handful of environment variables.
      enableServiceLinks: false,
      ...present({ imagePullSecrets: spec.imagePullSecrets }),
      securityContext: podSecurityContext(context),
      initContainers: [initContainer(context)],
      containers: [routerContainer(context), envoyContainer(context)],
      volumes: podVolumes(context),
      terminationGracePeriodSeconds: terminationGracePeriodSeconds(context),
      ...present({
        topologySpreadConstraints: topologySpread(context),
        nodeSelector: over.nodeSelector,
        tolerations: over.tolerations,
        affinity: over.affinity,
        priorityClassName: over.priorityClassName,
        runtimeClassName: over.runtimeClassName,
      }),
    },
  };
}

function topologySpread({ resource, spec }: DesiredContext): readonly object[] {
  if (spec.topologySpread === 'None') return [];
  if (spec.topologySpread !== 'Auto') return spec.topologySpread;
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    // A wish: a cluster with one zone, or one node, runs all the same.
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels(resource) },
  }));
}
