// Which cluster answers: by the header that the router sets, else the default model's.
import { cacheControlHeader, selectedModelHeader } from '../names.ts';
import type { RouterConfig } from '../schema/index.ts';
import { identityNames, unique } from './identity.ts';
import { any, seconds, type EnvoyMessage } from './json.ts';
import type { EnvoyOptions } from './options.ts';
import { clusterNames, filterNames, routeConfigName } from './resource-names.ts';

// The longest system prompt that the schema allows, every character escaped, and the rest of what
// a rewritten body may gain.
const rewriteHeadroomBytes = 6 * 65_536 + 65_536;

/** What a RouteConfiguration is made of, kept apart so that two of them can be merged. */
export interface RouteInputs {
  /** Models in order, each with the longest time its answer may take; 0: no limit. */
  readonly models: ReadonlyMap<string, { readonly timeoutSeconds: number }>;
  readonly defaultModel: string;
  readonly maxRequestBodyBytes: number;
  /** Request headers that no backend sees. */
  readonly hiddenHeaders: readonly string[];
  /** `GrpcAuthzService.hostKey`, where there is one. */
  readonly authzHostKey: string | undefined;
}

export function routeInputs(
  config: RouterConfig,
  { authz }: Pick<EnvoyOptions, 'authz'> = {},
): RouteInputs {
  const timeoutSeconds = config.router.upstream_timeout_seconds;
  return {
    models: new Map(Object.keys(config.model_config).map((name) => [name, { timeoutSeconds }])),
    defaultModel: config.default_model,
    maxRequestBodyBytes: config.router.max_request_body_bytes,
    hiddenHeaders: unique([
      selectedModelHeader,
      cacheControlHeader,
      ...identityNames(config).headers,
      // A key or token that was checked here is no business of a model server's.
      ...(authz?.protocol === 'grpc' ? ['authorization'] : []),
    ]),
    authzHostKey: authz?.protocol === 'grpc' ? authz.hostKey : undefined,
  };
}

/** Routes for the models of both; where they differ, `newer` holds. */
export function mergeRouteInputs(older: RouteInputs, newer: RouteInputs): RouteInputs {
  return {
    ...newer,
    models: new Map([
      ...newer.models,
      ...[...older.models].filter(([name]) => !newer.models.has(name)),
    ]),
    hiddenHeaders: unique([...newer.hiddenHeaders, ...older.hiddenHeaders]),
  };
}

/** The RouteConfiguration. */
export function routeConfiguration(inputs: RouteInputs): EnvoyMessage {
  const { models, defaultModel, maxRequestBodyBytes, hiddenHeaders, authzHostKey } = inputs;
  const route = (model: string, match: EnvoyMessage): EnvoyMessage => ({
    match: { prefix: '/', ...match },
    route: {
      cluster: clusterNames.model(model),
      timeout: seconds(models.get(model)?.timeoutSeconds ?? 0),
      // A server behind an ingress is found by its own name; the client's goes in x-forwarded-host.
      auto_host_rewrite: true,
      append_x_forwarded_host: true,
    },
  });
  return {
    name: routeConfigName,
    request_headers_to_remove: hiddenHeaders,
    virtual_hosts: [
      {
        name: 'models',
        domains: ['*'],
        // The router holds requests to the limit itself; what it puts into one must still fit.
        request_body_buffer_limit: maxRequestBodyBytes + rewriteHeadroomBytes,
        retry_policy: retryPolicy,
        ...(authzHostKey === undefined ? {} : authzCheckSettings(authzHostKey)),
        routes: [
          ...[...models.keys()].map((model) =>
            route(model, {
              headers: [{ name: selectedModelHeader, string_match: { exact: model } }],
            }),
          ),
          // Also what every request has before the router has chosen.
          route(defaultModel, {}),
        ],
      },
    ],
  };
}

/** What the authorization service is told beside the request. */
function authzCheckSettings(hostKey: string): EnvoyMessage {
  return {
    typed_per_filter_config: {
      [filterNames.authz]: any('envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute', {
        check_settings: { context_extensions: { host: hostKey } },
      }),
    },
  };
}

// Only where no backend can have begun to work on the request.
const retryPolicy = {
  retry_on: 'connect-failure,refused-stream,reset-before-request',
  num_retries: 2,
  // Choosing by chance may come to the endpoint that just failed; with Envoy's one second choice a
  // request with two endpoints, one of them dead, was seen to fail.
  host_selection_retry_max_attempts: '10',
  retry_host_predicate: [
    {
      name: 'previous-hosts',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
      },
    },
  ],
};
