// Bootstraps of a real Envoy with one ext_proc filter, for each pair of body modes: two backends,
// chosen by the header `x-selected-model`, and what tests need before the filter.

import type { BodyModeName } from './extproc-messages.ts';

export interface EnvoyModeOptions {
  readonly listenerPort: number;
  readonly adminPort: number;
  /** A port of 127.0.0.1, or the path of a socket file. */
  readonly extProc: number | string;
  /** Requests with `x-selected-model: big` go to `big`, all others to `small`. */
  readonly backends: { readonly small: number; readonly big: number };
  readonly requestMode: BodyModeName;
  readonly responseMode: BodyModeName;
  readonly allowModeOverride?: boolean;
  /** Bytes that Envoy buffers of a body; 50 MiB when left out. */
  readonly bufferBytes?: number;
  /** HTTP filters before ext_proc. */
  readonly filtersBefore?: readonly object[];
  /** Closes ext_proc streams without a reset; Envoy's default is false. */
  readonly closesGracefully?: boolean;
  readonly accessLogPath?: string;
  /** PEM file of the authority that signs the ext_proc server's certificate, if it has TLS. */
  readonly tls?: { readonly caFile: string; readonly certFile?: string; readonly keyFile?: string };
  readonly messageTimeout?: string;
}

const type = (name: string): string => `type.googleapis.com/envoy.${name}`;

/** A Lua filter in front of ext_proc that answers requests with the header `x-deny` by 401. */
export const denyFilter = {
  name: 'deny',
  typed_config: {
    '@type': type('extensions.filters.http.lua.v3.Lua'),
    default_source_code: {
      inline_string: `
        function envoy_on_request(handle)
          if handle:headers():get("x-deny") then
            handle:respond({[":status"] = "401", ["content-type"] = "text/plain"}, "denied")
          end
        end`,
    },
  },
};

/** A Lua filter that writes the dynamic metadata which an authorization filter would. */
export function identityFilter(user: string): object {
  return {
    name: 'identity',
    typed_config: {
      '@type': type('extensions.filters.http.lua.v3.Lua'),
      default_source_code: {
        inline_string: `
          function envoy_on_request(handle)
            handle:streamInfo():dynamicMetadata():set(
              "envoy.filters.http.ext_authz", "identity", {user = "${user}"})
          end`,
      },
    },
  };
}

export function envoyWithModes(options: EnvoyModeOptions): object {
  return {
    admin: { address: socketAddress(options.adminPort) },
    layered_runtime: {
      layers: [
        {
          name: 'static',
          static_layer: {
            'envoy.reloadable_features.ext_proc_graceful_grpc_close':
              options.closesGracefully ?? false,
          },
        },
      ],
    },
    static_resources: {
      listeners: [listener(options)],
      clusters: [
        backend('small', options.backends.small),
        backend('big', options.backends.big),
        extProcCluster(options),
      ],
    },
  };
}

function listener(options: EnvoyModeOptions): object {
  return {
    name: 'http',
    address: socketAddress(options.listenerPort),
    per_connection_buffer_limit_bytes: options.bufferBytes ?? 52_428_800,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: connectionManager(options),
          },
        ],
      },
    ],
  };
}

function connectionManager(options: EnvoyModeOptions): object {
  return {
    '@type': type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'http',
    http_protocol_options: { enable_trailers: true },
    access_log: accessLog(options.accessLogPath),
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [
            {
              match: {
                prefix: '/',
                headers: [{ name: 'x-selected-model', string_match: { exact: 'big' } }],
              },
              route: { cluster: 'big', timeout: '0s' },
            },
            { match: { prefix: '/' }, route: { cluster: 'small', timeout: '0s' } },
          ],
        },
      ],
    },
    http_filters: [
      ...(options.filtersBefore ?? []),
      { name: 'envoy.filters.http.ext_proc', typed_config: extProcFilter(options) },
      {
        name: 'envoy.filters.http.router',
        typed_config: { '@type': type('extensions.filters.http.router.v3.Router') },
      },
    ],
  };
}

function extProcFilter(options: EnvoyModeOptions): object {
  return {
    '@type': type('extensions.filters.http.ext_proc.v3.ExternalProcessor'),
    grpc_service: { envoy_grpc: { cluster_name: 'ext_proc' } },
    message_timeout: options.messageTimeout ?? '5s',
    allow_mode_override: options.allowModeOverride ?? false,
    metadata_options: {
      forwarding_namespaces: { untyped: ['envoy.filters.http.ext_authz'] },
      receiving_namespaces: { untyped: ['io.semantic-router'] },
    },
    processing_mode: {
      request_header_mode: 'SEND',
      request_body_mode: options.requestMode,
      response_header_mode: 'SEND',
      response_body_mode: options.responseMode,
      request_trailer_mode: 'SEND',
      response_trailer_mode: 'SEND',
    },
  };
}

function accessLog(path: string | undefined): object[] {
  if (path === undefined) return [];
  return [
    {
      name: 'file',
      typed_config: {
        '@type': type('extensions.access_loggers.file.v3.FileAccessLog'),
        path,
        log_format: {
          json_format: {
            path: '%REQ(:path)%',
            status: '%RESPONSE_CODE%',
            details: '%RESPONSE_CODE_DETAILS%',
            facts: '%DYNAMIC_METADATA(io.semantic-router)%',
          },
        },
      },
    },
  ];
}

function backend(name: string, port: number): object {
  return {
    ...clusterOf(name, socketAddress(port)),
    per_connection_buffer_limit_bytes: 52_428_800,
    ...protocolOptions({ http_protocol_options: { enable_trailers: true } }),
  };
}

function extProcCluster(options: EnvoyModeOptions): object {
  const address =
    typeof options.extProc === 'number'
      ? socketAddress(options.extProc)
      : { pipe: { path: options.extProc } };
  return {
    ...clusterOf('ext_proc', address),
    per_connection_buffer_limit_bytes: 52_428_800,
    circuit_breakers: {
      thresholds: [
        { max_requests: 100_000, max_connections: 100_000, max_pending_requests: 100_000 },
      ],
    },
    ...protocolOptions({ http2_protocol_options: {} }),
    ...(options.tls === undefined ? {} : { transport_socket: tlsSocket(options.tls) }),
  };
}

function tlsSocket(tls: NonNullable<EnvoyModeOptions['tls']>): object {
  const pair = {
    certificate_chain: { filename: tls.certFile },
    private_key: { filename: tls.keyFile },
  };
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': type('extensions.transport_sockets.tls.v3.UpstreamTlsContext'),
      sni: 'localhost',
      common_tls_context: {
        alpn_protocols: ['h2'],
        validation_context: { trusted_ca: { filename: tls.caFile } },
        ...(tls.certFile === undefined ? {} : { tls_certificates: [pair] }),
      },
    },
  };
}

function clusterOf(name: string, address: object): object {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '2s',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
    },
  };
}

function protocolOptions(explicit: object): object {
  return {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': type('extensions.upstreams.http.v3.HttpProtocolOptions'),
        explicit_http_config: explicit,
      },
    },
  };
}

function socketAddress(port: number): object {
  return { socket_address: { address: '127.0.0.1', port_value: port } };
}
