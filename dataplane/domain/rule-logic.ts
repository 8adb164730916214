// Kleene's connectives over values that are one number each, so that deciding allocates nothing: false,
// unknown, open (not asked for yet), or true with a confidence.
//
// A confidence is 0 to 1. What is true already, but may become surer when something open is asked for,
// is 2 more than the confidence that it has in any case.
import { fails, unknown, type SignalValue } from './signal-values.ts';

export const isFalse = -1;
export const isUnknown = -2;
export const isOpen = -3;
const rising = 2;

export function isMatch(number: number): boolean {
  return number >= 0;
}

export function mayRise(number: number): boolean {
  return number >= rising;
}

/** The confidence that something true has in any case. */
export function settled(number: number): number {
  return number >= rising ? number - rising : number;
}

export function numberOf({ value, confidence }: SignalValue): number {
  if (value === 'true') return confidence;
  return value === 'false' ? isFalse : isUnknown;
}

export function valueOf(number: number): SignalValue {
  if (number === isFalse) return fails;
  return isMatch(number) ? { value: 'true', confidence: settled(number) } : unknown;
}

type Evaluate<Child, Context> = (child: Child, context: Context) => number;

/**
 * The mean confidence of what is evidence; that something is not so (confidence 0) is none, and neither
 * raises nor lowers it. An AND of nothing is true with confidence 0: it matches everything, last.
 */
export function and<Child, Context>(
  children: readonly Child[],
  context: Context,
  evaluate: Evaluate<Child, Context>,
): number {
  let sum = 0;
  let count = 0;
  let anyUnknown = false;
  let anyOpen = false;
  let anyRising = false;
  for (const child of children) {
    const number = evaluate(child, context);
    if (number === isFalse) return isFalse;
    if (number === isOpen) anyOpen = true;
    else if (number === isUnknown) anyUnknown = true;
    else {
      anyRising ||= mayRise(number);
      const confidence = settled(number);
      sum += confidence;
      if (confidence > 0) count++;
    }
  }
  if (anyOpen) return isOpen;
  if (anyUnknown) return isUnknown;
  const confidence = count === 0 ? 0 : sum / count;
  return anyRising ? confidence + rising : confidence;
}

/** The confidence of the surest. */
export function or<Child, Context>(
  children: readonly Child[],
  context: Context,
  evaluate: Evaluate<Child, Context>,
): number {
  let best = isFalse;
  let anyUnknown = false;
  let anyOpen = false;
  for (const child of children) {
    const number = evaluate(child, context);
    // Nothing is surer than 1.
    if (number === 1) return number;
    if (number === isOpen) anyOpen = true;
    else if (number === isUnknown) anyUnknown = true;
    else {
      anyOpen ||= mayRise(number);
      best = Math.max(best, settled(number));
    }
  }
  if (isMatch(best)) return anyOpen ? best + rising : best;
  if (anyOpen) return isOpen;
  return anyUnknown ? isUnknown : isFalse;
}

/**
 * That something is not so is no evidence: true with confidence 0, so that it outranks nothing. A NOT
 * of anything but one condition, which the checks refuse, is unknown.
 */
export function not<Child, Context>(
  children: readonly Child[],
  context: Context,
  evaluate: Evaluate<Child, Context>,
): number {
  const [only] = children;
  if (only === undefined || children.length > 1) return isUnknown;
  const number = evaluate(only, context);
  if (number === isFalse) return 0;
  return isMatch(number) ? isFalse : number;
}
