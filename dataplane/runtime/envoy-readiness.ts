// Whether the Envoy beside the router takes requests, in a form for `/readyz`.
import { filterOrder } from '../../config/envoy/filters.ts';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { discoveryStats, type EnvoyStatus } from './envoy-admin.ts';

export interface EnvoyReadiness {
  readonly ok: boolean;
  /** For a reader: `live`, or what is missing. */
  readonly detail: string;
}

/** Undefined is an Envoy that does not answer. */
export function envoyReadiness(
  status: EnvoyStatus | undefined,
  options: EnvoyOptions,
): EnvoyReadiness {
  if (status === undefined) return { ok: false, detail: 'its admin interface does not answer' };
  if (status.state !== 'live') return { ok: false, detail: `it is ${status.state}` };
  const wanted = [
    ...filterOrder(options).map(discoveryStats.filter),
    discoveryStats.clusters,
    discoveryStats.routes,
  ];
  const missing = wanted.filter((stats) => status.files.get(stats)?.version === undefined);
  return missing.length === 0
    ? { ok: true, detail: 'live' }
    : { ok: false, detail: `it has no configuration for ${missing.join(', ')}` };
}
