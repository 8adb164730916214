// The AuthConfig: which credentials Authorino accepts for one resource, and as whom. It is asked in
// every mode; in standalone mode nobody is told apart, so no header carries an identity.
import type { KubeObject, ResourceType } from '../kube/port.ts';
import { authHostKey } from './auth-link.ts';
import { authorization, response, type IdentityHeaders } from './auth/rules.ts';
import { authentication } from './auth/sources.ts';
import type { DesiredContext } from './context.ts';
import { ownedMetadata } from './metadata.ts';
import { childNames } from './names.ts';

export const authConfigType: ResourceType = {
  group: 'authorino.kuadrant.io',
  version: 'v1beta3',
  kind: 'AuthConfig',
  plural: 'authconfigs',
  namespaced: true,
};

/** Authorino reads API-key Secrets again when this changes, and not when their annotations do. */
const apiKeySecretsHashAnnotation = 'semantic-router.io/api-key-secrets-hash';

/** Whether there is to be an AuthConfig, be its API served or not. */
export function wantsAuthConfig({ spec }: Pick<DesiredContext, 'spec'>): boolean {
  return spec.auth.provider === 'Authorino';
}

export function buildAuthConfig(context: DesiredContext): KubeObject | undefined {
  const { resource, spec, cluster } = context;
  if (!wantsAuthConfig(context) || !cluster.served.authConfig) return undefined;
  const hash = cluster.apiKeySecretsHash;
  const headers = identityHeaders(context);
  return {
    apiVersion: `${authConfigType.group}/${authConfigType.version}`,
    kind: authConfigType.kind,
    metadata: ownedMetadata(context, {
      name: childNames.authConfig(resource),
      component: 'auth',
      labels: spec.auth.labels,
      annotations: {
        ...spec.auth.annotations,
        ...(hash === undefined ? {} : { [apiKeySecretsHashAnnotation]: hash }),
      },
    }),
    spec: {
      hosts: [authHostKey(context)],
      authentication: authentication(context),
      authorization: authorization(spec.auth.tiers, headers),
      response: response(headers),
    },
  };
}

function identityHeaders({ config }: DesiredContext): IdentityHeaders | undefined {
  if (config.mode === 'standalone') return undefined;
  const { user_header, tier_header } = config.value.maas_integration.authentication;
  return { user: user_header.toLowerCase(), tier: tier_header.toLowerCase() };
}
