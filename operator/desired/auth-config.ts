// The AuthConfig: which credentials Authorino accepts for one resource, and as whom. It is asked in
// every mode; in standalone mode nobody is told apart, so no header carries an identity.
import { apiVersionOf, authConfigType } from '../child-types.ts';
import type { KubeObject } from '../kube/port.ts';
import { authHostKey } from './auth-link.ts';
import { asksForGroups } from './auth/groups.ts';
import { authorization, response, type IdentityHeaders } from './auth/rules.ts';
import { authentication } from './auth/sources.ts';
import type { DesiredContext } from './context.ts';
import { ownedMetadata } from './metadata.ts';
import { childNames } from './names.ts';

/** Whether there is to be an AuthConfig, be its API served or not. */
export function wantsAuthConfig({ spec }: Pick<DesiredContext, 'spec'>): boolean {
  return spec.auth.provider === 'Authorino';
}

export function buildAuthConfig(context: DesiredContext): KubeObject | undefined {
  const { resource, spec, cluster } = context;
  if (!wantsAuthConfig(context) || !cluster.served.authConfig) return undefined;
  const headers = identityHeaders(context);
  const withGroups = asksForGroups(context.config.value);
  return {
    apiVersion: apiVersionOf(authConfigType),
    kind: authConfigType.kind,
    metadata: ownedMetadata(context, {
      name: childNames.authConfig(resource),
      component: 'auth',
      labels: spec.auth.labels,
      annotations: { ...spec.auth.annotations, ...cluster.authReminders },
    }),
    spec: {
      hosts: [authHostKey(context)],
      authentication: authentication(context),
      authorization: authorization(spec.auth.tiers, headers),
      response: response(headers, withGroups),
    },
  };
}

function identityHeaders({ config }: DesiredContext): IdentityHeaders | undefined {
  if (config.mode === 'standalone') return undefined;
  const { user_header, tier_header, groups_header } = config.value.maas_integration.authentication;
  return {
    user: user_header.toLowerCase(),
    tier: tier_header.toLowerCase(),
    ...(groups_header === undefined ? {} : { groups: groups_header.toLowerCase() }),
  };
}
