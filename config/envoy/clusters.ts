// A cluster for each model, and the fixed ones that the filters call.
import type { Endpoint, RouterConfig } from '../schema/index.ts';
import { any, seconds, type EnvoyMessage } from './json.ts';
import {
  defaultSystemCaFile,
  isIpAddress,
  socketAddress,
  type AuthzService,
  type EnvoyOptions,
  type ExtProcAddress,
  type ExtProcClientTls,
} from './options.ts';
import { clusterNames } from './resource-names.ts';

const tlsType = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

// Envoy's own limit of 1,024 requests would cut a busy router off: a stream holds its request until
// its last token. Measured with Envoy 1.40: 1,300 streams over the default gave 9,130 replies 500.
const unlimited = 100_000;

const circuitBreakers = {
  thresholds: [
    {
      priority: 'DEFAULT',
      max_connections: unlimited,
      max_pending_requests: unlimited,
      max_requests: unlimited,
      max_retries: unlimited,
    },
  ],
};

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

/** How Envoy finds the addresses: not at all, or by DNS (an IP address among names is no name). */
function discovery(hosts: readonly string[]): EnvoyMessage {
  if (hosts.every(isIpAddress)) return { type: 'STATIC' };
  return { type: 'STRICT_DNS', dns_lookup_family: 'V4_PREFERRED' };
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

/** TLS that accepts only a certificate for `name`, be it a DNS name or an IP address. */
function tlsSocket(options: {
  readonly name: string;
  readonly caFile: string;
  readonly alpn: 'http/1.1' | 'h2';
  readonly client?: ExtProcClientTls['client'];
}): EnvoyMessage {
  const { name, caFile, alpn, client } = options;
  const byAddress = isIpAddress(name);
  return {
    name: 'tls',
    typed_config: any(tlsType, {
      // SNI carries names only.
      ...(byAddress ? {} : { sni: name }),
      common_tls_context: {
        alpn_protocols: [alpn],
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
        ...(client === undefined
          ? {}
          : {
              tls_certificates: [
                {
                  certificate_chain: { filename: client.certFile },
                  private_key: { filename: client.keyFile },
                },
              ],
            }),
        validation_context: {
          trusted_ca: { filename: caFile },
          match_typed_subject_alt_names: [
            { san_type: byAddress ? 'IP_ADDRESS' : 'DNS', matcher: { exact: name } },
          ],
        },
      },
    }),
  };
}

/** The cluster that the ext_proc filter calls. */
export function extProcCluster(address: ExtProcAddress): EnvoyMessage {
  const name = clusterNames.extProc;
  const local = 'unixSocket' in address;
  const endpoint = local
    ? { address: { pipe: { path: address.unixSocket } } }
    : { address: socketAddress(address) };
  const tls = local ? undefined : address.tls;
  return {
    name,
    ...discovery(local ? [] : [address.host]),
    connect_timeout: seconds(1),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    circuit_breakers: circuitBreakers,
    // A buffered body travels as one message.
    per_connection_buffer_limit_bytes: extProcBufferBytes,
    typed_extension_protocol_options: {
      [httpOptions]: any(httpOptions, {
        explicit_http_config: {
          http2_protocol_options: local
            ? {}
            : { connection_keepalive: { interval: seconds(30), timeout: seconds(20) } },
        },
      }),
    },
    ...(tls === undefined
      ? {}
      : {
          transport_socket: tlsSocket({
            name: tls.serverName,
            caFile: tls.caFile,
            alpn: 'h2',
            client: tls.client,
          }),
        }),
  };
}

// The largest body that `router.max_request_body_bytes` suggests; it bounds what Envoy holds for a
// slow router, not what it may send.
export const extProcBufferBytes = 52_428_800;

/** The cluster that the ext_authz filter calls. */
export function authzCluster(service: AuthzService): EnvoyMessage {
  const name = clusterNames.authz;
  return {
    name,
    ...discovery([service.host]),
    connect_timeout: seconds(1),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(service) } }] }],
    },
    circuit_breakers: circuitBreakers,
  };
}
