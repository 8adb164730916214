// What is known of the Secrets that hold API keys: who and which tier they name, and never a key.
import { contentHash } from '../../../config/content-hash.ts';
import type { ApiKeys } from './api-keys.ts';
import type { ObjectMeta } from '../../kube/port.ts';

/**
 * 16 hexadecimal digits that change when a Secret comes or goes, or names another user, tier or groups;
 * in whatever order they are listed. Authorino notices none of it but the first by itself: an
 * AuthConfig that carries the hash makes it read them again. Keys are data and not looked at, so two
 * Secrets with one key go unnoticed.
 */
export function apiKeySecretsHash(
  secrets: readonly { readonly metadata: ObjectMeta }[],
  keys: Pick<ApiKeys, 'userAnnotation' | 'tierAnnotation' | 'groupsAnnotation'>,
): string {
  const lines = secrets.map(({ metadata: { namespace, name, annotations = {} } }) => {
    const [user, tier] = [annotations[keys.userAnnotation], annotations[keys.tierAnnotation]];
    const groups = annotations[keys.groupsAnnotation];
    const line = [namespace ?? null, name, user ?? null, tier ?? null];
    return JSON.stringify(groups === undefined ? line : [...line, groups]);
  });
  return contentHash(lines.sort().join('\n'));
}
