// What Envoy's admin interface tells of Envoy and of the discovery files that it has read.
import { filterNames, routeConfigName, statPrefix } from '../../config/envoy/resource-names.ts';
import type { AskEnvoy } from './ask-envoy.ts';

/** How Envoy stands to one discovery file. */
interface DiscoveryStatus {
  /** `version_info` of the last content that it accepted; undefined before the first. */
  readonly version: string | undefined;
  /** How often it refused a content, or could not read one, since it began. */
  readonly refusals: number;
}

export interface EnvoyStatus {
  /** `pre-init`: it waits for its first files; `draining`: it asks clients to go elsewhere. */
  readonly state: EnvoyState;
  /** By stat prefix, as `discoveryStats` names them. */
  readonly files: ReadonlyMap<string, DiscoveryStatus>;
  /** Clusters that are not used yet: they look up names, or wait for a first health check. */
  readonly warmingClusters: number;
}

export type EnvoyState = 'live' | 'draining' | 'pre-init' | 'initialising' | 'unknown';

/** By the value of the gauge `server.state`. */
const states: readonly EnvoyState[] = ['live', 'draining', 'pre-init', 'initialising'];

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
const serverState = 'server.state';
const wanted = [
  serverState,
  warming,
  ...prefixes.flatMap((prefix) => names.map((name) => `${prefix}.${name}`)),
];
const filter = `^(${wanted.map((name) => name.replaceAll('.', '\\.')).join('|')})$`;

export function createEnvoyAdmin(ask: AskEnvoy): EnvoyAdmin {
  return {
    status: async () => {
      const text = await ask('GET', `/stats?filter=${encodeURIComponent(filter)}`);
      return text === undefined ? undefined : parseStats(text);
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
  const stateNumber = values.get(serverState);
  return {
    state: (stateNumber === undefined ? undefined : states[Number(stateNumber)]) ?? 'unknown',
    files: new Map(prefixes.map((prefix) => [prefix, status(prefix)])),
    warmingClusters: count(warming),
  };
}
