// From verdicts to conditions: generation and time are added, and what changed since the last time
// is told apart from what did not. Pure.
import type { Verdict } from '../reasons.ts';
import type { Condition } from '../resource/status.ts';

export interface Moment {
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** Longest message; the API server takes 32,768 characters, and pods may have much to say. */
const maxMessage = 4096;

/** The conditions of `verdicts`; those whose status is as before keep their transition time. */
export function toConditions(
  verdicts: readonly Verdict[],
  previous: readonly Condition[],
  { generation, nowMs }: Moment,
): Condition[] {
  const now = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return verdicts.map((verdict) => {
    // Generation 0 is the CRD's default: nobody had said it, so it has no time.
    const before = previous.find(
      ({ type, observedGeneration }) => type === verdict.type && observedGeneration > 0,
    );
    const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : now;
    const { message } = verdict;
    const told = message.length <= maxMessage ? message : `${message.slice(0, maxMessage - 1)}…`;
    return { ...verdict, message: told, observedGeneration: generation, lastTransitionTime };
  });
}

/** The conditions whose status or reason is another than before: what an Event is worth. */
export function transitions(
  conditions: readonly Condition[],
  previous: readonly Condition[],
): Condition[] {
  return conditions.filter((condition) => {
    const before = previous.find(({ type }) => type === condition.type);
    return before?.status !== condition.status || before.reason !== condition.reason;
  });
}
