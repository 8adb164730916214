import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatProblem, parseConfig } from '../../parse.ts';
import { readAddress } from './address.ts';

const nested = `version: v0.3
listeners:
  - {name: http, address: 0.0.0.0, port: 8899}
providers:
  defaults:
    default_model: qwen3-8b
    default_reasoning_effort: high
    reasoning_families:
      qwen3: {type: chat_template_kwargs, parameter: enable_thinking}
  models:
    - name: qwen3-8b
      reasoning_family: qwen3
      provider_model_id: Qwen/Qwen3-8B
      api_format: openai
      external_model_ids: {openai: qwen}
      pricing: {currency: USD, prompt_per_1m: 0.2, cached_input_per_1m: 0.05, completion_per_1m: 0.4}
      backend_refs:
        - {name: primary, endpoint: "127.0.0.1:8000", protocol: http, weight: 80, provider: vllm}
        - {name: spare, endpoint: "[::1]:8004", weight: 20}
        - {name: off, endpoint: "127.0.0.1:8005", weight: 0}
    - name: gpt-oss
      reasoning: {type: reasoning_effort, parameter: reasoning_effort}
      backend_refs:
        - {name: primary, base_url: https://models.example.com/v1, chat_path: /chat/completions}
routing:
  strategy: confidence
  modelCards:
    - {name: qwen3-8b, param_size: 8B, loras: [{name: legal}]}
  signals:
    keywords:
      - {name: code, operator: OR, keywords: [c++, "foo|bar"]}
      - {name: calls, operator: OR, method: regex, keywords: ['main$']}
    domains:
      - {name: law, mmlu_categories: [law]}
    context:
      - {name: long, min_tokens: 32K, max_tokens: 256K}
    language:
      - {name: zh}
    role_bindings:
      - {name: staff, role: insider, subjects: [{kind: Group, name: staff}, {kind: User, name: eve}]}
      - {name: friends, role: insider, subjects: [{kind: user, name: bob}]}
    fact_check:
      - {name: needs_fact_check}
  decisions:
    - name: long-code
      priority: 10
      rules:
        conditions:
          - operator: AND
            conditions:
              - {type: keyword, name: code}
              - {type: context, name: long}
          - {type: keyword, name: calls}
      modelRefs:
        - {model: gpt-oss, use_reasoning: true}
      plugins:
        - {type: response_cache, configuration: {enabled: false}}
global:
  router:
    auto_model_name: MoM
    clear_route_cache: true
    streamed_body: {enabled: true}
  services:
    observability: {metrics: {enabled: true}}
    management_api: {port: 8080}
    response_api: {enabled: false}
  stores:
    response_cache: {enabled: false, max_entries: 50}
  integrations:
    tools: {enabled: false}
  model_catalog:
    modules:
      prompt_guard: {enabled: false, threshold: 0.5, model_id: x}
      classifier: {domain: {threshold: 0.5, model_id: x}, pii: {threshold: 0.9}}
maas_integration:
  enabled: true
`;

test('the nested form becomes the flat one', () => {
  const result = parseConfig(nested);
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([]);
  expect(result.ok && result.config).toMatchObject({
    default_model: 'qwen3-8b',
    default_reasoning_effort: 'high',
    strategy: 'confidence',
    auto_model_name: ['MoM'],
    clear_route_cache: true,
    reasoning_families: {
      qwen3: { type: 'chat_template_kwargs', parameter: 'enable_thinking' },
      'gpt-oss': { type: 'reasoning_effort', parameter: 'reasoning_effort' },
    },
    vllm_endpoints: [
      { name: 'primary', address: '127.0.0.1', port: 8000, weight: 80 },
      { name: 'spare', address: '::1', port: 8004, weight: 20 },
      { name: 'gpt-oss:primary', address: 'models.example.com', port: 443, weight: 1, tls: {} },
    ],
    model_config: {
      'qwen3-8b': {
        reasoning_family: 'qwen3',
        upstream_model: 'Qwen/Qwen3-8B',
        preferred_endpoints: ['primary', 'spare'],
        loras: [{ name: 'legal' }],
        pricing: {
          currency: 'USD',
          prompt_per_1m: '0.2',
          cached_input_per_1m: '0.05',
          completion_per_1m: '0.4',
        },
      },
      'gpt-oss': { reasoning_family: 'gpt-oss', preferred_endpoints: ['gpt-oss:primary'] },
    },
    keyword_rules: [
      { name: 'code', method: 'literal', keywords: ['c++', 'foo|bar'] },
      { name: 'calls', method: 'regex', keywords: ['main$'] },
    ],
    language_rules: [{ name: 'zh', threshold: 0.3 }],
    authz_rules: [{ name: 'insider', users: ['eve', 'bob'], groups: ['staff'] }],
    categories: [{ name: 'law', mmlu_categories: ['law'] }],
    context_rules: [{ name: 'long', min_tokens: 32_000, max_tokens: 256_000 }],
    decisions: [
      {
        name: 'long-code',
        priority: 10,
        rules: {
          operator: 'OR',
          conditions: [
            {
              operator: 'AND',
              conditions: [
                { type: 'keyword', name: 'code' },
                { type: 'context', name: 'long' },
              ],
            },
            { type: 'keyword', name: 'calls' },
          ],
        },
        modelRefs: [{ model: 'gpt-oss', use_reasoning: true }],
        plugins: [{ type: 'semantic-cache', configuration: { enabled: false } }],
      },
    ],
    semantic_cache: { enabled: false, max_entries: 50 },
    prompt_guard: { enabled: false, threshold: 0.5 },
    classifier: { category_model: { threshold: 0.5 }, pii_model: { threshold: 0.9 } },
    maas_integration: { enabled: true },
  });
  expect(result.warnings.map(formatProblem)).toEqual([
    "config.yaml:2: listeners: is ignored: Envoy's listener is configured where Envoy is",
    'config.yaml:40: routing.signals.role_bindings[0].subjects: are never known: `maas_integration.authentication` names nothing that has them',
    'config.yaml:42: routing.signals.fact_check: is ignored: signals of this kind are not supported',
  ]);
});

describe('problems point to where things were written', () => {
  test.each([
    [
      'version: v0.3',
      'version: v0.4',
      '1: version: must be v0.3: other versions of the nested form are not read',
    ],
    [
      'default_model: qwen3-8b',
      'default_model: qwen3',
      '6: providers.defaults.default_model: "qwen3" is not in `model_config`',
    ],
    [
      'default_model: qwen3-8b',
      'modell: qwen3-8b',
      '5: providers.defaults.default_model: is missing',
    ],
    ['- name: qwen3-8b', '- name: ""', '11: providers.models[0]: the name is empty'],
    [
      'reasoning_family: qwen3',
      'reasoning_family: qwen',
      '12: providers.models[0].reasoning_family: "qwen" is not in `reasoning_families`; did you mean "qwen3"?',
    ],
    [
      'api_format: openai',
      'api_format: anthropic',
      '14: providers.models[0].api_format: must be openai: other APIs of backends are not supported',
    ],
    [
      'prompt_per_1m: 0.2',
      'prompt_per_1m: cheap',
      '16: providers.models[0].pricing.prompt_per_1m: must be a non-negative decimal such as 0.15, with at most 12 digits on each side',
    ],
    [
      '"127.0.0.1:8000"',
      '127.0.0.1',
      '18: providers.models[0].backend_refs[0].endpoint: must be host:port, or a URL such as https://host/v1',
    ],
    [
      'weight: 80',
      'weight: -1',
      '18: providers.models[0].backend_refs[0].weight: must be at least 1',
    ],
    [
      'provider: vllm',
      'api_key_env: KEY',
      '18: providers.models[0].backend_refs[0].api_key_env: is not supported: the router adds no credentials; let Envoy or a gateway do it',
    ],
    [
      'example.com/v1',
      'example.com/api',
      '24: providers.models[1].backend_refs[0].chat_path: must make the path /v1/chat/completions: paths are kept',
    ],
    [
      'method: regex',
      'method: fuzy',
      '32: routing.signals.keywords[1].method: must be one of literal, regex, bm25, fuzzy, ngram, not the text "fuzy"; did you mean fuzzy?',
    ],
    [
      'min_tokens: 32K',
      'min_tokens: many',
      '36: routing.signals.context[0].min_tokens: must be a number of tokens, such as 4000, 32K or 1.5M',
    ],
    [
      'kind: user',
      'kind: Team',
      '41: routing.signals.role_bindings[1].subjects[0].kind: must be User or Group',
    ],
    [
      'role: insider, subjects: [{kind: user',
      'subjects: [{kind: user',
      '41: routing.signals.role_bindings[1].role: is missing',
    ],
    [
      '{type: keyword, name: calls}',
      '{type: fact_check, name: zh}',
      '53: routing.decisions[0].rules.conditions[1].type: must be one of keyword, context, authz, language, structure, conversation, time, embedding, domain, complexity, jailbreak, pii, not the text "fact_check"',
    ],
    [
      'model: gpt-oss, use',
      'model: gpt, use',
      '55: routing.decisions[0].modelRefs[0].model: "gpt" is not in `model_config`',
    ],
    [
      'type: response_cache',
      'type: fast_response',
      '57: routing.decisions[0].plugins[0].type: must be one of system_prompt, header_mutation, semantic-cache, jailbreak, pii, not the text "fast_response"',
    ],
    [
      'clear_route_cache: true',
      'skip_processing: {enabled: true}',
      '61: global.router.skip_processing: is not supported: no request passes without being counted',
    ],
    [
      'response_api: {enabled: false}',
      'response_api: {enabled: true}',
      '66: global.services.response_api: the Responses API with stored state is not supported; remove the section or set `enabled: false`',
    ],
    [
      'max_entries: 50',
      'max_entries: 0',
      '68: global.stores.response_cache.max_entries: must be at least 1',
    ],
    [
      'tools: {enabled: false}',
      'tools: {enabled: true}',
      '70: global.integrations.tools.enabled: must be false: selecting tools by meaning is not supported',
    ],
    [
      'pii: {threshold: 0.9}',
      'pii: {threshold: 9}',
      '74: global.model_catalog.modules.classifier.pii.threshold: must be at most 1',
    ],
    [
      'maas_integration:\n',
      'decisions: []\nmaas_integration:\n',
      '44: routing.decisions: stands beside `decisions`, which means the same; use one of them',
    ],
  ])('%s', (right, wrong, problem) => {
    const text = nested.replace(right, wrong);
    expect(text).not.toBe(nested);
    const result = parseConfig(text);
    const problems = result.ok ? [] : result.problems.map(formatProblem);
    expect(problems).toContain(`config.yaml:${problem}`);
  });
});

test('keys that nobody knows are told with their place', () => {
  const text = nested.replace('pricing:', 'pricings:').replace('  router:', '  routers:');
  expect(parseConfig(text).warnings.map(formatProblem)).toEqual(
    expect.arrayContaining([
      'config.yaml:16: providers.models[0].pricings: is no known key and is ignored; did you mean `pricing`?',
      'config.yaml:59: global.routers: is no known key and is ignored; did you mean `router`?',
    ]),
  );
});

test.each([
  ['127.0.0.1:8000', undefined, { host: '127.0.0.1', port: 8000, tls: false, path: '' }],
  ['vllm.svc:443', 'https', { host: 'vllm.svc', port: 443, tls: true, path: '' }],
  ['[2001:db8::1]:80', undefined, { host: '2001:db8::1', port: 80, tls: false, path: '' }],
  ['http://a.b', undefined, { host: 'a.b', port: 80, tls: false, path: '' }],
  ['https://a.b:8443/v1/', 'http', { host: 'a.b', port: 8443, tls: true, path: '/v1' }],
  ['a.b', undefined, undefined],
  ['ftp://a.b:21', undefined, undefined],
  ['https://user@a.b/', undefined, undefined],
  ['https://a.b/v1?x=1', undefined, undefined],
  ['', undefined, undefined],
  [8000, undefined, undefined],
])('the address %j', (text, protocol, address) => {
  expect(readAddress(text, protocol)).toEqual(address);
});

test('a nested file with mistakes in it is refused or read, never thrown at', () => {
  const lines = nested.split('\n');
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.nat(100),
          fc.constantFrom('', 'x: 1', '  - 5', '    - a', 'null', '  x: [', '      - {}'),
        ),
        { maxLength: 4 },
      ),
      (edits) => {
        const edited = [...lines];
        for (const [at, line] of edits) edited[at % edited.length] = line;
        const result = parseConfig(edited.join('\n'));
        expect(result.ok || result.problems.length > 0).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
