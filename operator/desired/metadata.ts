// Metadata of everything that a resource owns. What other tools put on the resource itself (Argo CD's
// labels, kubectl's annotations) is not copied: they would take the objects for their own.
import type { ObjectMeta } from '../kube/port.ts';
import { apiVersion, fieldManagers, kind } from '../resource/semantic-router-maas.ts';
import type { DesiredContext, ResourceIdentity } from './context.ts';
import { present } from './present.ts';

const product = 'semantic-router-maas';

/** What an object is part of, in the label `app.kubernetes.io/component`. */
export type Component = 'router' | 'auth' | 'monitoring';

/** By which the pods are found. A Deployment cannot change it. */
export function selectorLabels({ name }: Pick<ResourceIdentity, 'name'>): Record<string, string> {
  return {
    'app.kubernetes.io/name': product,
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': 'router' satisfies Component,
  };
}

/** Of every object and of the pods. */
export function commonLabels(
  resource: Pick<ResourceIdentity, 'name'>,
  component: Component = 'router',
): Record<string, string> {
  return {
    ...selectorLabels(resource),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': product,
    'app.kubernetes.io/managed-by': fieldManagers.objects,
  };
}

export function ownedMetadata(
  { resource }: Pick<DesiredContext, 'resource'>,
  given: {
    readonly name: string;
    readonly component?: Component;
    /** Further labels; ours win. */
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  },
): ObjectMeta {
  return {
    name: given.name,
    namespace: resource.namespace,
    labels: { ...given.labels, ...commonLabels(resource, given.component) },
    ...present({ annotations: given.annotations }),
    ownerReferences: [
      {
        apiVersion,
        kind,
        name: resource.name,
        uid: resource.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}
