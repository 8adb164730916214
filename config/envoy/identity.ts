// What the Envoy configuration takes from `maas_integration`: which headers carry the identity, and
// what ext_proc is told beside them.
import { billingMode } from '../mode.ts';
import { responseHeaderSuffixes } from '../names.ts';
import type { RouterConfig } from '../schema/index.ts';

export interface IdentityNames {
  /** Request headers that carry the identity, lower case. */
  readonly headers: readonly string[];
  /** Whether the router takes the identity from those headers, and not from what Envoy vouches for. */
  readonly headersAreBelieved: boolean;
  /** Namespaces of dynamic metadata that the router reads. */
  readonly metadataNamespaces: readonly string[];
  /** Envoy attributes that the router reads. */
  readonly attributes: readonly string[];
  /** Names of our response headers, which a request has no business to carry; lower case. */
  readonly responseHeaders: readonly string[];
}

/** Where ext_authz leaves what it learned. */
const authzMetadataNamespace = 'envoy.filters.http.ext_authz';

/** In standalone mode nobody pays, so no header carries an identity and none is touched. */
export function identityNames(config: RouterConfig): IdentityNames {
  const { maas_integration: maas } = config;
  if (billingMode(config) === 'standalone') {
    return {
      headers: [],
      headersAreBelieved: false,
      metadataNamespaces: [authzMetadataNamespace],
      attributes: [],
      responseHeaders: [],
    };
  }
  const { user_header, tier_header, groups_header, metadata, attributes } = maas.authentication;
  const groups = groups_header === undefined ? [] : [groups_header];
  return {
    headers: unique([user_header, tier_header, ...groups].map(lowerCase)),
    headersAreBelieved: metadata === undefined && attributes === undefined,
    metadataNamespaces: unique([
      authzMetadataNamespace,
      ...(metadata === undefined ? [] : [metadata.namespace]),
    ]),
    attributes:
      attributes === undefined
        ? []
        : unique([
            attributes.user,
            attributes.tier,
            ...(attributes.groups === undefined ? [] : [attributes.groups]),
          ]),
    responseHeaders: Object.values(responseHeaderSuffixes).map((suffix) =>
      lowerCase(`${maas.headers.prefix}${suffix}`),
    ),
  };
}

/** What two configurations need together, while requests of both are on their way. */
export function mergeIdentityNames(older: IdentityNames, newer: IdentityNames): IdentityNames {
  const both = (
    key: 'headers' | 'metadataNamespaces' | 'attributes' | 'responseHeaders',
  ): string[] => unique([...newer[key], ...older[key]]);
  return {
    headers: both('headers'),
    headersAreBelieved: newer.headersAreBelieved || older.headersAreBelieved,
    metadataNamespaces: both('metadataNamespaces'),
    attributes: both('attributes'),
    responseHeaders: both('responseHeaders'),
  };
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

export function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
