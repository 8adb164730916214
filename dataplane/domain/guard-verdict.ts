// What findings mean to a guard: what counts as a detection, and whether the guard acts. Pure.
import type { JailbreakFinding, PiiFinding, PiiSpan } from './findings.ts';
import { isUnavailable, type Unavailable } from './unavailable.ts';

/** One finding that counts, for headers and counters; never the found text itself. */
export interface Detection {
  readonly kind: 'pii' | 'jailbreak';
  /** PII type, or family of attack. */
  readonly type: string;
  /** Confidence, 0 to 1. */
  readonly score: number;
}

export interface JailbreakPolicy {
  /** Smallest score that counts. */
  readonly threshold: number;
  readonly action: 'observe' | 'block' | 'route';
  readonly onUnknown: 'allow' | 'block';
}

export interface PiiPolicy {
  readonly threshold: number;
  /** Types that may pass; they are counted all the same. */
  readonly allowed: ReadonlySet<string>;
  readonly action: 'observe' | 'block' | 'mask' | 'route';
  /** Whether masked values come back in the answer. */
  readonly restore: boolean;
  readonly onUnknown: 'allow' | 'block';
}

export interface Verdict<Action extends string> {
  readonly detections: readonly Detection[];
  /** What to do about them; undefined: nothing but to count and to show them. */
  readonly action: Action | undefined;
}

/** A guard that could not tell blocks where its policy says so. */
const unknown = { allow: undefined, block: 'block' } as const;

export function judgeJailbreak(
  { action, onUnknown, threshold }: JailbreakPolicy,
  finding: JailbreakFinding | Unavailable,
): Verdict<'block' | 'route'> {
  if (isUnavailable(finding)) return { detections: [], action: unknown[onUnknown] };
  const { families, score } = finding;
  if (score < threshold) return { detections: [], action: undefined };
  const types = families.length === 0 ? ['learned'] : families;
  return {
    detections: types.map((type) => ({ kind: 'jailbreak', type, score })),
    action: action === 'observe' ? undefined : action,
  };
}

export function judgePii(
  policy: PiiPolicy,
  finding: PiiFinding | Unavailable,
): Verdict<'block' | 'mask' | 'route'> {
  const { action, onUnknown } = policy;
  if (isUnavailable(finding)) return { detections: [], action: unknown[onUnknown] };
  const best = new Map<string, number>();
  let acts = false;
  for (const span of finding.spans.flat()) {
    if (span.score < policy.threshold) continue;
    best.set(span.type, Math.max(span.score, best.get(span.type) ?? 0));
    acts ||= isRefused(policy, span);
  }
  return {
    detections: [...best].map(([type, score]) => ({ kind: 'pii', type, score })),
    action: acts && action !== 'observe' ? action : undefined,
  };
}

/** Whether the policy lets the span not pass. */
export function isRefused({ allowed, threshold }: PiiPolicy, { score, type }: PiiSpan): boolean {
  return score >= threshold && !allowed.has(type);
}
