// Annotations of the AuthConfig that say nothing to Authorino but that something changed: it reads a
// changed AuthConfig again, with all that belongs to it, and what it does not watch only then. Pure.
import { contentHash } from '../../../config/content-hash.ts';
import type { KubeObject } from '../../kube/port.ts';

const annotations = {
  /** It lists API-key Secrets again, and does not when their annotations change. */
  apiKeySecrets: 'semantic-router.io/api-key-secrets-hash',
  /** It links a host again, and does not when the AuthConfig that had it is gone. */
  rivals: 'semantic-router.io/host-rivals-hash',
  /** It looks at its own verdict again: see `versionOf`. */
  version: 'semantic-router.io/reminded-of',
} as const;

export interface Reasons {
  /** Hash over what is followed of the API-key Secrets; undefined: nothing is. */
  readonly apiKeySecretsHash: string | undefined;
  /** Uids of other AuthConfigs for the same host. */
  readonly rivals: readonly string[];
  /** The AuthConfig as it is; undefined: there is none. */
  readonly live: KubeObject | undefined;
}

export function reminders(reasons: Reasons): Readonly<Record<string, string>> {
  const { apiKeySecretsHash, rivals, live } = reasons;
  const all: Readonly<Record<string, string | undefined>> = {
    [annotations.apiKeySecrets]: apiKeySecretsHash,
    [annotations.rivals]: rivals.length === 0 ? undefined : contentHash(rivals.toSorted().join()),
    [annotations.version]: versionOf(live),
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * What is there now and may have changed Authorino's verdict; undefined: it is as it was created. Two
 * loops of Authorino, which do not wait for each other, judge an AuthConfig and write its status: what
 * is written after a change may be the verdict on the version before, and stay. A second change, which
 * comes when the first one is there, makes it look again.
 */
function versionOf(live: KubeObject | undefined): string | undefined {
  const { generation = 1, annotations: existing = {} } = live?.metadata ?? {};
  const changed = generation > 1 ? [String(generation)] : [];
  const version = [...changed, existing[annotations.rivals] ?? []].flat().join('-');
  return version === '' ? undefined : version;
}
