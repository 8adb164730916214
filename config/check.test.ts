import { describe, expect, test } from '@jest/globals';
import { checkConfig, checks, formatFinding, noticesOf } from './check.ts';
import { notices } from './checks/notices.ts';
import { routerConfigSchema, type RouterConfig } from './schema/index.ts';

type Input = Record<string, unknown>;

const decision = (fields: Input = {}): Input => ({
  name: 'code',
  rules: { operator: 'OR', conditions: [{ type: 'keyword', name: 'code' }] },
  modelRefs: [{ model: 'large', use_reasoning: true }],
  ...fields,
});

/** A configuration that keeps every rule; `fields` replace whole sections. */
function configWith(fields: Input = {}): RouterConfig {
  return routerConfigSchema.parse({
    default_model: 'small',
    vllm_endpoints: [
      { name: 'a', address: '127.0.0.1', port: 8000 },
      { name: 'b', address: 'b.example.com', port: 8000 },
    ],
    model_config: { small: {}, large: largeModel() },
    reasoning_families: { qwen3: { type: 'chat_template_kwargs', parameter: 'enable_thinking' } },
    keyword_rules: [{ name: 'code', operator: 'OR', keywords: ['python'] }],
    decisions: [decision()],
    ...fields,
  });
}

function largeModel(fields: Input = {}): Input {
  return {
    reasoning_family: 'qwen3',
    preferred_endpoints: ['a', 'b'],
    loras: [{ name: 'legal' }],
    ...fields,
  };
}

const models = (large: Input): Input => ({ model_config: { small: {}, large: largeModel(large) } });
const ruled = (rules: Input): Input => ({ decisions: [decision({ rules })] });
const plugged = (...plugins: Input[]): Input => ({ decisions: [decision({ plugins })] });
const mutating = (configuration: Input): Input =>
  plugged({ type: 'header_mutation', configuration });
const keywords = (...list: string[]): Input => ({
  keyword_rules: [{ name: 'code', operator: 'OR', keywords: list }],
});
const maas = (fields: Input): Input => ({ maas_integration: { enabled: true, ...fields } });
const signalModels = (fields: Input): Input => ({ signal_models: fields });
const condition = (type: string, name: string): Input => ({ type, name });
const twice = (section: string, entry: Input): Input => ({ [section]: [entry, entry] });

/** `levels` rules, one in the other. */
function nested(levels: number): Input {
  const inner = levels === 1 ? condition('keyword', 'code') : nested(levels - 1);
  return { operator: 'AND', conditions: [inner] };
}

const keyword = { name: 'code', operator: 'OR', keywords: ['python'] };
const transport = 'belongs to HTTP';

// For each rule, what breaks it and how that is told.
const broken: Readonly<Record<string, readonly (readonly [Input, string])[]>> = {
  'names in vllm_endpoints differ': [
    [
      {
        ...models({ preferred_endpoints: [] }),
        ...twice('vllm_endpoints', { name: 'a', address: '::1', port: 1 }),
      },
      'vllm_endpoints[1].name: "a" stands more than once',
    ],
  ],
  'names in keyword_rules differ': [
    [twice('keyword_rules', keyword), 'keyword_rules[1].name: "code" stands more than once'],
  ],
  'names in context_rules differ': [
    [twice('context_rules', { name: 'c' }), 'context_rules[1].name: "c" stands more than once'],
  ],
  'names in authz_rules differ': [
    [
      twice('authz_rules', { name: 'z', tiers: ['free'] }),
      'authz_rules[1].name: "z" stands more than once',
    ],
  ],
  'names in embedding_rules differ': [
    [
      twice('embedding_rules', { name: 'e', threshold: 1, candidates: ['x'] }),
      'embedding_rules[1].name: "e" stands more than once',
    ],
  ],
  'names in categories differ': [
    [twice('categories', { name: 'law' }), 'categories[1].name: "law" stands more than once'],
  ],
  'names in decisions differ': [
    [twice('decisions', decision()), 'decisions[1].name: "code" stands more than once'],
  ],
  'adapters of a model differ': [
    [
      models({ loras: [{ name: 'x' }, { name: 'x' }] }),
      'model_config.large.loras[1].name: "x" stands more than once',
    ],
  ],
  'endpoints of a model differ': [
    [
      models({ preferred_endpoints: ['a', 'a'] }),
      'model_config.large.preferred_endpoints[1]: "a" stands more than once',
    ],
  ],
  'automatic model names differ': [
    [{ auto_model_name: ['auto', 'auto'] }, 'auto_model_name[1]: "auto" stands more than once'],
  ],
  'no model bears an automatic name': [
    [
      { auto_model_name: 'large' },
      'model_config.large: is an automatic model name (`auto_model_name`), so nobody could ask for it',
    ],
  ],
  'no decision bears a reserved name': [
    [
      { decisions: [decision({ name: 'default' })] },
      'decisions[0].name: "default" is taken: it stands for requests that no decision matched',
    ],
    [
      { decisions: [decision({ name: 'pinned' })] },
      'decisions[0].name: "pinned" is taken: it stands for requests that named their model',
    ],
  ],
  'each plugin of a decision stands once': [
    [
      plugged(
        { type: 'system_prompt', configuration: { system_prompt: 'x' } },
        { type: 'system_prompt', configuration: { system_prompt: 'y' } },
      ),
      'decisions[0].plugins[1].type: "system_prompt" stands more than once',
    ],
  ],
  'no identity bears a reserved label': [
    [
      maas({ authentication: { fallback_user: '_overflow' } }),
      'maas_integration.authentication.fallback_user: "_overflow" is taken: it stands for users beyond `max_users`',
    ],
    [
      maas({ authentication: { fallback_tier: '_invalid' } }),
      'maas_integration.authentication.fallback_tier: "_invalid" is taken: it stands for tiers that are not known',
    ],
    [
      maas({ metrics: { known_tiers: ['free', '_invalid'] } }),
      'maas_integration.metrics.known_tiers[1]: "_invalid" is taken: it stands for tiers that are not known',
    ],
  ],
  'default_model is a model': [
    [
      { default_model: 'smal' },
      'default_model: "smal" is not in `model_config`; did you mean "small"?',
    ],
    [{ default_model: 'constructor' }, 'default_model: "constructor" is not in `model_config`'],
  ],
  'modelRefs are models': [
    [
      { decisions: [decision({ modelRefs: [{ model: 'small' }, { model: 'huge' }] })] },
      'decisions[0].modelRefs[1].model: "huge" is not in `model_config`',
    ],
  ],
  'lora_name is an adapter of its model': [
    [
      { decisions: [decision({ modelRefs: [{ model: 'large', lora_name: 'lega' }] })] },
      'decisions[0].modelRefs[0].lora_name: "lega" is not in the `loras` of "large"; did you mean "legal"?',
    ],
  ],
  'preferred_endpoints exist': [
    [
      models({ preferred_endpoints: ['a', 'main'] }),
      'model_config.large.preferred_endpoints[1]: "main" is not in `vllm_endpoints`',
    ],
  ],
  'reasoning_family exists': [
    [
      models({ reasoning_family: 'qwen' }),
      'model_config.large.reasoning_family: "qwen" is not in `reasoning_families`; did you mean "qwen3"?',
    ],
  ],
  ...Object.fromEntries(
    Object.entries({
      keyword: 'keyword_rules',
      context: 'context_rules',
      authz: 'authz_rules',
      embedding: 'embedding_rules',
      domain: 'categories',
    }).map(([type, section]) => [
      `${type} conditions name a signal`,
      [
        [
          ruled({ operator: 'AND', conditions: [nested(1), condition(type, 'nothing')] }),
          `decisions[0].rules.conditions[1].name: "nothing" is not in \`${section}\``,
        ],
      ] as const,
    ]),
  ),
  'NOT takes one condition': [
    [
      ruled({ operator: 'NOT', conditions: [] }),
      'decisions[0].rules.conditions: NOT takes exactly one condition, not 0; put several into an OR or AND',
    ],
    [
      ruled({
        operator: 'AND',
        conditions: [{ operator: 'NOT', conditions: [nested(1), nested(1)] }],
      }),
      'decisions[0].rules.conditions[0].conditions: NOT takes exactly one condition, not 2; put several into an OR or AND',
    ],
  ],
  'OR takes a condition': [
    [
      ruled({ operator: 'OR', conditions: [] }),
      'decisions[0].rules.conditions: an OR without conditions never holds; an AND without any always does',
    ],
  ],
  'rules are not too deep': [
    [
      ruled(nested(17)),
      `decisions[0].rules${'.conditions[0]'.repeat(16)}: rules are at most 16 levels deep`,
    ],
  ],
  'keywords can be read': [
    [keywords('python', ' '), 'keyword_rules[0].keywords[1]: is blank'],
    [
      keywords('\\bfoo('),
      'keyword_rules[0].keywords[0]: is a regular expression, because of `\\` before a letter or digit, and does not compile: missing closing ): `\\bfoo(` (in plain text, put `\\` before each sign, and write `\\` itself as `\\\\`)',
    ],
  ],
  'regular expressions are few': [
    [
      keywords(...Array.from({ length: 501 }, (_, index) => `\\b${index}\\b`)),
      'keyword_rules[0].keywords[500]: at most 500 keywords may be regular expressions',
    ],
  ],
  'prompt lengths are ranges': [
    [
      { context_rules: [{ name: 'c', min_tokens: '2K', max_tokens: 1999 }] },
      'context_rules[0].max_tokens: 1999 is less than `min_tokens`, 2000',
    ],
  ],
  'authz rules name somebody': [
    [
      { authz_rules: [{ name: 'z' }] },
      'authz_rules[0]: names neither `users` nor `tiers`, so it never holds',
    ],
  ],
  'the identity headers differ': [
    [
      maas({ authentication: { user_header: 'X-Who', tier_header: 'x-who' } }),
      'maas_integration.authentication.tier_header: "x-who" is the `user_header` already',
    ],
  ],
  'identity headers are free': [
    [
      maas({ authentication: { user_header: 'Authorization' } }),
      'maas_integration.authentication.user_header: "authorization" carries a credential, which would become a label',
    ],
    [
      maas({ authentication: { tier_header: 'x-vsr-tier' } }),
      'maas_integration.authentication.tier_header: "x-vsr-tier" begins with x-vsr-, which requests may not carry',
    ],
    [
      maas({ authentication: { tier_header: 'Host' } }),
      `maas_integration.authentication.tier_header: "host" ${transport}`,
    ],
    [
      maas({ authentication: { user_header: 'x-selected-model' } }),
      'maas_integration.authentication.user_header: "x-selected-model" tells Envoy which model was selected',
    ],
  ],
  'response headers are free': [
    [
      maas({ headers: { prefix: 'x-envoy-' } }),
      'maas_integration.headers.prefix: "x-envoy-" begins with x-envoy-, which is Envoy\'s',
    ],
    [
      maas({ authentication: { user_header: 'x-decision' }, headers: { prefix: 'x-' } }),
      'maas_integration.headers.prefix: makes "x-decision", which carries the caller identity',
    ],
  ],
  'header_mutation leaves some alone': [
    ...['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'TE'].map(
      (name) =>
        [
          mutating({ update: [{ name, value: 'x' }] }),
          `decisions[0].plugins[0].configuration.update[0].name: "${name.toLowerCase()}" ${transport}`,
        ] as const,
    ),
    [
      mutating({ add: [{ name: 'x-envoy-retry-on', value: '5xx' }] }),
      'decisions[0].plugins[0].configuration.add[0].name: "x-envoy-retry-on" begins with x-envoy-, which is Envoy\'s',
    ],
    [
      mutating({ delete: ['X-Selected-Model'] }),
      'decisions[0].plugins[0].configuration.delete[0]: "x-selected-model" tells Envoy which model was selected',
    ],
    [
      mutating({ delete: ['x-auth-request-user'] }),
      'decisions[0].plugins[0].configuration.delete[0]: "x-auth-request-user" carries the caller identity',
    ],
    [
      { ...mutating({ delete: ['x-acme-decision'] }), ...maas({ headers: { prefix: 'x-acme-' } }) },
      'decisions[0].plugins[0].configuration.delete[0]: "x-acme-decision" is one that the router writes itself',
    ],
  ],
  'header_mutation names a header once': [
    [
      mutating({ add: [{ name: 'x-a', value: '1' }], delete: ['X-A'] }),
      'decisions[0].plugins[0].configuration.delete[0]: "x-a" stands more than once',
    ],
  ],
  'the identity has one source': [
    [
      maas({
        authentication: {
          metadata: { namespace: 'n', user: 'u', tier: 't' },
          attributes: { user: 'u', tier: 't' },
        },
      }),
      'maas_integration.authentication.attributes: stands beside `metadata`; the identity comes from one of them',
    ],
  ],
  'config_source is file': [
    [
      { config_source: 'kubernetes' },
      'config_source: must be file: custom resources are read by the operator, not by the router',
    ],
  ],
  'tools are not selected': [
    [
      { tools: { enabled: true } },
      'tools.enabled: must be false: selecting tools by meaning is not supported',
    ],
  ],
  'no classifier stands behind MCP': [
    [
      { classifier: { mcp_category_model: { enabled: true } } },
      'classifier.mcp_category_model.enabled: must be false: a classifier behind MCP is not supported',
    ],
  ],
  'a model for signals is a directory or a URL': [
    [signalModels({ embedding: {} }), 'signal_models.embedding: must have either `path` or `url`'],
    [
      signalModels({ domain: { path: '/d', url: 'http://d/' } }),
      'signal_models.domain: must have either `path` or `url`',
    ],
  ],
  'a model behind a URL is described': [
    [
      signalModels({ embedding: { url: 'http://e/', model: 'e5' } }),
      'signal_models.embedding.dimensions: must be set for a `url`',
    ],
    [
      signalModels({ domain: { url: 'http://d/' } }),
      'signal_models.domain.labels: must be set for a `url`',
    ],
  ],
  'a model directory describes itself': [
    [
      signalModels({ embedding: { path: '/e', dimensions: 384 } }),
      'signal_models.embedding.dimensions: is for a `url`; the files of `path` say it themselves',
    ],
    [
      signalModels({ jailbreak: { path: '/j', timeout_ms: 100 } }),
      'signal_models.jailbreak.timeout_ms: is for a `url`; the files of `path` say it themselves',
    ],
  ],
  'the key of a model comes from one place': [
    [
      signalModels({
        domain: { url: 'http://d/', labels: ['law'], api_key_env: 'KEY', api_key_file: '/key' },
      }),
      'signal_models.domain.api_key_file: must not stand beside `api_key_env`',
    ],
  ],
  'attempts have labels': [
    [
      signalModels({ jailbreak: { url: 'http://j/', labels: ['ok', 'bad'] } }),
      'signal_models.jailbreak.positive_labels: must be set for a `url`',
    ],
    [
      signalModels({
        jailbreak: { url: 'http://j/', labels: ['ok', 'bad'], positive_labels: ['worse'] },
      }),
      'signal_models.jailbreak.positive_labels[0]: "worse" is not in `labels`',
    ],
  ],
  'the cache is in memory': [
    [
      { semantic_cache: { enabled: true, backend_type: 'milvus' } },
      'semantic_cache.backend_type: must be memory: milvus is not supported',
    ],
  ],
};

const rules: Readonly<Record<string, readonly (readonly [Input, string])[]>> = {
  'keywords that look like expressions': [
    [
      keywords('bye$'),
      'keyword_rules[0].keywords[0]: is read as plain text in spite of `$` at the end; write (?:…) around it if a regular expression is meant, or `\\` before the sign if not',
    ],
  ],
  'signals that nobody computes': [
    [
      {
        ...ruled({ operator: 'OR', conditions: [condition('domain', 'law')] }),
        categories: [{ name: 'law' }],
      },
      'decisions[0].rules.conditions[0]: is never known: this version has no classifier for domain signals',
    ],
  ],
  'plugins without effect': [
    [
      plugged({ type: 'pii', configuration: {} }),
      'decisions[0].plugins[0]: has no effect: this version does not detect personal data',
    ],
    [
      plugged({ type: 'jailbreak', configuration: {} }),
      'decisions[0].plugins[0]: has no effect: this version does not detect jailbreak attempts',
    ],
    [
      plugged({ type: 'semantic-cache', configuration: {} }),
      'decisions[0].plugins[0]: has no effect: this version has no semantic cache',
    ],
  ],
  'a cache that is not there': [
    [
      { semantic_cache: { enabled: true } },
      'semantic_cache.enabled: has no effect: this version has no semantic cache',
    ],
  ],
  'a guard that is not there': [
    [
      { prompt_guard: { enabled: true } },
      'prompt_guard.enabled: has no effect: this version does not detect jailbreak attempts',
    ],
  ],
  'tracing that is not there': [
    [
      { observability: { tracing: { enabled: true } } },
      'observability.tracing.enabled: has no effect: this version exports no spans',
    ],
  ],
  'reasoning that cannot be asked for': [
    [
      { decisions: [decision({ modelRefs: [{ model: 'small', use_reasoning: true }] })] },
      'decisions[0].modelRefs[0].use_reasoning: has no effect: small names no `reasoning_family`',
    ],
  ],
  'callers that nobody tells apart': [
    [
      {
        ...ruled({ operator: 'OR', conditions: [condition('authz', 'z')] }),
        authz_rules: [{ name: 'z', tiers: ['free'] }],
      },
      'decisions[0].rules.conditions[0]: is never known: without `maas_integration` there is no user and no tier',
    ],
  ],
  'a prefix without hyphen': [
    [
      maas({ headers: { prefix: 'x-vsr' } }),
      'maas_integration.headers.prefix: does not end in a hyphen, so a header is called x-vsrdecision',
    ],
  ],
  'a fallback tier that is not known': [
    [
      maas({ metrics: { known_tiers: ['gold'] } }),
      'maas_integration.authentication.fallback_tier: is not in `metrics.known_tiers`, so it is counted as `_invalid`',
    ],
  ],
  'costs without prices': [
    [
      maas({ metrics: { internal_cost_calculation: true } }),
      'maas_integration.metrics.internal_cost_calculation: calculates nothing: no model has `pricing`',
    ],
  ],
};

const rows = (table: typeof broken): [string, Input, string][] =>
  Object.entries(table).flatMap(([name, cases]) =>
    cases.map(([fields, text]): [string, Input, string] => [name, fields, text]),
  );

test('a configuration that keeps every rule has no findings', () => {
  expect(checkConfig(configWith())).toEqual([]);
  expect(noticesOf(configWith())).toEqual([]);
});

describe('each check finds what breaks its rule, and nothing else', () => {
  test.each(rows(broken))('%s', (name, fields, text) => {
    const config = configWith(fields);
    const own = checks.filter((check) => check.name === name);
    expect(own.flatMap((check) => [...check.findings(config)]).map(formatFinding)).toEqual([text]);
    expect(checkConfig(config).map(formatFinding)).toEqual([text]);
  });

  test('no check is without a case', () => {
    expect(Object.keys(broken).toSorted()).toEqual(checks.map(({ name }) => name).toSorted());
  });
});

describe('each notice tells what its author should know', () => {
  test.each(rows(rules))('%s', (_name, fields, text) => {
    expect(noticesOf(configWith(fields)).map(formatFinding)).toEqual([text]);
    expect(checkConfig(configWith(fields))).toEqual([]);
  });

  test('no notice is without a case', () => {
    expect(Object.keys(rules).toSorted()).toEqual(notices.map(({ name }) => name).toSorted());
  });
});

test.each<[string, Input]>([
  ['a disabled plugin', plugged({ type: 'pii', configuration: { enabled: false } })],
  ['a disabled cache elsewhere', { semantic_cache: { enabled: false, backend_type: 'milvus' } }],
  ['16 levels of rules', ruled(nested(16))],
  ['an empty AND', ruled({ operator: 'AND', conditions: [] })],
  ['an open range', { context_rules: [{ name: 'c', min_tokens: 1 }] }],
  ['an ordinary header', mutating({ add: [{ name: 'x-team', value: 'a' }], delete: ['x-debug'] })],
])('%s is right and needs no notice', (_name, fields) => {
  const config = configWith(fields);
  expect([...checkConfig(config), ...noticesOf(config)]).toEqual([]);
});
