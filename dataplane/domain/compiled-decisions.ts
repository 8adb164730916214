// Decisions in the form in which they are evaluated: their rules as trees of signals by key, in the
// order in which equals win.
import type {
  Condition,
  Decision,
  RouterConfig,
  RuleNode,
  SignalType,
} from '../../config/schema/index.ts';

export interface CompiledDecisions {
  /** Sorted by what does not depend on a request, so that the first of equals wins. */
  readonly decisions: readonly CompiledDecision[];
  readonly strategy: RouterConfig['strategy'];
  /** Keys (`type:name`) of the signals that some decision refers to. */
  readonly needed: ReadonlySet<string>;
}

export interface CompiledDecision {
  readonly name: string;
  readonly priority: number;
  readonly onUnknown: Decision['on_unknown'];
  readonly rules: CompiledRule;
}

export type CompiledRule = CompiledSignal | CompiledNode;

interface CompiledSignal {
  readonly operator: 'signal';
  readonly key: string;
  readonly type: SignalType;
  readonly name: string;
}

interface CompiledNode {
  readonly operator: RuleNode['operator'];
  /** As they stand in the file. */
  readonly children: readonly CompiledRule[];
  /** What costs least comes first: often it decides alone. */
  readonly byCost: readonly CompiledRule[];
}

function signalKey({ type, name }: Condition): string {
  return `${type}:${name}`;
}

/** Whatever the order of the decisions in the file, equals are told apart by their names. */
export function compileDecisions({
  decisions,
  strategy,
}: Pick<RouterConfig, 'decisions' | 'strategy'>): CompiledDecisions {
  const needed = new Set<string>();
  const compiled = decisions.map(
    ({ name, priority, on_unknown, rules }: Decision): CompiledDecision => ({
      name,
      priority,
      onUnknown: on_unknown,
      rules: compileRule(rules, needed),
    }),
  );
  compiled.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
  return { decisions: compiled, strategy, needed };
}

/** What a signal of each type costs, in no unit; those of models are waited for. */
const costs: Readonly<Record<SignalType, number>> = {
  authz: 0,
  context: 0,
  time: 0,
  conversation: 1,
  keyword: 2,
  structure: 3,
  language: 4,
  complexity: 10,
  embedding: 10,
  domain: 10,
  jailbreak: 11,
  pii: 12,
};

function costOf(rule: CompiledRule): number {
  return rule.operator === 'signal' ? costs[rule.type] : Math.max(0, ...rule.children.map(costOf));
}

function compileRule(rule: Condition | RuleNode, needed: Set<string>): CompiledRule {
  if ('type' in rule) {
    const key = signalKey(rule);
    needed.add(key);
    return { operator: 'signal', key, type: rule.type, name: rule.name };
  }
  const children = rule.conditions.map((child) => compileRule(child, needed));
  const byCost = children.toSorted((a, b) => costOf(a) - costOf(b));
  return { operator: rule.operator, children, byCost };
}
