// What Envoy's admin interface tells of the discovery files that it has read.
import { filterNames, routeConfigName, statPrefix } from '../../config/envoy/resource-names.ts';

/** How Envoy stands to one discovery file. */
interface DiscoveryStatus {
  /** `version_info` of the last content that it accepted; undefined before the first. */
  readonly version: string | undefined;
  /** How often it refused a content, or could not read one, since it began. */
  readonly refusals: number;
}

export interface EnvoyStatus {
  /** By stat prefix, as `discoveryStats` names them. */
  readonly files: ReadonlyMap<string, DiscoveryStatus>;
  /** Clusters that are not used yet: they look up names, or wait for a first health check. */
  readonly warmingClusters: number;
}

export interface EnvoyAdmin {
  /** Undefined while Envoy does not answer. */
  status(): Promise<EnvoyStatus | undefined>;
}

/** The prefix of the statistics that tell of a file. */
export const discoveryStats = {
  clusters: 'cluster_manager.cds',
  routes: `http.${statPrefix}.rds.${routeConfigName}`,
  filter: (name: string): string => `extension_config_discovery.http_filter.${name}`,
} as const;

const prefixes = [
  discoveryStats.clusters,
  discoveryStats.routes,
  ...Object.values(filterNames).map(discoveryStats.filter),
];
const names = ['version_text', 'update_rejected', 'update_failure'];
const warming = 'cluster_manager.warming_clusters';
const wanted = [warming, ...prefixes.flatMap((prefix) => names.map((name) => `${prefix}.${name}`))];
const filter = `^(${wanted.map((name) => name.replaceAll('.', '\\.')).join('|')})$`;

export function createEnvoyAdmin(
  url: string,
  deps: { readonly fetch: typeof fetch } = { fetch },
): EnvoyAdmin {
  const target = `${url}/stats?filter=${encodeURIComponent(filter)}`;
  return {
    status: async () => {
      try {
        const reply = await deps.fetch(target, { signal: AbortSignal.timeout(2000) });
        const text = await reply.text();
        return reply.ok ? parseStats(text) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Reads lines such as `cluster_manager.cds.version_text: "0123"`. */
export function parseStats(text: string): EnvoyStatus {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()] as const];
    }),
  );
  const count = (name: string): number => Number(values.get(name) ?? 0);
  const status = (prefix: string): DiscoveryStatus => {
    const version = values.get(`${prefix}.version_text`)?.replaceAll('"', '');
    return {
      version: version === '' ? undefined : version,
      refusals: count(`${prefix}.update_rejected`) + count(`${prefix}.update_failure`),
    };
  };
  return {
    files: new Map(prefixes.map((prefix) => [prefix, status(prefix)])),
    warmingClusters: count(warming),
  };
}
