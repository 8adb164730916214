// What the pods may do on their nodes: the rules of the Pod Security Standard "restricted", and more.
import type { DesiredContext } from '../context.ts';

/** The user of distroless images; nobody's on a node. */
const nonRoot = 65_532;

export function podSecurityContext({ cluster, spec }: DesiredContext): object {
  return {
    runAsNonRoot: true,
    // OpenShift gives each namespace ids of its own and refuses others.
    ...(cluster.isOpenShift
      ? {}
      : {
          runAsUser: nonRoot,
          runAsGroup: nonRoot,
          fsGroup: nonRoot,
          fsGroupChangePolicy: 'OnRootMismatch',
        }),
    seccompProfile: { type: 'RuntimeDefault' },
    ...spec.podTemplate.securityContext,
  };
}

export const containerSecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
} as const;
