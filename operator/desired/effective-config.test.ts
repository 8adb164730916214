import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { contentHash } from '../../config/content-hash.ts';
import { parseConfig } from '../../config/parse.ts';
import { specSchema, type Spec } from '../resource/spec.ts';
import { effectiveConfig, readEffectiveConfig, type ConfigSource } from './effective-config.ts';
import type { EffectiveConfig } from './context.ts';

const small = {
  default_model: 'small',
  vllm_endpoints: [{ name: 'local', address: 'vllm', port: 8000 }],
  model_config: { small: {} },
};
const specOf = (auth: object = {}): Spec => specSchema.parse({ config: {}, auth });
const authorino = specOf({ provider: 'Authorino', apiKeys: {} });

function accepted(source: ConfigSource, spec: Spec): EffectiveConfig {
  const result = effectiveConfig(source, spec);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

const inline = (value: unknown, spec = specOf()): EffectiveConfig =>
  accepted({ kind: 'inline', value }, spec);
const ofText = (text: string, spec = specOf()): EffectiveConfig =>
  accepted({ kind: 'text', text, where: 'configmap/models[config.yaml]' }, spec);

test('the router reads what the user wrote', () => {
  const { text, hash, value, mode } = inline({ ...small, maas_integration: { enabled: true } });
  const parsed = parseConfig(text);
  expect(parsed).toMatchObject({ ok: true, config: value });
  expect([hash, mode]).toEqual([contentHash(text), 'maas']);
  expect(readEffectiveConfig(text)).toEqual({ text, hash, value, mode });
});

test('the order of keys is nobody’s business', () => {
  const turned = Object.fromEntries(Object.entries(small).reverse());
  expect(inline(turned).text).toBe(inline(small).text);
});

test('words that YAML has other ideas about stay words', () => {
  const words = fc.constantFrom('t', '1', '1e5', 'nan', '.inf', 'on', 'off', 'null', '~', '0x1f');
  const texts = fc.oneof(words, fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }));
  fc.assert(
    fc.property(texts, (keyword) => {
      // The rule refuses what cannot be seen; everything else comes through as it was.
      const rules = [{ name: 'rule', operator: 'OR', keywords: [keyword] }];
      const result = effectiveConfig(
        { kind: 'inline', value: { ...small, keyword_rules: rules } },
        specOf(),
      );
      if (result.ok) expect(result.config.value.keyword_rules[0]?.keywords).toEqual([keyword]);
    }),
  );
  expect(
    inline({ ...small, keyword_rules: [{ name: '1e5', operator: 'OR', keywords: ['on'] }] }),
  ).toMatchObject({ value: { keyword_rules: [{ name: '1e5', keywords: ['on'] }] } });
});

test.each(['config.yaml', 'config.maas.yaml', 'config.hybrid.yaml'])(
  'the reference %s stays as it is, comments and all',
  (name) => {
    const text = readFileSync(`config/${name}`, 'utf8');
    expect(ofText(text).text).toBe(text);
  },
);

describe('with Authorino', () => {
  const maas = { ...small, maas_integration: { enabled: true } };

  test('the router is told to believe it, and which tiers there are', () => {
    const { authentication, metrics } = inline(maas, authorino).value.maas_integration;
    expect(authentication).toMatchObject({
      on_missing: 'reject',
      user_header: 'x-auth-request-user',
      metadata: {
        namespace: 'envoy.filters.http.ext_authz',
        user: 'identity.user',
        tier: 'identity.tier',
      },
    });
    expect(metrics.known_tiers).toEqual(['free', 'premium', 'enterprise']);
  });

  test('a text is given the same, be the section there or empty', () => {
    const text = 'default_model: small # ours\nvllm_endpoints: [{name: a, address: a, port: 1}]\n';
    const rest = 'model_config: {small: {}}\nmaas_integration: {enabled: true, metrics: }\n';
    const { value } = ofText(text + rest, authorino);
    expect(value.maas_integration.authentication.metadata?.user).toBe('identity.user');
    expect(value.maas_integration.metrics.known_tiers).toHaveLength(3);
  });

  test('what the user says stays', () => {
    const metadata = { namespace: 'my.filter', user: 'u', tier: 't' };
    const own = {
      ...small,
      maas_integration: {
        enabled: true,
        authentication: { metadata },
        metrics: { known_tiers: ['gold'], max_users: 7 },
      },
    };
    const { authentication, metrics } = inline(own, authorino).value.maas_integration;
    expect(authentication).toMatchObject({ on_missing: 'fallback', metadata });
    expect(metrics).toMatchObject({ known_tiers: ['gold'], max_users: 7 });
    const fallback = { enabled: true, authentication: { on_missing: 'fallback' } };
    const { value } = inline({ ...small, maas_integration: fallback }, authorino);
    expect(value.maas_integration.authentication).toMatchObject({
      on_missing: 'fallback',
      metadata: { user: 'identity.user' },
    });
  });

  test('groups are read where a rule asks for them, and nobody is told that they are missing', () => {
    const value = {
      ...small,
      authz_rules: [{ name: 'staff', groups: ['staff'] }],
      maas_integration: { enabled: true },
    };
    const metadataOf = (result: EffectiveConfig): unknown =>
      result.value.maas_integration.authentication.metadata;
    expect(metadataOf(inline(value, authorino))).toMatchObject({ groups: 'identity.groups' });
    expect(metadataOf(inline({ ...value, authz_rules: [] }, authorino))).not.toHaveProperty(
      'groups',
    );
    const aboutGroups = (spec: Spec): readonly string[] =>
      effectiveConfig({ kind: 'inline', value }, spec).warnings.filter((warning) =>
        warning.includes('groups'),
      );
    expect(aboutGroups(authorino)).toEqual([]);
    expect(aboutGroups(specOf())).toHaveLength(1);
  });

  test('in standalone mode nothing is added', () => {
    expect(inline(small, authorino).text).toBe(inline(small).text);
  });
});

describe('what is wrong is told with its place', () => {
  const problemsOf = (source: ConfigSource): readonly string[] => {
    const result = effectiveConfig(source, specOf());
    return result.ok ? [] : result.problems;
  };

  test('in the resource', () => {
    const value = { ...small, default_model: 'large' };
    expect(problemsOf({ kind: 'inline', value })).toEqual([
      'spec.config.default_model: "large" is not in `model_config`',
    ]);
    expect(problemsOf({ kind: 'inline', value: undefined })).toHaveLength(1);
  });

  test('in a text', () => {
    const where = 'configmap/models[config.yaml]';
    const [first = ''] = problemsOf({ kind: 'text', text: 'a: [', where });
    expect(first).toMatch(/^configmap\/models\[config\.yaml\]:\d+: /);
  });

  test('more than a ConfigMap holds', () => {
    const keywords = Array.from({ length: 600 }, (_, at) => `${at} ${'x'.repeat(200)}`);
    const rules = Array.from({ length: 10 }, (_, at) => ({
      name: `rule-${at}`,
      operator: 'OR',
      keywords,
    }));
    const [first = ''] = problemsOf({ kind: 'inline', value: { ...small, keyword_rules: rules } });
    expect(first).toMatch(/^spec\.config: /);
  });

  test('warnings come along', () => {
    const result = effectiveConfig({ kind: 'inline', value: { ...small, strategie: 1 } }, specOf());
    expect(result.warnings).toEqual([
      expect.stringMatching(/^spec\.config\.strategie: .*strategy/),
    ]);
  });
});
