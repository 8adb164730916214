// The one Envoy configuration of the benchmark. All contestants get the same, but for the ext_proc
// filter, which is there or not.
import { routerMetadataNamespace, selectedModelHeader } from '../../config/names.ts';

const bufferBytes = 50 * 1024 * 1024;
/** Envoy's default circuit breakers end at 1,024 requests at once; the benchmark must not meet them. */
const unlimited = 100_000;

export interface BootstrapOptions {
  readonly listenPort: number;
  readonly adminPort: number;
  readonly backendPort: number;
  /** Port of the ext_proc server; undefined: Envoy alone. */
  readonly extProcPort: number | undefined;
  /** Names that the selected-model header may carry; each has a route and a cluster. */
  readonly models: readonly string[];
  /** Envoy's reloadable feature ext_proc_graceful_grpc_close; off is Envoy 1.40's own default. */
  readonly gracefulClose: boolean;
}

/** Bootstrap of one contestant's Envoy: requests buffered, responses streamed, routed by model. */
export function buildBootstrap(options: BootstrapOptions): object {
  const clusters = options.models.map((model) => cluster(model, options.backendPort));
  if (options.extProcPort !== undefined) clusters.push(extProcCluster(options.extProcPort));
  return {
    admin: { address: loopback(options.adminPort) },
    layered_runtime: {
      layers: [
        {
          name: 'bench',
          static_layer: {
            'envoy.reloadable_features.ext_proc_graceful_grpc_close': options.gracefulClose,
          },
        },
      ],
    },
    static_resources: { listeners: [listener(options)], clusters },
  };
}

function loopback(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}

function typed(type: string, config: object): object {
  return { '@type': `type.googleapis.com/${type}`, ...config };
}

function listener(options: BootstrapOptions): object {
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {}),
  };
  const manager = {
    stat_prefix: 'bench',
    codec_type: 'HTTP1',
    http_filters: options.extProcPort === undefined ? [router] : [extProcFilter(), router],
    early_header_mutation_extensions: [earlyStrip()],
    route_config: { virtual_hosts: [virtualHost(options.models)] },
  };
  return {
    name: 'bench',
    address: loopback(options.listenPort),
    per_connection_buffer_limit_bytes: bufferBytes,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: typed(
              'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              manager,
            ),
          },
        ],
      },
    ],
  };
}

/** What no client may send. The identity headers stay: a gateway in front would have set them. */
function earlyStrip(): object {
  return {
    name: 'envoy.http.early_header_mutation.header_mutation',
    typed_config: typed(
      'envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
      { mutations: [{ remove: selectedModelHeader }] },
    ),
  };
}

function extProcFilter(): object {
  return {
    name: 'envoy.filters.http.ext_proc',
    typed_config: typed('envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor', {
      grpc_service: { envoy_grpc: { cluster_name: 'ext_proc' } },
      message_timeout: '5s',
      allow_mode_override: true,
      metadata_options: { receiving_namespaces: { untyped: [routerMetadataNamespace] } },
      processing_mode: {
        request_header_mode: 'SEND',
        request_body_mode: 'BUFFERED',
        response_header_mode: 'SEND',
        response_body_mode: 'STREAMED',
        request_trailer_mode: 'SKIP',
        response_trailer_mode: 'SEND',
      },
    }),
  };
}

function virtualHost(models: readonly string[]): object {
  const byModel = models.map((model) => ({
    match: {
      prefix: '/',
      headers: [{ name: selectedModelHeader, string_match: { exact: model } }],
    },
    route: { cluster: model, timeout: '0s' },
  }));
  const otherwise = { match: { prefix: '/' }, route: { cluster: models[0], timeout: '0s' } };
  return { name: 'all', domains: ['*'], routes: [...byModel, otherwise] };
}

function cluster(name: string, port: number): object {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '2s',
    per_connection_buffer_limit_bytes: bufferBytes,
    circuit_breakers: {
      thresholds: [
        { max_connections: unlimited, max_pending_requests: unlimited, max_requests: unlimited },
      ],
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: loopback(port) } }] }],
    },
  };
}

function extProcCluster(port: number): object {
  return {
    ...cluster('ext_proc', port),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        { explicit_http_config: { http2_protocol_options: {} } },
      ),
    },
  };
}
