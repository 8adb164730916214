// Which decision wins: rules over signals in Kleene's three-valued logic, then an order among those
// that match. Knows no request; signals come by name.
import type { Condition, Decision, RouterConfig, RuleNode } from '../../config/schema/index.ts';
import { fails, unknown, type SignalValue, type SignalValues } from './signal-values.ts';

export interface CompiledDecisions {
  /** Sorted by what does not depend on a request, so that the first of equals wins. */
  readonly decisions: readonly CompiledDecision[];
  readonly strategy: RouterConfig['strategy'];
  /** Keys (`type:name`) of the signals that some decision refers to. */
  readonly needed: ReadonlySet<string>;
}

interface CompiledDecision {
  readonly name: string;
  readonly priority: number;
  readonly rules: CompiledRule;
}

type CompiledRule =
  | { readonly operator: 'signal'; readonly key: string }
  | { readonly operator: RuleNode['operator']; readonly children: readonly CompiledRule[] };

/** One node of an evaluated rule tree, for `explain`. */
export interface Evaluated extends SignalValue {
  /** `keyword:math`, or the operator. */
  readonly label: string;
  readonly children: readonly Evaluated[];
}

export interface Winner {
  readonly name: string;
  readonly confidence: number;
}

export function signalKey({ type, name }: Condition): string {
  return `${type}:${name}`;
}

/** Whatever the order of the decisions in the file, equals are told apart by their names. */
export function compileDecisions({
  decisions,
  strategy,
}: Pick<RouterConfig, 'decisions' | 'strategy'>): CompiledDecisions {
  const needed = new Set<string>();
  const compiled = decisions.map(({ name, priority, rules }: Decision) => ({
    name,
    priority,
    rules: compileRule(rules, needed),
  }));
  compiled.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
  return { decisions: compiled, strategy, needed };
}

/**
 * The decision that wins; undefined when none matches. A decision whose rules are unknown does not
 * match. Among those that do, `priority` takes the highest priority, then the highest confidence,
 * then the first name; `confidence` takes the highest confidence, then the highest priority, then
 * the first name.
 */
export function decide(
  { decisions, strategy }: CompiledDecisions,
  signals: SignalValues,
): Winner | undefined {
  let best: CompiledDecision | undefined;
  let bestConfidence = -1;
  for (const decision of decisions) {
    if (strategy === 'priority' && best !== undefined && decision.priority < best.priority) break;
    // What does not match is below zero.
    const confidence = evaluate(decision.rules, signals);
    if (confidence > bestConfidence && confidence >= 0) {
      best = decision;
      bestConfidence = confidence;
    }
  }
  return best && { name: best.name, confidence: bestConfidence };
}

/** One decision, evaluated. */
export interface ExplainedDecision {
  readonly name: string;
  readonly priority: number;
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
  const explained = decisions.map(({ name, priority, rules }) => ({
    name,
    priority,
    rules: explainRule(rules, signals),
  }));
  const rank = ({ priority, rules }: ExplainedDecision): readonly number[] => {
    const matches = rules.value === 'true' ? 1 : 0;
    return strategy === 'priority'
      ? [matches, priority, rules.confidence]
      : [matches, rules.confidence, priority];
  };
  // Sorting is stable, and equals come in the order of their names.
  return explained.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return right.map((value, at) => value - (left[at] ?? 0)).find((by) => by !== 0) ?? 0;
  });
}

function compileRule(rule: Condition | RuleNode, needed: Set<string>): CompiledRule {
  if ('type' in rule) {
    const key = signalKey(rule);
    needed.add(key);
    return { operator: 'signal', key };
  }
  const children = rule.conditions.map((child) => compileRule(child, needed));
  return { operator: rule.operator, children };
}

// A value as one number, so that deciding allocates nothing: the confidence of what is true, or one
// of these.
const isFalse = -1;
const isUnknown = -2;

/**
 * Kleene's connectives. The confidence of a true AND is the mean of its conditions', of an OR the
 * best one's, of a NOT 1. An empty AND is true with confidence 0: it matches everything, last. A NOT
 * of anything but one condition, which the checks refuse, is unknown.
 */
function evaluate(rule: CompiledRule, signals: SignalValues): number {
  switch (rule.operator) {
    case 'signal':
      return numberOf(signals.get(rule.key) ?? unknown);
    case 'AND':
      return evaluateAnd(rule.children, signals);
    case 'OR':
      return evaluateOr(rule.children, signals);
    case 'NOT': {
      const [only] = rule.children;
      if (only === undefined || rule.children.length > 1) return isUnknown;
      const value = evaluate(only, signals);
      if (value === isUnknown) return isUnknown;
      return value === isFalse ? 1 : isFalse;
    }
  }
}

function evaluateAnd(children: readonly CompiledRule[], signals: SignalValues): number {
  let sum = 0;
  let anyUnknown = false;
  for (const child of children) {
    const value = evaluate(child, signals);
    if (value === isFalse) return isFalse;
    if (value === isUnknown) anyUnknown = true;
    else sum += value;
  }
  if (anyUnknown) return isUnknown;
  return children.length === 0 ? 0 : sum / children.length;
}

function evaluateOr(children: readonly CompiledRule[], signals: SignalValues): number {
  let best = -1;
  let anyUnknown = false;
  for (const child of children) {
    const value = evaluate(child, signals);
    // Nothing is surer than 1.
    if (value >= 1) return value;
    if (value === isUnknown) anyUnknown = true;
    else if (value > best) best = value;
  }
  if (best >= 0) return best;
  return anyUnknown ? isUnknown : isFalse;
}

function explainRule(rule: CompiledRule, signals: SignalValues): Evaluated {
  const value = valueOf(evaluate(rule, signals));
  if (rule.operator === 'signal') return { label: rule.key, children: [], ...value };
  const children = rule.children.map((child) => explainRule(child, signals));
  return { label: rule.operator, children, ...value };
}

function numberOf({ value, confidence }: SignalValue): number {
  if (value === 'true') return confidence;
  return value === 'false' ? isFalse : isUnknown;
}

function valueOf(number: number): SignalValue {
  if (number === isFalse) return fails;
  return number === isUnknown ? unknown : { value: 'true', confidence: number };
}
