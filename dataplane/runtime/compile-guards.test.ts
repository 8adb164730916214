import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../config/parse.ts';
import { compileRuntime } from './compile.ts';
import type { GuardPlan } from './runtime.ts';

/** The guards of the decision, of the default, and of a pinned model. */
function guardsOf(given: {
  readonly sections?: string;
  readonly plugins?: string;
}): Record<'decision' | 'default' | 'pinned', GuardPlan | undefined> {
  const text = `
default_model: small
vllm_endpoints: [{name: e, address: 127.0.0.1, port: 8000}]
model_config: {small: {}, safe: {}}
${given.sections ?? ''}
decisions:
  - name: d
    rules: {operator: AND, conditions: []}
    modelRefs: [{model: small}]
    plugins: ${given.plugins ?? '[]'}
`;
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const runtime = compileRuntime({ config: parsed.config, hash: 'h', loadedAtMs: 0 });
  return {
    decision: runtime.plans.get('d')?.guards,
    default: runtime.defaultPlan.guards,
    pinned: runtime.pinnedPlans.get('small')?.guards,
  };
}

test('nothing is guarded unless somebody asks', () => {
  expect(guardsOf({})).toEqual({
    decision: { jailbreak: undefined, pii: undefined },
    default: { jailbreak: undefined, pii: undefined },
    pinned: { jailbreak: undefined, pii: undefined },
  });
});

describe('jailbreak', () => {
  test('the global guard holds for decisions, the default and pinned models', () => {
    const {
      decision,
      default: fallback,
      pinned,
    } = guardsOf({
      sections: 'prompt_guard: {enabled: true, threshold: 0.8}',
    });
    const guard = { threshold: 0.8, action: 'block', onUnknown: 'allow', elsewhere: undefined };
    expect([decision?.jailbreak, fallback?.jailbreak, pinned?.jailbreak]).toEqual([
      guard,
      guard,
      guard,
    ]);
  });

  test('a plugin says what is different', () => {
    const { decision } = guardsOf({
      sections: 'prompt_guard: {enabled: true, threshold: 0.8, action: observe, on_unknown: block}',
      plugins: '[{type: jailbreak, configuration: {action: route, model: safe}}]',
    });
    expect(decision?.jailbreak).toMatchObject({
      threshold: 0.8,
      action: 'route',
      onUnknown: 'block',
      elsewhere: { name: 'safe' },
    });
  });

  test('a plugin that is off frees the decision', () => {
    const { decision, default: fallback } = guardsOf({
      sections: 'prompt_guard: {enabled: true}',
      plugins: '[{type: jailbreak, configuration: {enabled: false}}]',
    });
    expect(decision?.jailbreak).toBeUndefined();
    expect(fallback?.jailbreak).toBeDefined();
  });

  test('a plugin guards where nothing else does, and blocks as in semantic-router', () => {
    const { decision, default: fallback } = guardsOf({
      plugins: '[{type: jailbreak, configuration: {}}]',
    });
    expect(decision?.jailbreak).toMatchObject({ threshold: 0.7, action: 'block' });
    expect(fallback?.jailbreak).toBeUndefined();
  });
});

describe('personal data', () => {
  test('the plugin blocks what it does not allow, as in semantic-router', () => {
    const { decision } = guardsOf({
      sections: 'classifier: {pii_model: {threshold: 0.9}}',
      plugins: '[{type: pii, configuration: {pii_types_allowed: [PERSON]}}]',
    });
    expect(decision?.pii).toEqual({
      threshold: 0.9,
      allowed: new Set(['PERSON']),
      action: 'block',
      restore: false,
      onUnknown: 'allow',
      elsewhere: undefined,
    });
  });

  test('the global guard observes', () => {
    const { decision, pinned } = guardsOf({ sections: 'pii_guard: {enabled: true}' });
    expect(decision?.pii).toMatchObject({ threshold: 0.7, action: 'observe' });
    expect(pinned?.pii).toMatchObject({ action: 'observe' });
  });

  test('a plugin replaces the global guard as a whole', () => {
    const { decision } = guardsOf({
      sections: 'pii_guard: {enabled: true, action: mask, restore: true, pii_types_allowed: [GPE]}',
      plugins: '[{type: pii, configuration: {action: mask}}]',
    });
    expect(decision?.pii).toMatchObject({ action: 'mask', restore: false, allowed: new Set() });
  });
});
