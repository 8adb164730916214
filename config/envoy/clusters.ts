// A cluster for each model.
import type { Endpoint, RouterConfig } from '../schema/index.ts';
import { circuitBreakers, discovery, httpOptions } from './cluster-parts.ts';
import { any, seconds, type EnvoyMessage } from './json.ts';
import { defaultSystemCaFile, socketAddress, type EnvoyOptions } from './options.ts';
import { clusterNames } from './resource-names.ts';
import { tlsSocket } from './tls-socket.ts';

/** A cluster in the JSON form of protobuf. */
export type Cluster = EnvoyMessage & { readonly name: string };

/** One cluster for each entry of `model_config`, in its order. */
export function buildClusters(
  config: RouterConfig,
  options: Pick<EnvoyOptions, 'systemCaFile'> = {},
): Cluster[] {
  return Object.entries(config.model_config).map(([name, model]) => {
    const wanted = new Set(model.preferred_endpoints);
    const endpoints = config.vllm_endpoints.filter(
      (endpoint) => wanted.size === 0 || wanted.has(endpoint.name),
    );
    return modelCluster(name, endpoints, options.systemCaFile ?? defaultSystemCaFile);
  });
}

function modelCluster(
  model: string,
  endpoints: readonly Endpoint[],
  systemCaFile: string,
): Cluster {
  const name = clusterNames.model(model);
  const matched = endpoints.some((endpoint) => endpoint.tls !== undefined);
  const checkPath = endpoints.find(isChecked)?.health_check_path;
  return {
    name,
    ...discovery(endpoints.map((endpoint) => endpoint.address)),
    connect_timeout: seconds(5),
    // Of two endpoints the less busy one: answers differ in length by orders of magnitude.
    lb_policy: 'LEAST_REQUEST',
    load_assignment: {
      cluster_name: name,
      endpoints: [
        { lb_endpoints: endpoints.map((endpoint) => lbEndpoint(endpoint, { checkPath, matched })) },
      ],
    },
    circuit_breakers: circuitBreakers,
    per_connection_buffer_limit_bytes: 1_048_576,
    outlier_detection: outlierDetection,
    ...(checkPath === undefined ? {} : { health_checks: [healthCheck(checkPath)] }),
    typed_extension_protocol_options: {
      [httpOptions]: any(httpOptions, {
        // vLLM's server and Node's close a connection that idles for 5 seconds; a request sent at
        // that moment would fail, so ours goes first.
        common_http_protocol_options: { idle_timeout: seconds(4) },
        explicit_http_config: { http_protocol_options: {} },
      }),
    },
    // A silent model is no dead model, so no timer ends its stream; this notices a dead host.
    upstream_connection_options: {
      tcp_keepalive: { keepalive_time: 60, keepalive_interval: 15, keepalive_probes: 4 },
    },
    ...(matched
      ? {
          transport_socket_matches: endpoints.map((endpoint) => ({
            name: endpoint.name,
            match: { endpoint: endpoint.name },
            transport_socket: transportSocket(endpoint, systemCaFile),
          })),
        }
      : {}),
  };
}

function isChecked(endpoint: Endpoint): boolean {
  return endpoint.health_check_path !== undefined;
}

function lbEndpoint(
  endpoint: Endpoint,
  cluster: {
    /** The path that its endpoints are asked for; undefined: none is. */
    readonly checkPath: string | undefined;
    /** Whether each endpoint is matched to a transport of its own. */
    readonly matched: boolean;
  },
): EnvoyMessage {
  const { checkPath, matched } = cluster;
  const { address, port, weight } = endpoint;
  const hostname = hostHeader(endpoint);
  return {
    endpoint: {
      address: socketAddress({ host: address, port }),
      hostname,
      ...(checkPath === undefined
        ? {}
        : {
            health_check_config:
              // Envoy asks all endpoints of a cluster for one path.
              endpoint.health_check_path === checkPath
                ? { hostname }
                : { disable_active_health_check: true },
          }),
    },
    load_balancing_weight: weight,
    ...(matched ? { metadata: transportMetadata(endpoint.name) } : {}),
  };
}

function transportMetadata(endpoint: string): EnvoyMessage {
  return { filter_metadata: { 'envoy.transport_socket_match': { endpoint } } };
}

/** What a client that connects to the endpoint by itself would send as `host`. */
function hostHeader(endpoint: Endpoint): string {
  const { port, tls } = endpoint;
  const name = serverName(endpoint);
  const host = name.includes(':') ? `[${name}]` : name;
  const usualPort = tls === undefined ? 80 : 443;
  return port === usualPort ? host : `${host}:${port}`;
}

/** The name or address that the endpoint goes by; the dot that ends an absolute name is DNS's. */
function serverName({ address, tls }: Endpoint): string {
  return (tls?.server_name ?? address).replace(/\.$/, '');
}

function healthCheck(path: string): EnvoyMessage {
  return {
    timeout: seconds(3),
    interval: seconds(10),
    no_traffic_interval: seconds(10),
    unhealthy_interval: seconds(3),
    unhealthy_threshold: 2,
    healthy_threshold: 1,
    http_health_check: { path },
  };
}

// A model's own 500 may be the prompt's fault; only gateway errors and failed connections speak
// against an endpoint. When all are ejected, Envoy uses all of them.
const outlierDetection = {
  split_external_local_origin_errors: true,
  enforcing_consecutive_5xx: 0,
  enforcing_success_rate: 0,
  enforcing_local_origin_success_rate: 0,
  consecutive_gateway_failure: 5,
  enforcing_consecutive_gateway_failure: 100,
  consecutive_local_origin_failure: 5,
  enforcing_consecutive_local_origin_failure: 100,
  interval: seconds(5),
  base_ejection_time: seconds(10),
  max_ejection_percent: 100,
};

function transportSocket(endpoint: Endpoint, systemCaFile: string): EnvoyMessage {
  const { tls } = endpoint;
  if (tls === undefined) {
    return {
      name: 'plaintext',
      typed_config: any('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer', {}),
    };
  }
  const caFile = tls.ca_file ?? systemCaFile;
  return tlsSocket({ name: serverName(endpoint), caFile, alpn: 'http/1.1' });
}
