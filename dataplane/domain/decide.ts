// Which decision wins: rules over signals in Kleene's three-valued logic, then an order among those
// that match. Knows no request; signals come by name.
import type { Condition, Decision, RouterConfig, RuleNode } from '../../config/schema/index.ts';
import { unknown, type SignalValue, type SignalValues } from './signal-values.ts';

export interface CompiledDecisions {
  /** In the order in which equal matches win: by priority or not, then by name. */
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
  | { readonly kind: 'signal'; readonly key: string }
  | {
      readonly kind: 'rule';
      readonly operator: RuleNode['operator'];
      readonly children: readonly CompiledRule[];
    };

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
  compiled.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { decisions: compiled, strategy, needed };
}

/** The decision that wins; undefined when none matches. An unknown rule does not match. */
export function decide(
  { decisions, strategy }: CompiledDecisions,
  signals: SignalValues,
): Winner | undefined {
  let best: (Winner & { readonly priority: number }) | undefined;
  for (const { name, priority, rules } of decisions) {
    const { value, confidence } = evaluate(rules, signals);
    if (value !== 'true') continue;
    const candidate = { name, priority, confidence };
    if (best === undefined || isBetter(candidate, best, strategy)) best = candidate;
  }
  return best;
}

/** Every decision with its evaluated rules, in the order of their names. */
export function explainDecisions(
  { decisions }: CompiledDecisions,
  signals: SignalValues,
): readonly { readonly name: string; readonly priority: number; readonly rules: Evaluated }[] {
  return decisions.map(({ name, priority, rules }) => ({
    name,
    priority,
    rules: explainRule(rules, signals),
  }));
}

function compileRule(rule: Condition | RuleNode, needed: Set<string>): CompiledRule {
  if ('type' in rule) {
    const key = signalKey(rule);
    needed.add(key);
    return { kind: 'signal', key };
  }
  return {
    kind: 'rule',
    operator: rule.operator,
    children: rule.conditions.map((child) => compileRule(child, needed)),
  };
}

function evaluate(rule: CompiledRule, signals: SignalValues): SignalValue {
  if (rule.kind === 'signal') return signals.get(rule.key) ?? unknown;
  return combine(
    rule.operator,
    rule.children.map((child) => evaluate(child, signals)),
  );
}

function explainRule(rule: CompiledRule, signals: SignalValues): Evaluated {
  if (rule.kind === 'signal') {
    return { label: rule.key, children: [], ...(signals.get(rule.key) ?? unknown) };
  }
  const children = rule.children.map((child) => explainRule(child, signals));
  return { label: rule.operator, children, ...combine(rule.operator, children) };
}

/**
 * Kleene's connectives. The confidence of a true AND is the mean of its conditions', of an OR the
 * best one's, of a NOT 1. An empty AND is true with confidence 0: it matches everything, last.
 */
function combine(operator: RuleNode['operator'], values: readonly SignalValue[]): SignalValue {
  switch (operator) {
    case 'AND': {
      if (values.some(({ value }) => value === 'false')) return { value: 'false', confidence: 0 };
      if (values.some(({ value }) => value === 'unknown')) return unknown;
      const sum = values.reduce((total, { confidence }) => total + confidence, 0);
      return { value: 'true', confidence: values.length === 0 ? 0 : sum / values.length };
    }
    case 'OR': {
      const matching = values.filter(({ value }) => value === 'true');
      if (matching.length > 0) {
        return {
          value: 'true',
          confidence: Math.max(...matching.map(({ confidence }) => confidence)),
        };
      }
      return values.some(({ value }) => value === 'unknown')
        ? unknown
        : { value: 'false', confidence: 0 };
    }
    case 'NOT': {
      const [only] = values;
      if (only === undefined || only.value === 'unknown') return unknown;
      return only.value === 'true'
        ? { value: 'false', confidence: 0 }
        : { value: 'true', confidence: 1 };
    }
  }
}

type Candidate = Winner & { readonly priority: number };

/** Equal ones stay: they come in the order of their names. */
function isBetter(a: Candidate, b: Candidate, strategy: RouterConfig['strategy']): boolean {
  const byPriority = a.priority - b.priority;
  const byConfidence = a.confidence - b.confidence;
  return strategy === 'priority'
    ? byPriority > 0 || (byPriority === 0 && byConfidence > 0)
    : byConfidence > 0 || (byConfidence === 0 && byPriority > 0);
}
