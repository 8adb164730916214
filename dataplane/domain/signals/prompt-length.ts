// Signals about how long the prompt is.
import type { RouterConfig } from '../../../config/schema/index.ts';
import { truth, type SignalValue } from '../signal-values.ts';

/** Whether the estimated prompt length lies in the range, both ends included. */
export function contextSignal(
  { min_tokens: least, max_tokens: most }: RouterConfig['context_rules'][number],
  promptTokens: number,
): SignalValue {
  return truth(promptTokens >= least && (most === undefined || promptTokens <= most));
}
