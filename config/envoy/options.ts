// What the Envoy configuration depends on beside RouterConfig: addresses, files, who is trusted.
import type { EnvoyMessage } from './json.ts';

/** A TCP address. `host` is an IP address or a DNS name. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** A socket in the file system; Linux takes paths of at most 107 bytes. */
export interface UnixAddress {
  readonly unixSocket: string;
}

/** Where Envoy's admin interface listens. */
export type AdminAddress = TcpAddress | UnixAddress;

/** How Envoy reaches the router's ext_proc server. */
export type ExtProcAddress = (TcpAddress & { readonly tls?: ExtProcClientTls }) | UnixAddress;

/** TLS towards the router, the counterpart of `router.ext_proc_tls`; files are PEM. */
export interface ExtProcClientTls {
  /** Authorities that the router's certificate must be signed by. */
  readonly caFile: string;
  /** Name that the router's certificate must carry. */
  readonly serverName: string;
  /** Envoy's own certificate, where the router asks for one (mTLS). */
  readonly client?: { readonly certFile: string; readonly keyFile: string };
}

/** A service that is asked about each request before the router sees it (`ext_authz`). */
export type AuthzService = HttpAuthzService | GrpcAuthzService;

/** One that takes the request's method, path and some headers, and answers 200 or refuses. */
export interface HttpAuthzService extends TcpAddress, AuthzPatience {
  readonly protocol?: 'http';
  /** Request headers shown to it beside method, path, host and `authorization`. */
  readonly requestHeaders?: readonly string[];
}

/** One that speaks Envoy's own protocol, such as Authorino. It sees all headers and no body. */
export interface GrpcAuthzService extends TcpAddress, AuthzPatience {
  readonly protocol: 'grpc';
  /**
   * Names the rules that it holds requests to (`context_extensions.host`). Authorino takes it in the
   * place of the request's host, which a client may write as it likes.
   */
  readonly hostKey: string;
  /** PEM file of the authorities of its certificate, which carries `host`; plaintext without it. */
  readonly caFile?: string;
}

interface AuthzPatience {
  /** How long it may take; the request is refused with 503 after that. Default 2. */
  readonly timeoutSeconds?: number;
}

export interface EnvoyOptions {
  /** `node.id`; default `semantic-router`. */
  readonly nodeId?: string;
  /** Where clients connect, in plaintext: HTTP/1.1 and HTTP/2 with prior knowledge. */
  readonly listen: TcpAddress;
  /** Envoy's admin interface; it can stop Envoy, so the host is a loopback address, or a socket. */
  readonly admin: AdminAddress;
  readonly extProc: ExtProcAddress;
  /** Absolute path of the folder that holds the discovery files, as Envoy sees it. */
  readonly directory: string;
  readonly authz?: AuthzService;
  /**
   * What happens to identity headers (`maas_integration.authentication`) that a request brings:
   * `strip` (default) removes them before any filter looks, because the client may have forged
   * them; `keep` is for an Envoy that only a gateway can reach which sets them itself.
   */
  readonly incomingIdentityHeaders?: 'strip' | 'keep';
  /** Body modes of ext_proc; default BUFFERED requests and STREAMED responses. */
  readonly bodyModes?: BodyModes;
  /** Access log; default `stdout`. */
  readonly accessLog?: 'stdout' | 'none' | { readonly file: string };
  /** PEM file of the authorities that `tls` endpoints without `ca_file` are checked against. */
  readonly systemCaFile?: string;
}

interface BodyModes {
  readonly request: 'BUFFERED' | 'STREAMED' | 'FULL_DUPLEX_STREAMED';
  readonly response: 'BUFFERED' | 'STREAMED' | 'FULL_DUPLEX_STREAMED';
}

/** Where Debian, Ubuntu, Alpine and Envoy's own images keep the system's authorities. */
export const defaultSystemCaFile = '/etc/ssl/certs/ca-certificates.crt';

export function socketAddress({ host, port }: TcpAddress): EnvoyMessage {
  return { socket_address: { address: host, port_value: port } };
}

/** An address of either kind. */
export function listenAddress(address: AdminAddress): EnvoyMessage {
  return 'unixSocket' in address ? { pipe: { path: address.unixSocket } } : socketAddress(address);
}

/** Whether `host` is an IP address and needs no DNS. */
export function isIpAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
