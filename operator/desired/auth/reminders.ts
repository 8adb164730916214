// Annotations of the AuthConfig that say nothing to Authorino but that something changed: it reads a
// changed AuthConfig again, with all that belongs to it, and what it does not watch only then. Pure.
import { contentHash } from '../../../config/content-hash.ts';
import type { KubeObject } from '../../kube/port.ts';

const annotations = {
  /** It lists API-key Secrets again, and does not when their annotations change. */
  apiKeySecrets: 'semantic-router.io/api-key-secrets-hash',
  /** It links a host again, and does not when the AuthConfig that had it is gone. */
  rivals: 'semantic-router.io/host-rivals-hash',
  /** It looks at its own verdict again: see `reminderOf`. */
  version: 'semantic-router.io/reminded-of',
} as const;

export interface Reasons {
  /** Hash over what is followed of the API-key Secrets; undefined: nothing is. */
  readonly apiKeySecretsHash: string | undefined;
  /** Uids of other AuthConfigs for the same host. */
  readonly rivals: readonly string[];
  /** The AuthConfig as it is; undefined: there is none. */
  readonly live: KubeObject | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

export function reminders(reasons: Reasons): Readonly<Record<string, string>> {
  const { apiKeySecretsHash, rivals, live, nowMs } = reasons;
  const all: Readonly<Record<string, string | undefined>> = {
    [annotations.apiKeySecrets]: apiKeySecretsHash,
    [annotations.rivals]: rivals.length === 0 ? undefined : contentHash(rivals.toSorted().join()),
    [annotations.version]: reminderOf(live, nowMs),
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Two loops of Authorino, which do not wait for each other, judge an AuthConfig and write its status:
 * what is written after a change may be the verdict on the version before, and stay. So whatever
 * replaced another version is brought to mind when it is there, as `VERSION@TIME`, and once more later,
 * when Authorino has surely judged it, as `VERSION`. What is as it was created is not.
 */
function reminderOf(live: KubeObject | undefined, nowMs: number): string | undefined {
  if (live === undefined) return undefined;
  const { generation = 1, annotations: existing = {} } = live.metadata;
  const version = [String(generation), existing[annotations.rivals] ?? []].flat().join('-');
  const last = existing[annotations.version];
  if (last === version || (last === undefined && version === '1')) return last;
  const [of, at] = last?.split('@') ?? [];
  if (of !== version) return `${version}@${nowMs}`;
  // A time far ahead is of an operator whose clock was wrong: it is not waited for.
  return Math.abs(nowMs - Number(at)) < remindAgainMs ? last : version;
}

/** Longer than Authorino takes for an AuthConfig, also while it is busy with others. */
export const remindAgainMs = 5_000;

/** How long until what is to be written of an AuthConfig changes by itself; undefined: it does not. */
export function untilReminded({ metadata }: KubeObject, nowMs: number): number | undefined {
  const [, at] = metadata.annotations?.[annotations.version]?.split('@') ?? [];
  return at === undefined ? undefined : Math.max(0, Number(at) + remindAgainMs - nowMs);
}
