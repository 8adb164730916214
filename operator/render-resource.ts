// What the cluster would hold for a resource, from what is in a file: the same functions as in a
// cluster, and no cluster. Pure.
import { configMapReference, configSourceOf } from './config-source.ts';
import type { ClusterFacts, OperatorDefaults } from './desired/context.ts';
import type { KubeObject } from './kube/port.ts';
import { makePlan, type Desired } from './plan.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import type { Condition } from './resource/status.ts';
import { buildStatus } from './status.ts';

export interface RenderInput {
  /** As somebody wrote it; `metadata.namespace` and `metadata.uid` are there. */
  readonly resource: KubeObject;
  /** Where `spec.configFrom` is looked for. */
  readonly configMaps: readonly KubeObject[];
  readonly cluster: Omit<ClusterFacts, 'authReminders'>;
  readonly defaults: OperatorDefaults;
}

export interface Rendered {
  /** What would be applied; undefined: nothing. */
  readonly desired: Desired | undefined;
  /** Why nothing would be applied, each with its path; empty where the resource is right. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** What the resource would say of itself as soon as the objects are there. */
  readonly conditions: readonly Condition[];
}

export function renderResource(input: RenderInput): Rendered {
  const { cluster, configMaps, defaults } = input;
  const resource = stored(input.resource);
  const { namespace } = resource.metadata;
  const reference = configMapReference(resource.spec);
  const named = configMaps.find(
    ({ metadata }) =>
      metadata.name === reference?.name && (metadata.namespace ?? namespace) === namespace,
  );
  const observed = {
    resource,
    configSource: configSourceOf(reference, named),
    children: [],
    cluster,
    apiKeySecrets: undefined,
    hostRivals: [],
    nowMs: 0,
  };
  const plan = makePlan(observed, defaults);
  const { desired, problems, warnings } = plan;
  const applied = desired === undefined ? undefined : { live: desired.objects, failures: [] };
  const { conditions = [] } = buildStatus({ observed, plan, applied, pods: [], nowMs: 0 });
  return { desired, problems, warnings, conditions };
}

/** With what the API server would have added. */
function stored(resource: KubeObject): SemanticRouterMaas {
  const { namespace = 'default', uid = '', ...metadata } = resource.metadata;
  return { ...resource, metadata: { generation: 1, ...metadata, namespace, uid } };
}
