import { describe, expect, test } from '@jest/globals';
import type { PiiType } from '../../../config/pii-types.ts';
import { testConfig } from '../../../test/kit/exchange.ts';
import { factsWithoutModels, type PromptFacts } from '../prompt-facts.ts';
import type { SignalValue } from '../signal-values.ts';
import { compileModels } from './compile-models.ts';

const unit = (...values: number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};

const embedded = (vector: Float32Array) => ({
  ...{ vector, tokens: 2, unknownTokens: 0, truncated: false },
});

// Two dimensions are enough to be near or far.
const candidates = new Map([
  ['north', unit(0, 1)],
  ['north-east', unit(1, 1)],
  ['east', unit(1, 0)],
]);

const config = testConfig({
  classifier: { category_model: { threshold: 0.6 }, pii_model: { threshold: 0.8 } },
  prompt_guard: { threshold: 0.9 },
  categories: [
    { name: 'math' },
    { name: 'computer science' },
    { name: 'science', mmlu_categories: ['physics', 'Computer_Science'] },
  ],
  embedding_rules: [
    { name: 'any', threshold: 0.9, candidates: ['north', 'east'], aggregation_method: 'any' },
    { name: 'max', threshold: 0.9, candidates: ['north', 'east'] },
    { name: 'mean', threshold: 0.6, candidates: ['north', 'east'], aggregation_method: 'mean' },
    { name: 'lost', threshold: 0.1, candidates: ['north', 'south'] },
  ],
  complexity_rules: [
    { name: 'effort', hard: { candidates: ['north'] }, easy: { candidates: ['east'] } },
    { name: 'wording' },
  ],
  jailbreak_rules: [{ name: 'usual' }, { name: 'own', threshold: 0.5 }],
  pii_rules: [{ name: 'any' }, { name: 'strict', threshold: 0.5, pii_types_allowed: ['PERSON'] }],
  signal_settings: {
    jailbreak: { on_error: 'match', deadline_ms: 7 },
    pii: { on_error: 'no_match' },
  },
});

const models = compileModels({ config, isNeeded: () => true, candidates });

/** The values of one kind, by name. */
async function valuesOf(
  kind: 'domain' | 'embedding' | 'complexity' | 'jailbreak' | 'pii',
  facts: Partial<PromptFacts>,
  text = 'prompt',
): Promise<Record<string, SignalValue>> {
  const whole = { ...factsWithoutModels({ latestUserText: () => text }), ...facts };
  const values = (await models.get(kind)?.read(whole)) ?? new Map<string, SignalValue>();
  return Object.fromEntries(
    [...values].map(([key, value]) => [key.slice(kind.length + 1), value] as const),
  );
}

const held = (values: Record<string, SignalValue>): string[] =>
  Object.keys(values).filter((name) => values[name]?.value === 'true');

describe('domain', () => {
  const say = (category: string, confidence: number, others: Record<string, number> = {}) =>
    valuesOf('domain', {
      category: async () =>
        Promise.resolve({
          category,
          confidence,
          probabilities: new Map(Object.entries({ ...others, [category]: confidence })),
        }),
    });

  test('the label is the category, in either spelling, or one of its labels', async () => {
    expect(held(await say('math', 0.7))).toEqual(['math']);
    expect(held(await say('computer science', 0.7))).toEqual(['computer science', 'science']);
    expect(held(await say('computer_science', 0.7))).toEqual(['computer science', 'science']);
    expect(held(await say('law', 0.99))).toEqual([]);
  });

  test('is held against the threshold, a wide category with all its labels', async () => {
    expect(held(await say('math', 0.59))).toEqual([]);
    const spread = await say('physics', 0.4, { 'computer science': 0.3 });
    expect(held(spread)).toEqual(['science']);
    expect(spread['science']?.confidence).toBeCloseTo(0.7);
  });

  test('is unknown, and says why, when the classifier cannot tell', async () => {
    const values = await valuesOf('domain', {
      category: async () => Promise.resolve({ unavailable: 'unsupported' }),
    });
    expect(values['math']).toEqual({ value: 'unknown', confidence: 0, reason: 'unsupported' });
  });
});

describe('embedding', () => {
  const near = (vector: Float32Array) =>
    valuesOf('embedding', { embedding: async () => Promise.resolve(embedded(vector)) });

  test('is held against the likeness to the nearest example, or to all', async () => {
    expect(held(await near(unit(0, 1)))).toEqual(['any', 'max']);
    expect(held(await near(unit(1, 1)))).toEqual(['mean']);
    expect((await near(unit(1, 1)))['mean']?.confidence).toBeCloseTo(Math.SQRT1_2);
    expect(held(await near(unit(-1, -1)))).toEqual([]);
  });

  test('is unknown while an example has no vector, or has one of another model', async () => {
    expect((await near(unit(0, 1)))['lost']).toMatchObject({ value: 'unknown', reason: 'failed' });
    expect((await near(unit(0, 1, 0)))['max']).toMatchObject({ value: 'unknown' });
  });
});

describe('complexity', () => {
  test('is the side that the prompt is nearer to', async () => {
    const at = async (...values: number[]) =>
      held(
        await valuesOf('complexity', {
          embedding: async () => Promise.resolve(embedded(unit(...values))),
        }),
      ).filter((name) => name.startsWith('effort'));
    expect(await at(0, 1)).toEqual(['effort:hard']);
    expect(await at(1, 0)).toEqual(['effort:easy']);
    expect(await at(1, 1)).toEqual(['effort:medium']);
  });

  test('goes by wording without examples or without a model, and says so', async () => {
    const values = await valuesOf('complexity', {}, 'hi');
    expect(held(values)).toEqual(['effort:easy', 'wording:easy']);
    expect(values['effort:easy']?.note).toContain('without a model');
  });

  test('is unknown when the model fails now and then', async () => {
    const values = await valuesOf('complexity', {
      embedding: async () => Promise.resolve({ unavailable: 'deadline' }),
    });
    expect(values['effort:hard']).toMatchObject({ value: 'unknown', reason: 'deadline' });
    expect(held(values)).toHaveLength(1);
  });
});

const attack = (score: number) => ({ score, families: [], tier: 'lexical' as const });
const personal = (found: readonly { type: PiiType; score: number }[]) => ({
  spans: [found.map((one, at) => ({ ...one, start: at, end: at + 1 }))],
  tier: 'model' as const,
});

describe('jailbreak and pii', () => {
  test('are held against their own threshold, or the usual one', async () => {
    const jailbreak = async (score: number) =>
      held(await valuesOf('jailbreak', { jailbreak: async () => Promise.resolve(attack(score)) }));
    expect(await jailbreak(0.9)).toEqual(['usual', 'own']);
    expect(await jailbreak(0.89)).toEqual(['own']);
    expect(await jailbreak(0.4)).toEqual([]);
  });

  test('types that are allowed do not count', async () => {
    const pii = async (...found: { type: PiiType; score: number }[]) =>
      held(await valuesOf('pii', { pii: async () => Promise.resolve(personal(found)) }));
    expect(await pii({ type: 'PERSON', score: 0.9 })).toEqual(['any']);
    expect(await pii({ type: 'PERSON', score: 0.9 }, { type: 'US_SSN', score: 0.6 })).toEqual([
      'any',
      'strict',
    ]);
    expect(await pii()).toEqual([]);
  });

  test('on_error says what they are when no model could tell', async () => {
    expect(held(await valuesOf('jailbreak', {}))).toEqual(['usual', 'own']);
    const pii = await valuesOf('pii', {});
    expect(pii['any']).toMatchObject({ value: 'false', note: expect.stringContaining('absent') });
  });

  test('text that the model does not understand is unknown whatever on_error says', async () => {
    const values = await valuesOf('jailbreak', {
      jailbreak: async () => Promise.resolve({ unavailable: 'unsupported' }),
    });
    expect(values['usual']).toMatchObject({ value: 'unknown', reason: 'unsupported' });
  });

  test('the deadline is the one of the kind', async () => {
    const deadlines: (number | undefined)[] = [];
    await valuesOf('jailbreak', {
      jailbreak: async (options) => {
        deadlines.push(options?.deadlineMs);
        return Promise.resolve(attack(0));
      },
    });
    await valuesOf('pii', {
      pii: async (options) => {
        deadlines.push(options?.deadlineMs);
        return Promise.resolve(personal([]));
      },
    });
    expect(deadlines).toEqual([7, 1000]);
  });
});

test('what no decision refers to is not compiled', () => {
  const few = compileModels({ config, isNeeded: (key) => key === 'pii:any', candidates });
  expect([...few].map(([kind, { keys }]) => [kind, keys])).toEqual([['pii', ['pii:any']]]);
});
