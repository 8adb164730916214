// Which Secrets hold API keys: for the AuthConfig that accepts them, and for who follows their
// annotations. Both must mean the same Secrets.
import type { KubeObject, Selection } from '../../kube/port.ts';
import type { Spec } from '../../resource/spec.ts';
import type { ResourceIdentity } from '../context.ts';

export type ApiKeys = NonNullable<Spec['auth']['apiKeys']>;

interface Asked {
  readonly resource: Pick<ResourceIdentity, 'name' | 'namespace'>;
  readonly spec: Pick<Spec, 'auth'>;
}

/** Label that Authorino asks of a Secret before it watches it, and notices that a key is gone. */
const managedByAuthorino = { 'authorino.kuadrant.io/managed-by': 'authorino' } as const;

/** Labels that tie a Secret to one resource, unless `apiKeys.matchLabels` says otherwise. */
const apiKeyOwnerLabels = {
  instance: 'semantic-router.io/api-keys-of',
  namespace: 'semantic-router.io/api-keys-in',
} as const;

/** Whether and how API keys are accepted. */
export function acceptedApiKeys({ spec: { auth } }: Asked): ApiKeys | undefined {
  return auth.provider === 'Authorino' ? auth.apiKeys : undefined;
}

/** All labels that a Secret must carry for its key to count. */
export function apiKeyLabels(
  { resource }: Asked,
  { matchLabels, allNamespaces }: ApiKeys,
): Record<string, string> {
  if (Object.keys(matchLabels).length > 0) return { ...matchLabels, ...managedByAuthorino };
  return {
    [apiKeyOwnerLabels.instance]: resource.name,
    // Resources of the same name in two namespaces do not share their keys.
    ...(allNamespaces ? { [apiKeyOwnerLabels.namespace]: resource.namespace } : {}),
    ...managedByAuthorino,
  };
}

/** Whether a Secret holds a key that counts for the resource. */
export function isApiKeySecret(
  { metadata }: Pick<KubeObject, 'metadata'>,
  asked: Asked,
  apiKeys: ApiKeys,
): boolean {
  if (!apiKeys.allNamespaces && metadata.namespace !== asked.resource.namespace) return false;
  return Object.entries(apiKeyLabels(asked, apiKeys)).every(
    ([key, value]) => metadata.labels?.[key] === value,
  );
}

/** How these Secrets are listed and watched: without their data. Undefined: there are none. */
export function apiKeySelection(asked: Asked): Selection | undefined {
  const apiKeys = acceptedApiKeys(asked);
  if (apiKeys === undefined) return undefined;
  const labels = Object.entries(apiKeyLabels(asked, apiKeys));
  return {
    ...(apiKeys.allNamespaces ? {} : { namespace: asked.resource.namespace }),
    labelSelector: labels.map(([key, value]) => `${key}=${value}`).join(','),
    metadataOnly: true,
  };
}
