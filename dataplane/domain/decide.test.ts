import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Condition, RuleNode } from '../../config/schema/index.ts';
import { compileDecisions, decide, explainDecisions } from './decide.ts';
import {
  authzSignal,
  contextSignal,
  fails,
  holds,
  unknown,
  type SignalValue,
  type SignalValues,
} from './signal-values.ts';

interface Rough {
  readonly name: string;
  readonly priority?: number;
  readonly rules: RuleNode;
}

function compile(decisions: readonly Rough[], strategy: 'priority' | 'confidence' = 'priority') {
  return compileDecisions({
    strategy,
    decisions: decisions.map(({ name, priority = 0, rules }) => ({
      name,
      priority,
      rules,
      modelRefs: [{ model: 'm', use_reasoning: false }],
      plugins: [],
    })),
  });
}

const keyword = (name: string): Condition => ({ type: 'keyword', name });
const all = (...conditions: (Condition | RuleNode)[]): RuleNode => ({
  operator: 'AND',
  conditions,
});
const any = (...conditions: (Condition | RuleNode)[]): RuleNode => ({ operator: 'OR', conditions });
const not = (condition: Condition | RuleNode): RuleNode => ({
  operator: 'NOT',
  conditions: [condition],
});
const sure = (confidence: number): SignalValue => ({ value: 'true', confidence });

describe('one rule', () => {
  const values = { t: holds, f: fails, u: unknown };
  const signals: SignalValues = new Map(
    Object.entries(values).map(([name, value]) => [`keyword:${name}`, value]),
  );
  const [t, f, u, absent] = ['t', 'f', 'u', 'absent'].map(keyword) as [
    Condition,
    Condition,
    Condition,
    Condition,
  ];
  test.each<[string, RuleNode, string]>([
    ['all true', all(t, t), 'true'],
    ['one false', all(t, u, f), 'false'],
    ['one unknown', all(t, u), 'unknown'],
    ['nothing', all(), 'true'],
    ['any true', any(f, u, t), 'true'],
    ['none true', any(f, f), 'false'],
    ['none true, one unknown', any(f, u), 'unknown'],
    ['any of nothing', any(), 'false'],
    ['not true', not(t), 'false'],
    ['not false', not(f), 'true'],
    ['not unknown', not(u), 'unknown'],
    ['a signal that nobody computed', all(absent), 'unknown'],
    ['nested', all(t, any(f, not(all(t, f)))), 'true'],
  ])('%s', (_what, rules, value) => {
    const compiled = compile([{ name: 'd', rules }]);
    expect(explainDecisions(compiled, signals)[0]?.rules.value).toBe(value);
    expect(decide(compiled, signals)?.name).toBe(value === 'true' ? 'd' : undefined);
  });
});

test('confidence: the mean of an AND, the best of an OR, 1 of a NOT, 0 of nothing', () => {
  const signals: SignalValues = new Map([
    ['keyword:a', sure(0.4)],
    ['keyword:b', sure(0.8)],
    ['keyword:c', fails],
  ]);
  const confidenceOf = (rules: RuleNode): number | undefined =>
    decide(compile([{ name: 'd', rules }]), signals)?.confidence;
  expect(confidenceOf(all(keyword('a'), keyword('b')))).toBeCloseTo(0.6);
  expect(confidenceOf(any(keyword('a'), keyword('b'), keyword('c')))).toBe(0.8);
  expect(confidenceOf(not(keyword('c')))).toBe(1);
  expect(confidenceOf(all())).toBe(0);
});

test('priority, then confidence, then name; or confidence first', () => {
  const signals: SignalValues = new Map([
    ['keyword:a', sure(0.4)],
    ['keyword:b', sure(0.8)],
  ]);
  const decisions = [
    { name: 'weak', priority: 10, rules: all(keyword('a')) },
    { name: 'strong', priority: 5, rules: all(keyword('b')) },
    { name: 'also-strong', priority: 5, rules: all(keyword('b')) },
    { name: 'catch-all', priority: 0, rules: all() },
  ];
  expect(decide(compile(decisions), signals)?.name).toBe('weak');
  expect(decide(compile(decisions, 'confidence'), signals)?.name).toBe('also-strong');
  expect(decide(compile(decisions.slice(3)), signals)?.name).toBe('catch-all');
});

test('only the signals that a decision refers to are needed', () => {
  const rules = all(keyword('a'), not(any(keyword('b'), { type: 'authz', name: 'paying' })));
  expect([...compile([{ name: 'd', rules }]).needed].sort()).toEqual([
    'authz:paying',
    'keyword:a',
    'keyword:b',
  ]);
});

describe('against an evaluator that knows nothing but truth tables', () => {
  const names = ['a', 'b', 'c', 'd'];
  const leaf = fc.constantFrom(...names).map(keyword);
  const { rule } = fc.letrec<{ rule: RuleNode; child: Condition | RuleNode }>((tie) => ({
    child: fc.oneof({ depthSize: 'small' }, leaf, tie('rule')),
    rule: fc.oneof(
      fc.record({
        operator: fc.constantFrom('AND' as const, 'OR' as const),
        conditions: fc.array(tie('child'), { maxLength: 4 }),
      }),
      tie('child').map((child): RuleNode => not(child)),
    ),
  }));
  const valuation = fc.record(
    Object.fromEntries(names.map((name) => [name, fc.constantFrom('true', 'false', 'unknown')])),
  );
  // Kleene's values are ordered: false < unknown < true; AND is the least, OR the greatest.
  const order = { false: 0, unknown: 1, true: 2 };
  const naive = (node: Condition | RuleNode, values: Record<string, string>): number => {
    if ('type' in node) return order[values[node.name] as keyof typeof order];
    const inner = node.conditions.map((child) => naive(child, values));
    if (node.operator === 'NOT') return 2 - (inner[0] ?? 1);
    return node.operator === 'AND' ? Math.min(2, ...inner) : Math.max(0, ...inner);
  };

  test('the same for every rule and every value', () => {
    fc.assert(
      fc.property(rule, valuation, (rules, values) => {
        const signals: SignalValues = new Map(
          Object.entries(values).map(([name, value]) => [
            `keyword:${name}`,
            { value, confidence: value === 'true' ? 1 : 0 },
          ]),
        );
        const [explained] = explainDecisions(compile([{ name: 'd', rules }]), signals);
        expect(order[explained?.rules.value ?? 'unknown']).toBe(naive(rules, values));
      }),
    );
  });
});

describe('against sorting all that match', () => {
  const confidences = [0, 0.25, 0.5, 1];
  const signalNames = ['a', 'b', 'c'];
  const value = fc.oneof(
    fc.constantFrom(...confidences).map(sure),
    fc.constantFrom(fails, unknown),
  );
  const anySignals = fc
    .tuple(value, value, value)
    .map(
      (values): SignalValues => new Map(values.map((v, at) => [`keyword:${signalNames[at]}`, v])),
    );
  const condition = fc.constantFrom(...signalNames).map(keyword);
  const conditions = fc.array(condition, { maxLength: 3 });
  const rules = fc.oneof(
    conditions.map((list) => all(...list)),
    conditions.map((list) => any(...list)),
    condition.map(not),
  );
  const decisions = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...Array.from('pqrstuvw')),
      priority: fc.integer({ min: -1, max: 1 }),
      rules,
    }),
    { selector: ({ name }) => name },
  );

  test.each(['priority', 'confidence'] as const)('by %s', (strategy) => {
    fc.assert(
      fc.property(decisions, anySignals, (list, signals) => {
        const matching = list.flatMap((decision) => {
          const alone = decide(compile([decision]), signals);
          return alone === undefined ? [] : [{ ...decision, confidence: alone.confidence }];
        });
        matching.sort((x, y) => {
          const byPriority = y.priority - x.priority;
          const byConfidence = y.confidence - x.confidence;
          const by =
            strategy === 'priority' ? [byPriority, byConfidence] : [byConfidence, byPriority];
          return by.find((difference) => difference !== 0) ?? (x.name < y.name ? -1 : 1);
        });
        const compiled = compile(list, strategy);
        const [first] = matching;
        expect(decide(compiled, signals)).toEqual(
          first && { name: first.name, confidence: first.confidence },
        );
        const explained = explainDecisions(compiled, signals);
        expect(explained).toHaveLength(list.length);
        expect(explained.slice(0, matching.length).map(({ name }) => name)).toEqual(
          matching.map(({ name }) => name),
        );
      }),
    );
  });
});

test('a context range holds both its ends', () => {
  const rule = { name: 'r', min_tokens: 10, max_tokens: 20 };
  expect([9, 10, 20, 21].map((tokens) => contextSignal(rule, tokens).value)).toEqual([
    'false',
    'true',
    'true',
    'false',
  ]);
  expect(contextSignal({ name: 'r', min_tokens: 5 }, 1e9)).toBe(holds);
});

test('a caller matches by user or by tier; where nobody is known, nobody can tell', () => {
  const rule = { name: 'r', users: ['alice'], tiers: ['premium'] };
  expect(authzSignal(rule, { user: 'alice', tier: 'free' })).toBe(holds);
  expect(authzSignal(rule, { user: 'bob', tier: 'premium' })).toBe(holds);
  expect(authzSignal(rule, { user: 'bob', tier: 'free' })).toBe(fails);
  expect(authzSignal(rule, undefined)).toBe(unknown);
});
