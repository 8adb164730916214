// Decisions with the value of each node of their rules: for people. What wins, `decide` says.
import type { Decision } from '../../config/schema/index.ts';
import type { CompiledDecisions, CompiledRule } from './compiled-decisions.ts';
import { evaluate } from './decide.ts';
import { valueOf } from './rule-logic.ts';
import { unknown, type SignalValue, type SignalValues } from './signal-values.ts';

/** One node of an evaluated rule tree, for `explain`. */
export interface Evaluated extends SignalValue {
  /** `keyword:math`, or the operator. */
  readonly label: string;
  readonly children: readonly Evaluated[];
}

/** One decision, evaluated. */
export interface ExplainedDecision {
  readonly name: string;
  readonly priority: number;
  readonly onUnknown: Decision['on_unknown'];
  readonly rules: Evaluated;
}

/**
 * Every decision with its evaluated rules: first those that match, in the order in which they would
 * win, then the others, highest priority first.
 */
export function explainDecisions(
  { decisions, strategy }: CompiledDecisions,
  signals: SignalValues,
): readonly ExplainedDecision[] {
  const explained = decisions.map(({ name, priority, onUnknown, rules }) => ({
    name,
    priority,
    onUnknown,
    rules: explainRule(rules, signals),
  }));
  const rank = ({ priority, onUnknown, rules }: ExplainedDecision): readonly number[] => {
    const isAssumed = rules.value === 'unknown' && onUnknown !== 'no_match';
    const matches = rules.value === 'true' || isAssumed ? 1 : 0;
    const confidence = isAssumed ? 1 : rules.confidence;
    return strategy === 'priority'
      ? [matches, priority, confidence]
      : [matches, confidence, priority];
  };
  // Sorting is stable, and equals come in the order of their names.
  return explained.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return right.map((value, at) => value - (left[at] ?? 0)).find((by) => by !== 0) ?? 0;
  });
}

function explainRule(rule: CompiledRule, signals: SignalValues): Evaluated {
  if (rule.operator === 'signal') {
    return { label: rule.key, children: [], ...(signals.get(rule.key) ?? unknown) };
  }
  const children = rule.children.map((child) => explainRule(child, signals));
  const number = evaluate(rule, new SettledSignals(signals));
  return { label: rule.operator, children, ...valueOf(number) };
}

/** In which what nobody asked for is unknown. */
class SettledSignals implements SignalValues {
  readonly #signals: SignalValues;

  constructor(signals: SignalValues) {
    this.#signals = signals;
  }

  get(key: string): SignalValue {
    return this.#signals.get(key) ?? unknown;
  }
}
