// The kinds of objects that belong to a resource: what the operator watches, applies and prunes.
import type { KubeObject, ResourceType } from './kube/port.ts';
import { fieldManagers } from './resource/semantic-router-maas.ts';

/** On everything that the operator makes, pods included; what it watches by. */
export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedBySelector = `${managedByLabel}=${fieldManagers.objects}`;
export const notManagedBySelector = `${managedByLabel}!=${fieldManagers.objects}`;

/** The name of the resource that an object or a pod belongs to. */
export const instanceLabel = 'app.kubernetes.io/instance';

export const configMapType = type('', 'v1', 'ConfigMap', 'configmaps');
export const podType = type('', 'v1', 'Pod', 'pods');
export const secretType = type('', 'v1', 'Secret', 'secrets');
export const authConfigType = type('authorino.kuadrant.io', 'v1beta3', 'AuthConfig', 'authconfigs');
export const serviceMonitorType = type(
  'monitoring.coreos.com',
  'v1',
  'ServiceMonitor',
  'servicemonitors',
);
export const prometheusType = type('monitoring.coreos.com', 'v1', 'Prometheus', 'prometheuses');
/** Scrapes and hands on, and keeps nothing to ask for. */
export const prometheusAgentType = type(
  'monitoring.coreos.com',
  'v1alpha1',
  'PrometheusAgent',
  'prometheusagents',
);
export const namespaceType: ResourceType = {
  ...type('', 'v1', 'Namespace', 'namespaces'),
  namespaced: false,
};

/** Served by every cluster. */
export const builtInChildTypes: readonly ResourceType[] = [
  configMapType,
  type('', 'v1', 'ServiceAccount', 'serviceaccounts'),
  type('apps', 'v1', 'Deployment', 'deployments'),
  type('', 'v1', 'Service', 'services'),
  type('autoscaling', 'v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  type('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  type('networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies'),
];

/** Come with somebody else's installation, and go with it. */
export const optionalChildTypes: readonly ResourceType[] = [authConfigType, serviceMonitorType];

function type(group: string, version: string, kind: string, plural: string): ResourceType {
  return { group, version, kind, plural, namespaced: true };
}

/** The type of a child; throws for an object that is none. */
export function childTypeOf({ apiVersion, kind }: KubeObject): ResourceType {
  const found = [...builtInChildTypes, ...optionalChildTypes].find(
    (child) => child.kind === kind && apiVersionOf(child) === apiVersion,
  );
  if (found === undefined) throw new Error(`${apiVersion} ${kind} is no kind of child`);
  return found;
}

export function apiVersionOf({ group, version }: ResourceType): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Tells an object of one namespace from all others: `apps/v1 Deployment demo`. */
export function identify({ apiVersion, kind, metadata }: KubeObject): string {
  return `${apiVersion} ${kind} ${metadata.name}`;
}

/** Whether the object says that the resource with this uid is its controller. */
export function isOwnedBy({ metadata }: KubeObject, uid: string): boolean {
  return (metadata.ownerReferences ?? []).some(
    (owner) => owner.uid === uid && owner.controller === true,
  );
}
