// The HTTP filters that follow RouterConfig. They are discovered, not part of the listener: a change
// reaches the next request and closes no connection.
import { reservedHeaderPrefix, routerMetadataNamespace } from '../names.ts';
import type { IdentityNames } from './identity.ts';
import { any, seconds, typeUrl, type EnvoyMessage } from './json.ts';
import type { AuthzService, EnvoyOptions, HttpAuthzService } from './options.ts';
import { clusterNames, filterNames, type FilterName } from './resource-names.ts';

export interface FilterInputs {
  readonly identity: IdentityNames;
  readonly messageTimeoutSeconds: number;
}

const types = {
  [filterNames.strip]: 'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
  [filterNames.authz]: 'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
  [filterNames.router]: 'envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor',
} as const satisfies Record<FilterName, string>;

export function filterTypeUrl(name: FilterName): string {
  return typeUrl(types[name]);
}

/** The filters that `options` asks for, in the order that a request meets them. */
export function filterOrder(options: EnvoyOptions): FilterName[] {
  return [
    filterNames.strip, // before anybody looks
    ...(options.authz === undefined ? [] : [filterNames.authz]), // who is it
    filterNames.router, // everything else
  ];
}

/** The configuration of one filter, as `typed_config`. */
export function buildFilter(
  name: FilterName,
  inputs: FilterInputs,
  options: EnvoyOptions,
): EnvoyMessage {
  switch (name) {
    case filterNames.strip:
      return stripFilter(inputs, options);
    case filterNames.authz:
      if (options.authz === undefined) throw new Error('the authz filter needs options.authz');
      return authzFilter(inputs, options.authz);
    case filterNames.router:
      return routerFilter(inputs, options);
  }
}

function stripFilter({ identity }: FilterInputs, options: EnvoyOptions): EnvoyMessage {
  const kept = options.incomingIdentityHeaders === 'keep';
  const names = [
    ...(kept ? [] : identity.headers),
    // Those under the reserved prefix are gone before any filter.
    ...identity.responseHeaders.filter((name) => !name.startsWith(reservedHeaderPrefix)),
  ];
  return any(types[filterNames.strip], {
    mutations: { request_mutations: names.map((remove) => ({ remove })) },
  });
}

function authzFilter(inputs: FilterInputs, service: AuthzService): EnvoyMessage {
  const timeout = seconds(service.timeoutSeconds ?? 2);
  return any(types[filterNames.authz], {
    transport_api_version: 'V3',
    ...(service.protocol === 'grpc'
      ? { grpc_service: { envoy_grpc: { cluster_name: clusterNames.authz }, timeout } }
      : httpAuthz(inputs, service, timeout)),
    failure_mode_allow: false,
    status_on_error: { code: 'ServiceUnavailable' },
  });
}

function httpAuthz(
  { identity }: FilterInputs,
  service: HttpAuthzService,
  timeout: string,
): EnvoyMessage {
  const headers = { patterns: identity.headers.map(exactly) };
  const shown = (service.requestHeaders ?? []).map(exactly);
  return {
    http_service: {
      server_uri: {
        uri: `http://${service.host}:${service.port}`,
        cluster: clusterNames.authz,
        timeout,
      },
      authorization_response: {
        ...(identity.headersAreBelieved ? { allowed_upstream_headers: headers } : {}),
        dynamic_metadata_from_headers: headers,
      },
    },
    ...(shown.length === 0 ? {} : { allowed_headers: { patterns: shown } }),
  };
}

function exactly(name: string): EnvoyMessage {
  return { exact: name.toLowerCase(), ignore_case: true };
}

function routerFilter(
  { identity, messageTimeoutSeconds }: FilterInputs,
  options: EnvoyOptions,
): EnvoyMessage {
  const modes = options.bodyModes ?? { request: 'BUFFERED', response: 'STREAMED' };
  const duplex = modes.request === 'FULL_DUPLEX_STREAMED';
  return any(types[filterNames.router], {
    grpc_service: { envoy_grpc: { cluster_name: clusterNames.extProc } },
    // An unmetered and unguarded answer is worse than none.
    failure_mode_allow: false,
    message_timeout: seconds(messageTimeoutSeconds),
    allow_mode_override: true,
    processing_mode: {
      request_header_mode: 'SEND',
      request_body_mode: modes.request,
      request_trailer_mode: duplex ? 'SEND' : 'SKIP',
      response_header_mode: 'SEND',
      response_body_mode: modes.response,
      // Without it, an answer that ends in trailers never shows its end.
      response_trailer_mode: 'SEND',
    },
    ...(identity.attributes.length === 0 ? {} : { request_attributes: identity.attributes }),
    metadata_options: {
      forwarding_namespaces: { untyped: identity.metadataNamespaces },
      receiving_namespaces: { untyped: [routerMetadataNamespace] },
    },
  });
}
