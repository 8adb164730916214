// What Envoy is started with: everything that does not follow RouterConfig. The rest it discovers
// in files (discovery-files.ts), so that no change of the configuration needs a restart.
import { cacheControlHeader, reservedHeaderPrefix, selectedModelHeader } from '../names.ts';
import { accessLogs } from './access-log.ts';
import { filterOrder, filterTypeUrl } from './filters.ts';
import { beginsWithButIsNot } from './header-pattern.ts';
import { any, seconds, type EnvoyMessage } from './json.ts';
import { localReplyConfig } from './local-reply.ts';
import { listenAddress, socketAddress, type EnvoyOptions } from './options.ts';
import { fileNames, listenerName, routeConfigName, statPrefix } from './resource-names.ts';
import { authzCluster, extProcBufferBytes, extProcCluster } from './service-clusters.ts';

// What a slow reader can make Envoy hold. Request bodies have a limit of their own, on the routes,
// which only raises this one: a body limit below it is the router's to hold to. Answers that are
// buffered for the router have no other.
const connectionBufferBytes = 65_536;

// By so much may a body exceed its limit by HTTP/2 before Envoy looks; its default is 16 MiB. The
// router refuses what slips through.
const streamWindowBytes = 262_144;

export function buildBootstrap(options: EnvoyOptions): EnvoyMessage {
  return {
    node: { id: options.nodeId ?? 'semantic-router', cluster: 'semantic-router' },
    admin: { address: listenAddress(options.admin) },
    layered_runtime: {
      layers: [
        {
          name: 'semantic-router',
          static_layer: {
            // Envoy closes the router's streams in order instead of resetting each: a Node server
            // takes a thousand resets for an attack and drops the connection.
            'envoy.reloadable_features.ext_proc_graceful_grpc_close': true,
          },
        },
      ],
    },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: any(
            'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            { max_active_downstream_connections: 100_000 },
          ),
        },
      ],
    },
    dynamic_resources: { cds_config: configSource(options, fileNames.clusters) },
    static_resources: {
      listeners: [listener(options)],
      clusters: [
        extProcCluster(options.extProc),
        ...(options.authz === undefined ? [] : [authzCluster(options.authz)]),
      ],
    },
  };
}

/** A discovery file. Envoy reads it again when another file is renamed to its name. */
function configSource({ directory }: EnvoyOptions, fileName: string): EnvoyMessage {
  return {
    path_config_source: { path: `${directory}/${fileName}` },
    resource_api_version: 'V3',
    initial_fetch_timeout: seconds(0),
  };
}

function listener(options: EnvoyOptions): EnvoyMessage {
  return {
    name: listenerName,
    address: socketAddress(options.listen),
    per_connection_buffer_limit_bytes:
      options.bodyModes?.response === 'BUFFERED' ? extProcBufferBytes : connectionBufferBytes,
    filter_chains: [
      {
        filters: [
          {
            name: 'http',
            typed_config: any(
              'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              connectionManager(options),
            ),
          },
        ],
      },
    ],
  };
}

function connectionManager(options: EnvoyOptions): EnvoyMessage {
  return {
    stat_prefix: statPrefix,
    codec_type: 'AUTO',
    http2_protocol_options: {
      initial_stream_window_size: streamWindowBytes,
      initial_connection_window_size: 16 * 1_048_576,
    },
    rds: {
      route_config_name: routeConfigName,
      config_source: configSource(options, fileNames.routes),
    },
    http_filters: [
      ...filterOrder(options).map((name) => ({
        name,
        config_discovery: {
          config_source: configSource(options, fileNames.filter(name)),
          type_urls: [filterTypeUrl(name)],
        },
      })),
      {
        name: 'upstream',
        typed_config: any('envoy.extensions.filters.http.router.v3.Router', {
          suppress_envoy_headers: true,
        }),
      },
    ],
    ...untrustedClients,
    ...timeouts,
    ...requestIds,
    server_header_transformation: 'PASS_THROUGH',
    local_reply_config: localReplyConfig(options.authz),
    access_log: accessLogs(options.accessLog),
  };
}

/** Headers and paths mean the same to every filter and to the backend. */
const untrustedClients: EnvoyMessage = {
  // Nobody is trusted to set x-envoy-* headers, such as a timeout of the client's own.
  use_remote_address: true,
  early_header_mutation_extensions: [
    {
      name: 'reserved-headers',
      typed_config: any(
        'envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
        {
          mutations: [
            { remove: selectedModelHeader },
            {
              remove_on_match: {
                key_matcher: {
                  safe_regex: {
                    regex: beginsWithButIsNot(reservedHeaderPrefix, cacheControlHeader),
                  },
                },
              },
            },
          ],
        },
      ),
    },
  ],
  // Otherwise `/v1/chat%2Fcompletions` would be one thing to the router and another to a backend.
  normalize_path: true,
  merge_slashes: true,
  path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD',
};

/** A model may be silent for as long as it thinks: only the request itself has to come in time. */
const timeouts: EnvoyMessage = {
  stream_idle_timeout: seconds(0),
  request_headers_timeout: seconds(30),
  request_timeout: seconds(300),
  common_http_protocol_options: { idle_timeout: seconds(3600) },
};

const requestIds: EnvoyMessage = {
  generate_request_id: true,
  preserve_external_request_id: true,
  always_set_request_id_in_response: true,
  request_id_extension: {
    typed_config: any('envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig', {
      // The id that came is the id that goes.
      pack_trace_reason: false,
    }),
  },
};
