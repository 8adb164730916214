// Which decision wins: rules over signals in Kleene's three-valued logic, then an order among those
// that match. A fourth value, open, is that of a signal which nobody has asked for yet: it tells which
// of the signals that cost something can still change who wins. Knows no request; signals come by name.
import type { SignalType } from '../../config/schema/index.ts';
import type { CompiledDecision, CompiledDecisions, CompiledRule } from './compiled-decisions.ts';
import {
  and,
  isFalse,
  isMatch,
  isOpen,
  isUnknown,
  mayRise,
  not,
  numberOf,
  or,
  settled,
} from './rule-logic.ts';
import type { SignalValues } from './signal-values.ts';

export interface Winner {
  readonly name: string;
  readonly confidence: number;
  /** The domain category that led to the decision; undefined where none did. */
  readonly category: string | undefined;
}

export type Verdict =
  | { readonly kind: 'decided'; readonly winner: Winner | undefined }
  /** A decision that might win wants the request to fail while its signals are unknown. */
  | { readonly kind: 'unresolved'; readonly decision: string }
  /** Who wins depends on signals of these types, which nobody has asked for yet. */
  | { readonly kind: 'open'; readonly types: ReadonlySet<SignalType> };

/**
 * The decision that wins; none when none matches. Among those that match, `priority` takes the highest
 * priority, then the highest confidence, then the first name; `confidence` takes the highest
 * confidence, then the highest priority, then the first name. Rules that are unknown are what
 * `on_unknown` says, and a match then with confidence 1.
 */
export function decide({ decisions, strategy }: CompiledDecisions, signals: SignalValues): Verdict {
  const race = new Race(signals);
  for (const decision of decisions) {
    if (strategy === 'priority' && race.isSettledAbove(decision.priority)) break;
    race.enter(decision);
    if (race.cannotBeBeaten) break;
  }
  return race.verdict();
}

/** Decisions that are compared by confidence, in the order in which equals win. */
class Race {
  readonly #signals: SignalValues;
  readonly #undecided: CompiledDecision[] = [];
  #best: CompiledDecision | undefined;
  #bestNumber = isFalse;
  #isUnresolved = false;
  #matching = 0;
  #priority = Infinity;

  constructor(signals: SignalValues) {
    this.#signals = signals;
  }

  /** Whether a decision of this priority comes too late: somebody of a higher one wins, or may. */
  isSettledAbove(priority: number): boolean {
    const isLater = priority < this.#priority;
    this.#priority = priority;
    return isLater && (this.#best !== undefined || this.#undecided.length > 0);
  }

  /** Nothing is surer than 1, and those that come later lose to equals. */
  get cannotBeBeaten(): boolean {
    return this.#undecided.length === 0 && this.#bestNumber === 1;
  }

  enter(decision: CompiledDecision): void {
    const number = evaluate(decision.rules, this.#signals);
    const isUnresolved = number === isUnknown && decision.onUnknown === 'fail_request';
    const counted = number === isUnknown && decision.onUnknown !== 'no_match' ? 1 : number;
    if (counted === isOpen || mayRise(counted)) this.#undecided.push(decision);
    if (!isMatch(counted)) return;
    this.#matching++;
    const confidence = settled(counted);
    if (this.#best !== undefined && confidence <= this.#bestNumber) return;
    this.#best = decision;
    this.#bestNumber = confidence;
    this.#isUnresolved = isUnresolved;
  }

  verdict(): Verdict {
    const [first, ...others] = this.#undecided;
    // Nobody is left to be compared with: how sure it is can only rise, and changes nothing.
    const isAlone = first !== undefined && others.length === 0 && first === this.#best;
    if (first !== undefined && !(isAlone && this.#matching === 1)) {
      const types = new Set<SignalType>();
      for (const { rules } of this.#undecided) collectOpen(rules, this.#signals, types);
      return { kind: 'open', types };
    }
    const best = this.#best;
    if (best === undefined) return { kind: 'decided', winner: undefined };
    if (this.#isUnresolved) return { kind: 'unresolved', decision: best.name };
    const category = leadingCategory(best.rules, this.#signals)?.name;
    return {
      kind: 'decided',
      winner: { name: best.name, confidence: this.#bestNumber, category },
    };
  }
}

export function evaluate(rule: CompiledRule, signals: SignalValues): number {
  switch (rule.operator) {
    case 'signal': {
      const value = signals.get(rule.key);
      return value === undefined ? isOpen : numberOf(value);
    }
    case 'AND':
      return and(rule.byCost, signals, evaluate);
    case 'OR':
      return or(rule.byCost, signals, evaluate);
    case 'NOT':
      return not(rule.children, signals, evaluate);
  }
}

/** The types of the signals that a rule waits for. What is decided already waits for nothing. */
function collectOpen(rule: CompiledRule, signals: SignalValues, into: Set<SignalType>): void {
  const number = evaluate(rule, signals);
  if (number !== isOpen && !mayRise(number)) return;
  if (rule.operator === 'signal') into.add(rule.type);
  else for (const child of rule.children) collectOpen(child, signals, into);
}

/** The surest of the domain conditions that made a rule true; none within a NOT. */
function leadingCategory(
  rule: CompiledRule,
  signals: SignalValues,
): { readonly name: string; readonly confidence: number } | undefined {
  if (rule.operator === 'NOT' || !isMatch(evaluate(rule, signals))) return undefined;
  if (rule.operator !== 'signal') {
    const leading = rule.children.flatMap((child) => leadingCategory(child, signals) ?? []);
    return leading.toSorted((a, b) => b.confidence - a.confidence)[0];
  }
  if (rule.type !== 'domain') return undefined;
  return { name: rule.name, confidence: signals.get(rule.key)?.confidence ?? 0 };
}
