// The clusters that the filters call: the router, and the authorization service.
import { circuitBreakers, discovery, httpOptions } from './cluster-parts.ts';
import { any, seconds, type EnvoyMessage } from './json.ts';
import {
  socketAddress,
  type AuthzService,
  type ExtProcAddress,
  type GrpcAuthzService,
} from './options.ts';
import { clusterNames } from './resource-names.ts';
import { tlsSocket } from './tls-socket.ts';

// A peer that is gone without a word is noticed by its silence.
const remoteHttp2 = http2({
  connection_keepalive: { interval: seconds(30), timeout: seconds(20) },
});

function http2(options: EnvoyMessage): EnvoyMessage {
  return {
    [httpOptions]: any(httpOptions, { explicit_http_config: { http2_protocol_options: options } }),
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
    typed_extension_protocol_options: local ? http2({}) : remoteHttp2,
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
    ...(service.protocol === 'grpc' ? grpcConnection(service) : {}),
  };
}

function grpcConnection({ host, caFile }: GrpcAuthzService): EnvoyMessage {
  return {
    typed_extension_protocol_options: remoteHttp2,
    ...(caFile === undefined
      ? {}
      : { transport_socket: tlsSocket({ name: host, caFile, alpn: 'h2' }) }),
  };
}
