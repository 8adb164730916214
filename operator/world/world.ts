// What a reconcile can read, put together from the caches that watches keep and from questions to
// the API server and to pods.
import type { RecentWrites } from '../apply/recent.ts';
import { askPod } from './ask-pod.ts';
import {
  authConfigType,
  builtInChildTypes,
  identify,
  instanceLabel,
  isOwnedBy,
  namespaceType,
  optionalChildTypes,
  podType,
  prometheusAgentType,
  prometheusType,
  secretType,
  serviceMonitorType,
} from '../child-types.ts';
import { byOwnerUid, type IndexFunction, type ReadStore } from '../controller/store.ts';
import { requestedHostKey } from '../desired/auth-link.ts';
import type { LabelSelector, PrometheusFacts } from '../desired/context.ts';
import { configMapReference } from '../config-source.ts';
import type { World } from '../gather.ts';
import { isKubeError, type Kube, type KubeObject, type ResourceType } from '../kube/port.ts';
import type { Observed } from '../observed.ts';
import {
  semanticRouterMaasType,
  type SemanticRouterMaas,
} from '../resource/semantic-router-maas.ts';

/** The index of pods by the resource that they belong to: `namespace/name`. */
export const byInstance = 'instance';

export const instanceOf: IndexFunction = ({ metadata }) => {
  const instance = metadata.labels?.[instanceLabel];
  return instance === undefined ? [] : [`${metadata.namespace ?? ''}/${instance}`];
};

/** The index of resources by the ConfigMap that `spec.configFrom` names: `namespace/name`. */
export const byConfigMap = 'config-map';

export const configMapOf: IndexFunction = ({ metadata: { namespace = '' }, ...resource }) => {
  const reference = configMapReference(resource['spec']);
  return reference === undefined ? [] : [`${namespace}/${reference.name}`];
};

/** The index of AuthConfigs by the hosts that they are for. */
export const byHost = 'host';

export const hostsOf: IndexFunction = ({ spec }) =>
  (spec as { readonly hosts?: readonly string[] } | undefined)?.hosts ?? [];

/** The index of resources by namespace. */
export const byNamespace = 'namespace';

export const namespaceOf: IndexFunction = ({ metadata: { namespace = '' } }) => [namespace];

export interface Sources {
  /** The cache of a kind; undefined where it is not served, or not ours to read. */
  store(type: ResourceType): ReadStore | undefined;
  readonly isOpenShift: () => boolean;
}

export interface WorldDeps {
  readonly kube: Pick<Kube, 'get'>;
  readonly sources: Sources;
  readonly recent: RecentWrites;
}

export function createWorld({ kube, sources, recent }: WorldDeps): World {
  return {
    resource: (name) => {
      const cached = sources.store(semanticRouterMaasType)?.get(name);
      // What is gone is gone, whatever we wrote last.
      return cached === undefined ? undefined : (recent.freshest(cached) as SemanticRouterMaas);
    },
    children: ({ metadata: { uid } }) => {
      const types = [...builtInChildTypes, ...optionalChildTypes];
      const cached = types.flatMap((type) => sources.store(type)?.find(byOwnerUid, uid) ?? []);
      const all = new Map(recent.ownedBy(uid).map((object) => [identify(object), object]));
      for (const object of cached) {
        all.set(identify(object), recent.freshest(object));
      }
      return [...all.values()];
    },
    pods: ({ metadata: { name, namespace } }) =>
      sources.store(podType)?.find(byInstance, `${namespace}/${name}`) ?? [],
    read: async (type, name, signal) => {
      try {
        return await kube.get(type, name, { signal });
      } catch (error) {
        if (isKubeError(error, 'not-found')) return undefined;
        throw error;
      }
    },
    clusterFacts: (resource) => clusterFacts(resource, sources),
    apiKeySecrets: () => sources.store(secretType)?.list(),
    hostRivals: (resource) =>
      (sources.store(authConfigType)?.find(byHost, requestedHostKey(resource)) ?? [])
        .filter((authConfig) => !isOwnedBy(authConfig, resource.metadata.uid))
        .map(({ metadata: { uid = '' } }) => uid),
    askPod,
  };
}

function clusterFacts(
  { metadata: { namespace } }: SemanticRouterMaas,
  sources: Sources,
): Observed['cluster'] {
  return {
    served: {
      authConfig: sources.store(authConfigType) !== undefined,
      serviceMonitor: sources.store(serviceMonitorType) !== undefined,
    },
    isOpenShift: sources.isOpenShift(),
    prometheuses: prometheuses(sources),
    namespaceLabels: sources.store(namespaceType)?.get({ name: namespace })?.metadata.labels,
  };
}

/** Undefined where neither kind is there to be read. */
function prometheuses(sources: Sources): readonly PrometheusFacts[] | undefined {
  const servers = sources.store(prometheusType)?.list();
  const agents = sources.store(prometheusAgentType)?.list();
  if (servers === undefined && agents === undefined) return undefined;
  return [
    ...(servers ?? []).map((object) => readPrometheus('Prometheus', object)),
    ...(agents ?? []).map((object) => readPrometheus('PrometheusAgent', object)),
  ];
}

function readPrometheus(
  kind: PrometheusFacts['kind'],
  { metadata: { name, namespace = '' }, ...rest }: KubeObject,
): PrometheusFacts {
  const spec = (rest['spec'] ?? {}) as Partial<Record<string, LabelSelector>>;
  return {
    kind,
    name,
    namespace,
    serviceMonitorSelector: spec['serviceMonitorSelector'],
    serviceMonitorNamespaceSelector: spec['serviceMonitorNamespaceSelector'],
  };
}
