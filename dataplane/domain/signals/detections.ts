// Signals about what guards look for: jailbreak attempts and personal data.
import type { RouterConfig } from '../../../config/schema/index.ts';
import type { JailbreakFinding, PiiFinding } from '../findings.ts';
import { atLeast, fails, type SignalValue } from '../signal-values.ts';

export function jailbreakSignal(
  threshold: number,
  { score }: Pick<JailbreakFinding, 'score'>,
): SignalValue {
  return atLeast(threshold, score);
}

/** Whether there is personal data of a type that is not allowed. */
export function piiSignal(
  { pii_types_allowed: allowed }: RouterConfig['pii_rules'][number],
  threshold: number,
  found: Pick<PiiFinding, 'spans'>,
): SignalValue {
  const scores = found.spans
    .flat()
    .flatMap(({ type, score }) => (allowed.includes(type) ? [] : [score]));
  return scores.length === 0 ? fails : atLeast(threshold, Math.max(...scores));
}
