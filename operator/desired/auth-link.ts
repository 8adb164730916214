// What Envoy, the router and the AuthConfig must agree on, where Authorino says who calls.
import type { GrpcAuthzService } from '../../config/envoy/options.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import { defaultHostKey } from '../resource/host-key.ts';
import type { SemanticRouterMaas } from '../resource/semantic-router-maas.ts';
import type { Spec } from '../resource/spec.ts';
import { identityObject } from './auth/rules.ts';
import type { ResourceIdentity } from './context.ts';

/** The key of a resource that is not parsed, so whatever stands there is not believed. */
export function requestedHostKey({ metadata, spec }: SemanticRouterMaas): string {
  const { auth } = (spec ?? {}) as { readonly auth?: { readonly host?: unknown } };
  const host = typeof auth?.host === 'string' ? auth.host : undefined;
  return host ?? defaultHostKey(metadata);
}

interface Asked {
  readonly resource: Pick<ResourceIdentity, 'name' | 'namespace'>;
  readonly spec: Pick<Spec, 'auth'>;
}

/** The key by which Authorino finds the AuthConfig. */
export function authHostKey({ resource, spec }: Asked): string {
  return spec.auth.host ?? defaultHostKey(resource);
}

/** Whom Envoy asks about each request; undefined: nobody. */
export function authzService(asked: Asked): GrpcAuthzService | undefined {
  const { provider, authorino } = asked.spec.auth;
  if (provider !== 'Authorino') return undefined;
  const { host, port, caFile, timeoutSeconds } = authorino;
  const tls = caFile === undefined ? {} : { caFile };
  return { protocol: 'grpc', host, port, timeoutSeconds, hostKey: authHostKey(asked), ...tls };
}

const metadata = {
  namespace: 'envoy.filters.http.ext_authz',
  user: `${identityObject}.user`,
  tier: `${identityObject}.tier`,
} as const;

/**
 * What `maas_integration.authentication` must say for the router to believe Authorino and nobody
 * else. Authorino leaves the object out when it cannot make it: nobody is let through as somebody.
 */
export function authorinoIdentity(
  withGroups: boolean,
): Pick<RouterConfig['maas_integration']['authentication'], 'on_missing' | 'metadata'> {
  const groups = withGroups ? { groups: `${identityObject}.groups` } : {};
  return { on_missing: 'reject', metadata: { ...metadata, ...groups } };
}
