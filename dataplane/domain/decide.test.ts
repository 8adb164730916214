import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Condition, Decision, RuleNode } from '../../config/schema/index.ts';
import { compileDecisions, type CompiledDecisions } from './compiled-decisions.ts';
import { decide, type Verdict, type Winner } from './decide.ts';
import { explainDecisions } from './explain-decisions.ts';
import { fails, holds, unknown, type SignalValue, type SignalValues } from './signal-values.ts';

interface Rough {
  readonly name: string;
  readonly priority?: number;
  readonly onUnknown?: Decision['on_unknown'];
  readonly rules: RuleNode;
}

function compile(decisions: readonly Rough[], strategy: 'priority' | 'confidence' = 'priority') {
  return compileDecisions({
    strategy,
    decisions: decisions.map(({ name, priority = 0, onUnknown = 'no_match', rules }) => ({
      name,
      priority,
      rules,
      on_unknown: onUnknown,
      modelRefs: [{ model: 'm', use_reasoning: false }],
      plugins: [],
    })),
  });
}

/** The winner among decisions whose signals were all asked for. */
function winnerOf(compiled: CompiledDecisions, signals: SignalValues): Winner | undefined {
  const verdict = decide(compiled, signals);
  if (verdict.kind !== 'decided') throw new Error(`is ${verdict.kind}`);
  return verdict.winner;
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
  const [t, f, u] = ['t', 'f', 'u'].map(keyword) as [Condition, Condition, Condition];
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
    ['nested', all(t, any(f, not(all(t, f)))), 'true'],
  ])('%s', (_what, rules, value) => {
    const compiled = compile([{ name: 'd', rules }]);
    expect(explainDecisions(compiled, signals)[0]?.rules.value).toBe(value);
    expect(winnerOf(compiled, signals)?.name).toBe(value === 'true' ? 'd' : undefined);
  });
});

describe('confidence', () => {
  const signals: SignalValues = new Map([
    ['keyword:a', sure(0.4)],
    ['keyword:b', sure(0.8)],
    ['keyword:c', fails],
  ]);
  const [a, b, c] = ['a', 'b', 'c'].map(keyword) as [Condition, Condition, Condition];
  test.each<[string, RuleNode, number]>([
    ['of an AND is the mean', all(a, b), 0.6],
    ['of an OR is the best', any(a, b, c), 0.8],
    ['of a NOT is none', not(c), 0],
    ['of nothing is none', all(), 0],
    ['of an AND is not changed by a NOT in it', all(a, b, not(c)), 0.6],
    ['of an AND is not changed by an empty one in it', all(b, all()), 0.8],
    ['of an AND of NOTs is none', all(not(c), not(all(c))), 0],
  ])('%s', (_what, rules, confidence) => {
    expect(winnerOf(compile([{ name: 'd', rules }]), signals)?.confidence).toBeCloseTo(confidence);
  });

  test('a NOT outranks no evidence, however weak that is', () => {
    const decisions = [
      { name: 'absence', priority: 5, rules: not(c) },
      { name: 'evidence', priority: 0, rules: all(a) },
    ];
    expect(winnerOf(compile(decisions, 'confidence'), signals)?.name).toBe('evidence');
    expect(winnerOf(compile(decisions, 'priority'), signals)?.name).toBe('absence');
  });
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
  expect(winnerOf(compile(decisions), signals)?.name).toBe('weak');
  expect(winnerOf(compile(decisions, 'confidence'), signals)?.name).toBe('also-strong');
  expect(winnerOf(compile(decisions.slice(3)), signals)?.name).toBe('catch-all');
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
          const alone = winnerOf(compile([decision]), signals);
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
        expect(winnerOf(compiled, signals)).toEqual(
          first && { name: first.name, confidence: first.confidence, category: undefined },
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

describe('rules that are unknown', () => {
  const signals: SignalValues = new Map([
    ['keyword:u', unknown],
    ['keyword:a', sure(0.9)],
    ['keyword:f', fails],
  ]);
  const doubtful = (
    onUnknown: Decision['on_unknown'],
    rules: RuleNode = all(keyword('u')),
    priority = 10,
  ): Rough => ({ name: 'doubtful', onUnknown, priority, rules });
  const sureOf: Rough = { name: 'sure', priority: 5, rules: all(keyword('a')) };
  const verdictOn = (...decisions: Rough[]): Verdict => decide(compile(decisions), signals);

  test('do not match, or match, or fail the request', () => {
    expect(verdictOn(doubtful('no_match'), sureOf)).toMatchObject({ winner: { name: 'sure' } });
    expect(verdictOn(doubtful('match'), sureOf)).toMatchObject({
      winner: { name: 'doubtful', confidence: 1 },
    });
    expect(verdictOn(doubtful('fail_request'), sureOf)).toEqual({
      kind: 'unresolved',
      decision: 'doubtful',
    });
  });

  test('fail no request that another decision wins in any case', () => {
    const low = doubtful('fail_request', all(keyword('u')), 1);
    expect(verdictOn(low, sureOf)).toMatchObject({ winner: { name: 'sure' } });
  });

  test('fail no request when the other conditions settle the matter', () => {
    const settled = doubtful('fail_request', all(keyword('u'), keyword('f')));
    expect(verdictOn(settled, sureOf)).toMatchObject({ winner: { name: 'sure' } });
    const met = doubtful('fail_request', any(keyword('u'), keyword('a')));
    expect(verdictOn(met, sureOf)).toMatchObject({ winner: { name: 'doubtful', confidence: 0.9 } });
  });

  test('a NOT of something unknown is no match either, so that no guard opens by failing', () => {
    expect(verdictOn(doubtful('no_match', not(keyword('u'))))).toEqual({
      kind: 'decided',
      winner: undefined,
    });
  });
});

test('the surest domain condition that made the rules true is the category', () => {
  const domain = (name: string): Condition => ({ type: 'domain', name });
  const signals: SignalValues = new Map([
    ['domain:math', sure(0.6)],
    ['domain:physics', sure(0.7)],
    ['domain:law', fails],
    ['domain:other', sure(0.9)],
    ['keyword:a', holds],
  ]);
  const categoryOf = (rules: RuleNode): string | undefined =>
    winnerOf(compile([{ name: 'd', rules }]), signals)?.category;
  expect(categoryOf(any(domain('math'), domain('physics'), domain('law')))).toBe('physics');
  expect(categoryOf(all(keyword('a'), not(domain('law'))))).toBeUndefined();
  expect(categoryOf(all(domain('math'), not(not(domain('other')))))).toBe('math');
  expect(categoryOf(any(keyword('a'), all(domain('law'), domain('other'))))).toBeUndefined();
});

describe('signals that nobody asked for yet', () => {
  const pii: Condition = { type: 'pii', name: 'x' };
  const domain: Condition = { type: 'domain', name: 'x' };
  const signals: SignalValues = new Map([
    ['keyword:t', sure(0.8)],
    ['keyword:s', holds],
    ['keyword:f', fails],
  ]);
  const [t, s, f] = ['t', 's', 'f'].map(keyword) as [Condition, Condition, Condition];
  const openIn = (
    decisions: readonly Rough[],
    strategy: 'priority' | 'confidence' = 'priority',
  ): string[] => {
    const verdict = decide(compile(decisions, strategy), signals);
    return verdict.kind === 'open' ? [...verdict.types].sort() : [];
  };
  const named = (name: string, priority: number, rules: RuleNode): Rough => ({
    name,
    priority,
    rules,
  });

  test.each<[string, readonly Rough[], readonly string[]]>([
    ['are asked for', [named('a', 1, all(t, pii))], ['pii']],
    ['are not where another is false', [named('a', 1, all(f, pii))], []],
    ['are not where another of an OR is certain', [named('a', 1, any(s, pii))], []],
    ['are not when only their confidence could differ', [named('a', 1, any(t, pii))], []],
    [
      'are not for a decision that comes too late',
      [named('a', 2, all(t)), named('b', 1, all(pii))],
      [],
    ],
    [
      'are for a decision that comes first',
      [named('a', 2, all(pii)), named('b', 1, all(t))],
      ['pii'],
    ],
    ['are group by group', [named('a', 2, all(domain)), named('b', 1, all(pii))], ['domain']],
    [
      'are when their confidence decides between equals',
      [named('a', 1, any(t, pii)), named('b', 1, all(t))],
      ['pii'],
    ],
    [
      'are not when an equal is certain and comes first',
      [named('a', 1, all(s)), named('b', 1, all(pii))],
      [],
    ],
    [
      'are when a certain equal comes later',
      [named('a', 1, all(pii)), named('b', 1, all(s))],
      ['pii'],
    ],
    ['are within a NOT', [named('a', 1, not(pii))], ['pii']],
  ])('%s', (_what, decisions, types) => {
    expect(openIn(decisions)).toEqual(types);
  });

  test('by confidence, all that might be surer are asked for', () => {
    const decisions = [
      named('a', 2, all(t)),
      named('b', 1, all(pii)),
      named('c', 0, all(f, domain)),
    ];
    expect(openIn(decisions, 'confidence')).toEqual(['pii']);
    expect(openIn([named('a', 2, all(s)), named('b', 1, all(pii))], 'confidence')).toEqual([]);
  });

  test('whatever they turn out to be, the verdict before them would have been the same', () => {
    const types = ['domain', 'embedding', 'jailbreak', 'pii'] as const;
    const leaf = fc.oneof(
      fc.constantFrom(t, s, f, keyword('u')),
      fc.constantFrom(...types).map((type): Condition => ({ type, name: 'x' })),
    );
    const { rule } = fc.letrec<{ rule: RuleNode; child: Condition | RuleNode }>((tie) => ({
      child: fc.oneof({ depthSize: 'small' }, leaf, tie('rule')),
      rule: fc.oneof(
        fc.record({
          operator: fc.constantFrom('AND' as const, 'OR' as const),
          conditions: fc.array(tie('child'), { maxLength: 3 }),
        }),
        tie('child').map((child): RuleNode => not(child)),
      ),
    }));
    const decisions = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...Array.from('pqrst')),
        priority: fc.integer({ min: 0, max: 2 }),
        onUnknown: fc.constantFrom<Decision['on_unknown']>('no_match', 'match', 'fail_request'),
        rules: rule,
      }),
      { selector: ({ name }) => name },
    );
    const value = fc.oneof(
      fc.constantFrom(0, 0.3, 0.8, 1).map(sure),
      fc.constantFrom(fails, unknown),
    );
    const later = fc.tuple(value, value, value, value);
    fc.assert(
      fc.property(
        decisions,
        fc.constantFrom('priority' as const, 'confidence' as const),
        later,
        (list, strategy, values) => {
          const before = new Map([
            ['keyword:t', sure(0.8)],
            ['keyword:s', holds],
            ['keyword:f', fails],
            ['keyword:u', unknown],
          ]);
          const compiled = compile(list, strategy);
          const whole = new Map([
            ...before,
            ...types.map((type, at) => [`${type}:x`, values[at] ?? fails] as const),
          ]);
          // Asked round by round, as the stage does.
          const asked = new Map(before);
          let verdict = decide(compiled, asked);
          for (let round = 0; verdict.kind === 'open'; round++) {
            expect(round).toBeLessThan(types.length);
            expect(verdict.types.size).toBeGreaterThan(0);
            for (const type of verdict.types)
              asked.set(`${type}:x`, whole.get(`${type}:x`) ?? fails);
            verdict = decide(compiled, asked);
          }
          const full = decide(compiled, whole);
          expect([verdict.kind, nameIn(verdict)]).toEqual([full.kind, nameIn(full)]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function nameIn(verdict: Verdict): string | undefined {
  if (verdict.kind === 'unresolved') return verdict.decision;
  return verdict.kind === 'decided' ? verdict.winner?.name : undefined;
}
