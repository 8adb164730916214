// Points a configuration at this machine: at the backend that the user named, or at the simulated
// model in the place of every endpoint that does not answer.
import type { RouterConfig } from '../../config/schema/index.ts';

export interface Backend {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Reads `--backend`: an http or https URL without a path. */
export function readBackend(url: string): Backend {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const known = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (parsed === undefined || !known || parsed.pathname !== '/') {
    throw new Error(
      `--backend must be a URL such as http://127.0.0.1:8000, without a path, not ${JSON.stringify(url)}.`,
    );
  }
  const tls = parsed.protocol === 'https:';
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (tls ? 443 : 80) : Number(parsed.port),
    tls,
  };
}

/** Every endpoint is `backend`. */
export function pointAtBackend(config: RouterConfig, backend: Backend): RouterConfig {
  return {
    ...config,
    vllm_endpoints: config.vllm_endpoints.map(({ name, weight }) => ({
      name,
      weight,
      address: backend.host,
      port: backend.port,
      ...(backend.tls ? { tls: {} } : {}),
    })),
  };
}

export interface PointedConfig {
  readonly config: RouterConfig;
  /** Names of the endpoints that the simulated model stands in for. */
  readonly simulated: readonly string[];
}

/** Endpoints that `isReachable` denies are the simulated model. */
export async function pointAtSimulation(options: {
  readonly config: RouterConfig;
  readonly simulation: { readonly host: string; readonly port: number };
  readonly isReachable: (host: string, port: number) => Promise<boolean>;
}): Promise<PointedConfig> {
  const { config, simulation, isReachable } = options;
  const reachable = await Promise.all(
    config.vllm_endpoints.map(({ address, port }) => isReachable(address, port)),
  );
  const simulated: string[] = [];
  const vllm_endpoints = config.vllm_endpoints.map((endpoint, index) => {
    if (reachable[index] === true) return endpoint;
    simulated.push(endpoint.name);
    const { name, weight } = endpoint;
    return { name, weight, address: simulation.host, port: simulation.port };
  });
  return { config: { ...config, vllm_endpoints }, simulated };
}
