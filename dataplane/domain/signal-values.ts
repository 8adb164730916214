// Signals and their values in three-valued logic: what nobody could compute is unknown, never false.
import type { UnavailableReason } from './unavailable.ts';

export type Truth = 'true' | 'false' | 'unknown';

export interface SignalValue {
  readonly value: Truth;
  /** How sure, 0 to 1; 0 unless the value is `true`. */
  readonly confidence: number;
  /** Why the value is unknown, where somebody knows. */
  readonly reason?: UnavailableReason;
  /** How the value was come by, where that is not what the author may expect: for a reader. */
  readonly note?: string;
}

/** Values by `type:name`; undefined for what nobody computed, or not yet. */
export interface SignalValues {
  get(key: string): SignalValue | undefined;
}

export const holds: SignalValue = { value: 'true', confidence: 1 };
export const fails: SignalValue = { value: 'false', confidence: 0 };
export const unknown: SignalValue = { value: 'unknown', confidence: 0 };

export function truth(isTrue: boolean): SignalValue {
  return isTrue ? holds : fails;
}

export function unknownBecause(reason: UnavailableReason): SignalValue {
  return { value: 'unknown', confidence: 0, reason };
}

/** True with this confidence when it reaches the threshold. */
export function atLeast(threshold: number, confidence: number): SignalValue {
  return confidence >= threshold ? { value: 'true', confidence: Math.min(confidence, 1) } : fails;
}
