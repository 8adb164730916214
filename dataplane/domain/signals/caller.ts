// Signals about who calls.
import type { RouterConfig } from '../../../config/schema/index.ts';
import type { CallerIdentity } from '../caller-identity.ts';
import { truth, unknown, type SignalValue } from '../signal-values.ts';

type AuthzRule = RouterConfig['authz_rules'][number];
type Caller = Pick<CallerIdentity, 'user' | 'tier'>;

/**
 * Whether the caller is one of the users, or of one of the tiers or groups; unknown where nobody is
 * known, and where only a group could make it true and nobody tells groups.
 */
export function authzSignal(
  rule: AuthzRule,
  caller: Caller | undefined,
  groups: readonly string[] | undefined,
): SignalValue {
  if (caller === undefined) return unknown;
  if (rule.users.includes(caller.user) || rule.tiers.includes(caller.tier)) return truth(true);
  if (rule.groups.length === 0) return truth(false);
  return groups === undefined
    ? unknown
    : truth(groups.some((group) => rule.groups.includes(group)));
}
