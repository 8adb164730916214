// All reading for one resource, before anything is thought or done about it.
import { childTypeOf, configMapType } from './child-types.ts';
import { configMapReference, configSourceOf } from './config-source.ts';
import type { KubeObject, ObjectName, ResourceType } from './kube/port.ts';
import type { ConfigSource, Observed, PodReport } from './observed.ts';
import {
  semanticRouterMaasType,
  type SemanticRouterMaas,
} from './resource/semantic-router-maas.ts';

/** What can be read: caches that watches keep, and questions to the API server and to pods. */
export interface World {
  resource(name: ObjectName): SemanticRouterMaas | undefined;
  /** Objects with our label that the resource controls, of all kinds that are served. */
  children(resource: SemanticRouterMaas): readonly KubeObject[];
  /** Pods of the resource's Deployment. */
  pods(resource: SemanticRouterMaas): readonly KubeObject[];
  /** One object from the API server itself; undefined when it is not there. */
  read(type: ResourceType, name: ObjectName, signal: AbortSignal): Promise<KubeObject | undefined>;
  clusterFacts(resource: SemanticRouterMaas): Observed['cluster'];
  apiKeySecrets(): readonly KubeObject[] | undefined;
  /** Uids of the AuthConfigs of other resources that are for the same host. */
  hostRivals(resource: SemanticRouterMaas): readonly string[];
  askPod(pod: KubeObject, signal: AbortSignal): Promise<PodReport>;
}

export async function gather(
  resource: SemanticRouterMaas,
  world: World,
  { signal, nowMs }: { readonly signal: AbortSignal; readonly nowMs: number },
): Promise<Observed> {
  return {
    resource,
    nowMs,
    configSource: await readConfigSource(resource, world, signal),
    children: world.children(resource),
    cluster: world.clusterFacts(resource),
    apiKeySecrets: world.apiKeySecrets(),
    hostRivals: world.hostRivals(resource),
  };
}

/** The reports of all pods that are not on their way out. */
export function askPods(
  resource: SemanticRouterMaas,
  world: World,
  signal: AbortSignal,
): Promise<PodReport[]> {
  const pods = world
    .pods(resource)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return Promise.all(pods.map((pod) => world.askPod(pod, signal)));
}

/** The object of that kind and name as the cluster has it, whoever it belongs to. */
export function liveObject(
  wanted: KubeObject,
  { metadata: { namespace } }: SemanticRouterMaas,
  { world, signal }: { readonly world: World; readonly signal: AbortSignal },
): Promise<KubeObject | undefined> {
  // The caches hold only what bears our label.
  return world.read(childTypeOf(wanted), { name: wanted.metadata.name, namespace }, signal);
}

/**
 * Whether the resource is there, by the API server's own word. The watch of a resource may lag behind
 * those of its children, which the garbage collector takes away after it.
 */
export async function isStillThere(
  { metadata: { name, namespace, uid } }: SemanticRouterMaas,
  world: World,
  signal: AbortSignal,
): Promise<boolean> {
  const live = await world.read(semanticRouterMaasType, { name, namespace }, signal);
  return live?.metadata.uid === uid && live.metadata.deletionTimestamp === undefined;
}

async function readConfigSource(
  { metadata, spec }: SemanticRouterMaas,
  world: World,
  signal: AbortSignal,
): Promise<ConfigSource> {
  const reference = configMapReference(spec);
  const configMap =
    reference === undefined
      ? undefined
      : await world.read(
          configMapType,
          { name: reference.name, namespace: metadata.namespace },
          signal,
        );
  return configSourceOf(reference, configMap);
}
