// What Envoy discovers for one RouterConfig, or for several at once while requests of all of them
// are on their way; and the files that say so.
import { createHash } from 'node:crypto';
import type { RouterConfig } from '../schema/index.ts';
import { buildClusters } from './clusters.ts';
import { buildFilter, filterOrder, type FilterInputs } from './filters.ts';
import { identityNames, mergeIdentityNames } from './identity.ts';
import { any, typeUrl, type EnvoyMessage, type Json } from './json.ts';
import type { EnvoyOptions } from './options.ts';
import { fileNames, type FilterName } from './resource-names.ts';
import { mergeRouteInputs, routeConfiguration, routeInputs, type RouteInputs } from './routes.ts';

const clusterType = 'envoy.config.cluster.v3.Cluster';
const routesType = 'envoy.config.route.v3.RouteConfiguration';
const filterType = 'envoy.config.core.v3.TypedExtensionConfig';

/** Mergeable form of everything that follows RouterConfig. */
export interface EnvoyResources {
  /** By name, each with its `@type`. */
  readonly clusters: ReadonlyMap<string, EnvoyMessage>;
  readonly routes: RouteInputs;
  readonly filters: FilterInputs;
}

export function envoyResources(
  config: RouterConfig,
  options: Pick<EnvoyOptions, 'systemCaFile' | 'authz'> = {},
): EnvoyResources {
  const clusters = buildClusters(config, options);
  return {
    clusters: new Map(clusters.map((cluster) => [cluster.name, any(clusterType, cluster)])),
    routes: routeInputs(config, options),
    filters: {
      identity: identityNames(config),
      messageTimeoutSeconds: config.router.message_timeout_seconds,
    },
  };
}

/** What serves requests of both; where they differ under one name, `newer` holds. */
export function mergeResources(older: EnvoyResources, newer: EnvoyResources): EnvoyResources {
  const onlyOlder = [...older.clusters].filter(([name]) => !newer.clusters.has(name));
  return {
    clusters: new Map([...newer.clusters, ...onlyOlder]),
    routes: mergeRouteInputs(older.routes, newer.routes),
    filters: {
      ...newer.filters,
      identity: mergeIdentityNames(older.filters.identity, newer.filters.identity),
    },
  };
}

/** One discovery file: a DiscoveryResponse whose version is the hash of its resources. */
export interface DiscoveryFile {
  readonly fileName: string;
  readonly version: string;
  readonly content: EnvoyMessage;
}

export function clustersFile(resources: EnvoyResources): DiscoveryFile {
  return discoveryFile(fileNames.clusters, clusterType, [...resources.clusters.values()]);
}

export function routesFile(resources: EnvoyResources): DiscoveryFile {
  const routes = any(routesType, routeConfiguration(resources.routes));
  return discoveryFile(fileNames.routes, routesType, [routes]);
}

export interface FilterFile extends DiscoveryFile {
  readonly filter: FilterName;
}

/** A file for each filter that `options` asks for. */
export function filterFiles(resources: EnvoyResources, options: EnvoyOptions): FilterFile[] {
  return filterOrder(options).map((name) => ({
    filter: name,
    ...discoveryFile(fileNames.filter(name), filterType, [
      any(filterType, { name, typed_config: buildFilter(name, resources.filters, options) }),
    ]),
  }));
}

function discoveryFile(
  fileName: string,
  type: string,
  resources: readonly EnvoyMessage[],
): DiscoveryFile {
  const version = createHash('sha256').update(JSON.stringify(resources)).digest('hex').slice(0, 16);
  const content: Record<string, Json> = {
    version_info: version,
    type_url: typeUrl(type),
    resources,
  };
  return { fileName, version, content };
}
