// The resource itself: its names in the Kubernetes API, and its parts as types.
import type { KubeObject, ObjectMeta, ResourceType } from '../kube/port.ts';
import type { Status } from './status.ts';

export const apiGroup = 'semantic-router.io';
export const apiVersion = `${apiGroup}/v1alpha1`;
export const kind = 'SemanticRouterMaas';

export const semanticRouterMaasType: ResourceType = {
  group: apiGroup,
  version: 'v1alpha1',
  kind,
  plural: 'semanticroutermaas',
  namespaced: true,
};

/** As it is stored: what the user wrote (not yet believed), and what the operator last said. */
export interface SemanticRouterMaas extends KubeObject {
  metadata: ObjectMeta & { namespace: string; uid: string; generation: number };
  spec?: unknown;
  status?: Status;
}

/** Field managers: one for what the operator makes, one for what it says of the resource. */
export const fieldManagers = {
  objects: 'semantic-router-maas',
  status: 'semantic-router-maas-status',
} as const;
