// Every cache that the operator keeps: which kinds, chosen how, for which namespaces.
import {
  authConfigType,
  builtInChildTypes,
  configMapType,
  managedBySelector,
  notManagedBySelector,
  namespaceType,
  optionalChildTypes,
  podType,
  prometheusAgentType,
  prometheusType,
  secretType,
} from '../child-types.ts';
import { createOptionalSource } from '../controller/optional-source.ts';
import type { ServedKinds } from '../controller/served-kinds.ts';
import { createSource, type Source, type SourceOptions } from '../controller/source.ts';
import type { Clock, Log } from '../controller/surroundings.ts';
import type { Kube, ResourceType } from '../kube/port.ts';
import { semanticRouterMaasType } from '../resource/semantic-router-maas.ts';
import { onlyIdentity, withoutSpec } from './trimmed.ts';
import {
  byConfigMap,
  byHost,
  byInstance,
  byNamespace,
  configMapOf,
  hostsOf,
  instanceOf,
  namespaceOf,
  type Sources,
} from './world.ts';

export interface SourceDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly servedKinds: ServedKinds;
  /** Undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  /** Namespaces whose API-key Secrets are followed; empty: none, and no right is needed. */
  readonly apiKeyNamespaces: readonly string[];
}

export interface OperatorSources extends Sources {
  readonly resources: Source;
  /** Objects that the operator makes. */
  readonly children: readonly Source[];
  readonly pods: Source;
  /** Names and versions of all ConfigMaps but ours, since any may be named by `spec.configFrom`. */
  readonly userConfigMaps: Source;
  /** Undefined where no namespace is followed. */
  readonly apiKeySecrets: Source | undefined;
  /** What selects ServiceMonitors: a change concerns every resource. */
  readonly prometheuses: readonly Source[];
  readonly namespaces: Source;
  readonly optional: readonly Source[];
}

/** Marks Secrets that Authorino reads keys from. */
const apiKeySelector = 'authorino.kuadrant.io/managed-by=authorino';

const securityContextConstraintsType: ResourceType = {
  group: 'security.openshift.io',
  version: 'v1',
  kind: 'SecurityContextConstraints',
  plural: 'securitycontextconstraints',
  namespaced: false,
};

export function createSources(deps: SourceDeps): OperatorSources {
  const { kube, clock, log, namespaces, servedKinds, apiKeyNamespaces } = deps;
  const base = { kube, clock, log, ...(namespaces === undefined ? {} : { namespaces }) };
  const ours = { ...base, selection: { labelSelector: managedBySelector } };
  const optionally = (options: SourceOptions): Source =>
    createOptionalSource({ ...options, servedKinds });

  const resources = createSource({
    ...base,
    type: semanticRouterMaasType,
    indexes: { [byConfigMap]: configMapOf, [byNamespace]: namespaceOf },
  });
  const builtIn = builtInChildTypes.map((type) => createSource({ ...ours, type }));
  const optionalChildren = optionalChildTypes.map((type) =>
    optionally({
      ...ours,
      type,
      ...(type === authConfigType ? { indexes: { [byHost]: hostsOf } } : {}),
    }),
  );
  const pods = createSource({
    ...ours,
    type: podType,
    indexes: { [byInstance]: instanceOf },
    trim: withoutSpec,
  });
  const userConfigMaps = createSource({
    ...base,
    type: configMapType,
    // Ours are followed as children.
    selection: { metadataOnly: true, labelSelector: notManagedBySelector },
    trim: onlyIdentity,
  });
  const prometheuses = [prometheusType, prometheusAgentType].map((type) =>
    optionally({ kube, clock, log, type }),
  );
  const namespaceSource = optionally({
    ...{ kube, clock, log, type: namespaceType },
    selection: { metadataOnly: true },
  });
  const apiKeySecrets =
    apiKeyNamespaces.length === 0
      ? undefined
      : // Without the right, tiers do not follow the Secrets; all else works.
        optionally({
          ...base,
          type: secretType,
          namespaces: apiKeyNamespaces,
          selection: { labelSelector: apiKeySelector, metadataOnly: true },
        });

  const readable = [
    resources,
    ...builtIn,
    ...optionalChildren,
    pods,
    ...prometheuses,
    namespaceSource,
  ];
  if (apiKeySecrets !== undefined) readable.push(apiKeySecrets);
  return {
    resources,
    children: [...builtIn, ...optionalChildren],
    pods,
    userConfigMaps,
    apiKeySecrets,
    prometheuses,
    namespaces: namespaceSource,
    optional: [...optionalChildren, ...prometheuses],
    store: (type) => {
      const found = readable.find((source) => source.type === type);
      return found?.availability === 'served' ? found.store : undefined;
    },
    isOpenShift: () => servedKinds.availabilityOf(securityContextConstraintsType) === 'served',
  };
}
