// What the classification API says, in the shapes of semantic-router. A part that cannot tell says
// so by a field `unavailable` and never by a harmless verdict.
import type {
  CategoryAnswer,
  GuardedText,
  JailbreakFinding,
  PiiFinding,
} from '../../domain/findings.ts';
import { isUnavailable, type Unavailable } from '../../domain/unavailable.ts';

export interface Routing {
  readonly decision: string;
  readonly model: string;
  /** Signals that hold, as `type:name`. */
  readonly signals: readonly string[];
}

export function intentAnswer(
  answer: CategoryAnswer | Unavailable,
  facts: {
    readonly threshold: number;
    readonly elapsedMs: number;
    readonly routing: Routing | undefined;
  },
): object {
  const { elapsedMs, routing, threshold } = facts;
  const routed = {
    recommended_model: routing?.model ?? null,
    routing_decision: routing?.decision ?? null,
    matched_signals: routing?.signals ?? [],
  };
  if (isUnavailable(answer)) {
    const classification = { category: null, confidence: 0, processing_time_ms: elapsedMs };
    return { classification, unavailable: answer.unavailable, probabilities: {}, ...routed };
  }
  const { category, confidence, margin, probabilities, tier } = answer;
  return {
    classification: {
      category,
      confidence,
      processing_time_ms: elapsedMs,
      margin,
      tier,
      // Below it no signal holds; the most probable category is told all the same.
      above_threshold: confidence >= threshold,
    },
    probabilities: Object.fromEntries(probabilities),
    ...routed,
  };
}

export function piiAnswer(
  finding: PiiFinding | Unavailable,
  facts: {
    readonly texts: readonly GuardedText[];
    readonly threshold: number;
    readonly masked: boolean;
    readonly elapsedMs: number;
  },
): object {
  const { elapsedMs, masked, texts, threshold } = facts;
  const time = { processing_time_ms: elapsedMs };
  if (isUnavailable(finding)) {
    return { has_pii: null, entities: [], unavailable: finding.unavailable, ...time };
  }
  const entities = finding.spans.flatMap((spans, index) =>
    spans
      .filter(({ score }) => score >= threshold)
      .map(({ type, start, end, score }) => ({
        type,
        ...(masked ? {} : { value: texts[index]?.text.slice(start, end) ?? '' }),
        confidence: score,
        start_position: start,
        end_position: end,
        text_index: index,
      })),
  );
  return {
    has_pii: entities.length > 0,
    entities,
    security_recommendation: entities.length > 0 ? 'review' : 'allow',
    tier: finding.tier,
    ...time,
  };
}

export function securityAnswer(
  finding: JailbreakFinding | Unavailable,
  { elapsedMs, threshold }: { readonly threshold: number; readonly elapsedMs: number },
): object {
  const time = { processing_time_ms: elapsedMs };
  if (isUnavailable(finding)) {
    return { is_jailbreak: null, unavailable: finding.unavailable, ...time };
  }
  const { families, score, tier } = finding;
  const isJailbreak = score >= threshold;
  return {
    is_jailbreak: isJailbreak,
    risk_score: score,
    // How sure of what is said, be it yes or no.
    confidence: isJailbreak ? score : 1 - score,
    detection_types: isJailbreak ? ['jailbreak'] : [],
    patterns_detected: families,
    recommendation: isJailbreak ? 'block' : 'allow',
    tier,
    ...time,
  };
}
