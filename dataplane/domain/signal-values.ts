// Signals and their values in three-valued logic: what nobody could compute is unknown, never false.
import type { RouterConfig } from '../../config/schema/index.ts';

export type Truth = 'true' | 'false' | 'unknown';

export interface SignalValue {
  readonly value: Truth;
  /** How sure, 0 to 1; 0 unless the value is `true`. */
  readonly confidence: number;
}

/** Values by `type:name`; undefined for what nobody computed. */
export interface SignalValues {
  get(key: string): SignalValue | undefined;
}

export const holds: SignalValue = { value: 'true', confidence: 1 };
export const fails: SignalValue = { value: 'false', confidence: 0 };
export const unknown: SignalValue = { value: 'unknown', confidence: 0 };

/** Whether the estimated prompt length lies in the range, both ends included. */
export function contextSignal(
  rule: RouterConfig['context_rules'][number],
  promptTokens: number,
): SignalValue {
  const fits =
    promptTokens >= rule.min_tokens &&
    (rule.max_tokens === undefined || promptTokens <= rule.max_tokens);
  return fits ? holds : fails;
}

/** Whether the caller is one of the users or of one of the tiers; unknown where nobody is known. */
export function authzSignal(
  rule: RouterConfig['authz_rules'][number],
  caller: { readonly user: string; readonly tier: string } | undefined,
): SignalValue {
  if (caller === undefined) return unknown;
  return rule.users.includes(caller.user) || rule.tiers.includes(caller.tier) ? holds : fails;
}
