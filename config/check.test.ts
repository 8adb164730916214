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

/** A rule with so many conditions. */
function crowded(size: number): Input {
  return {
    operator: 'OR',
    conditions: Array.from({ length: Math.ceil(size / 50) }, (_, index) => ({
      operator: 'OR',
      conditions: Array.from({ length: Math.min(49, size - 1 - index * 50) }, () =>
        condition('keyword', 'code'),
      ),
    })),
  };
}

/** Rules by likeness that look for a thousand words and one together. */
function likeRules(): Input[] {
  return [500, 500, 1].map((size, rule) => ({
    name: rule === 0 ? 'code' : `like${rule}`,
    operator: 'OR',
    method: rule % 2 === 0 ? 'fuzzy' : 'ngram',
    keywords: Array.from({ length: size }, (_, index) => `word${index}`),
  }));
}

const structure = (feature: Input): Input => ({
  name: 's',
  feature: { type: 'count', source: { type: 'text_bytes' }, ...feature },
});
const conversation = (source: Input): Input => ({
  name: 'v',
  feature: { type: 'count', source: { type: 'message', ...source } },
});
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
  'names in language_rules differ': [
    [twice('language_rules', { name: 'de' }), 'language_rules[1].name: "de" stands more than once'],
  ],
  'names in structure_rules differ': [
    [twice('structure_rules', structure({})), 'structure_rules[1].name: "s" stands more than once'],
  ],
  'names in conversation_rules differ': [
    [
      twice('conversation_rules', conversation({})),
      'conversation_rules[1].name: "v" stands more than once',
    ],
  ],
  'names in time_rules differ': [
    [
      twice('time_rules', { name: 't', windows: [{}] }),
      'time_rules[1].name: "t" stands more than once',
    ],
  ],
  'names in complexity_rules differ': [
    [
      twice('complexity_rules', { name: 'c' }),
      'complexity_rules[1].name: "c" stands more than once',
    ],
  ],
  'names in jailbreak_rules differ': [
    [twice('jailbreak_rules', { name: 'j' }), 'jailbreak_rules[1].name: "j" stands more than once'],
  ],
  'names in pii_rules differ': [
    [twice('pii_rules', { name: 'p' }), 'pii_rules[1].name: "p" stands more than once'],
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
  'language conditions name a signal': [
    [
      ruled({ operator: 'OR', conditions: [condition('language', 'x')] }),
      'decisions[0].rules.conditions[0].name: "x" is not in `language_rules`',
    ],
  ],
  'structure conditions name a signal': [
    [
      ruled({ operator: 'OR', conditions: [condition('structure', 'x')] }),
      'decisions[0].rules.conditions[0].name: "x" is not in `structure_rules`',
    ],
  ],
  'conversation conditions name a signal': [
    [
      ruled({ operator: 'OR', conditions: [condition('conversation', 'x')] }),
      'decisions[0].rules.conditions[0].name: "x" is not in `conversation_rules`',
    ],
  ],
  'time conditions name a signal': [
    [
      ruled({ operator: 'OR', conditions: [condition('time', 'x')] }),
      'decisions[0].rules.conditions[0].name: "x" is not in `time_rules`',
    ],
  ],
  'jailbreak conditions name a signal': [
    [
      ruled({ operator: 'OR', conditions: [condition('jailbreak', 'x')] }),
      'decisions[0].rules.conditions[0].name: "x" is not in `jailbreak_rules`',
    ],
  ],
  'pii conditions name a signal': [
    [
      ruled({ operator: 'OR', conditions: [condition('pii', 'x')] }),
      'decisions[0].rules.conditions[0].name: "x" is not in `pii_rules`',
    ],
  ],
  'complexity conditions name a signal': [
    [
      {
        ...ruled({ operator: 'OR', conditions: [condition('complexity', 'c')] }),
        complexity_rules: [{ name: 'c' }],
      },
      'decisions[0].rules.conditions[0].name: names no level: write "c:hard" or "c:medium" or "c:easy"',
    ],
  ],
  'rules are not too large': [
    [
      ruled(crowded(500)),
      'decisions[0].rules: at most 500 conditions and rules may stand in rules',
    ],
    [
      {
        decisions: Array.from({ length: 41 }, (_, index) =>
          decision({ name: `d${index}`, rules: crowded(499) }),
        ),
      },
      'decisions[40].rules: at most 20000 may stand in the rules of all decisions',
    ],
  ],
  'keywords found by likeness are few': [
    [
      { keyword_rules: likeRules() },
      'keyword_rules[2].keywords[0]: at most 1000 words may be looked for by fuzzy and ngram rules',
    ],
  ],
  'fuzzy_threshold is a likeness': [
    [
      { keyword_rules: [{ ...keyword, method: 'fuzzy', fuzzy_threshold: 2 }] },
      'keyword_rules[0].fuzzy_threshold: must be at least 50: it is a likeness in per cent, such as 82, and no number of differing characters',
    ],
  ],
  'languages can be told': [
    [
      { language_rules: [{ name: 'english' }] },
      'language_rules[0].name: "english" is no ISO 639-1 code of a language that is told',
    ],
    [
      { language_rules: [{ name: 'nordic', languages: ['sv', 'dk'] }] },
      'language_rules[0].languages[1]: "dk" is no ISO 639-1 code of a language that is told',
    ],
  ],
  'features have their sources': [
    [
      { structure_rules: [structure({ source: { type: 'regex' } })] },
      'structure_rules[0].feature.source.pattern: is missing: a source of type regex needs it',
    ],
    [
      { structure_rules: [structure({ source: { type: 'text_bytes', pattern: 'x' } })] },
      'structure_rules[0].feature.source.pattern: belongs to a source of type regex',
    ],
    [
      { structure_rules: [structure({ type: 'sequence' })] },
      'structure_rules[0].feature.source.type: a feature of type sequence has a source of type sequence, and no other has',
    ],
    [
      { structure_rules: [structure({ normalize_by: 'char_count' })] },
      'structure_rules[0].feature.normalize_by: only a density is a share of something',
    ],
  ],
  'patterns compile': [
    [
      { structure_rules: [structure({ source: { type: 'regex', pattern: '(a' } })] },
      'structure_rules[0].feature.source.pattern: does not compile: missing closing ): `(a`',
    ],
  ],
  'predicates can hold': [
    [
      { structure_rules: [{ ...structure({}), predicate: { gt: 3, lt: 2 } }] },
      'structure_rules[0].predicate: no number is what it asks for',
    ],
    [
      { conversation_rules: [{ ...conversation({}), predicate: { gt: 3, lte: 3 } }] },
      'conversation_rules[0].predicate: no number is what it asks for',
    ],
    [
      { conversation_rules: [{ ...conversation({}), predicate: { lt: 0 } }] },
      'conversation_rules[0].predicate: no number is what it asks for',
    ],
  ],
  'roles are of messages': [
    [
      { conversation_rules: [conversation({ type: 'tool_definition', role: 'user' })] },
      'conversation_rules[0].feature.source.role: only messages have a role',
    ],
  ],
  'time zones are known': [
    [
      { time_rules: [{ name: 't', timezone: 'Europe/Atlantis', windows: [{}] }] },
      'time_rules[0].timezone: "Europe/Atlantis" is no IANA time zone such as Europe/Berlin',
    ],
  ],
  'hard and easy stand together': [
    [
      { complexity_rules: [{ name: 'c', easy: { candidates: ['hi'] } }] },
      'complexity_rules[0].easy: stands without `hard`: prompts are compared with both, or with none',
    ],
  ],
  'examples are few': [
    [
      {
        embedding_rules: Array.from({ length: 6 }, (_, index) => ({
          name: `e${index}`,
          threshold: 1,
          candidates: Array.from({ length: 1000 }, (_none, at) => `text ${at}`),
        })),
      },
      'embedding_rules[5].candidates: at most 5000 candidates may stand in all rules',
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
      'authz_rules[0]: names neither `users` nor `tiers` nor `groups`, so it never holds',
    ],
  ],
  'the identity headers differ': [
    [
      maas({ authentication: { user_header: 'X-Who', tier_header: 'x-who' } }),
      'maas_integration.authentication.tier_header: "x-who" is the `user_header` already',
    ],
    [
      maas({ authentication: { groups_header: 'X-Auth-Request-Tier' } }),
      'maas_integration.authentication.groups_header: "x-auth-request-tier" is the `tier_header` already',
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
  'guards of decisions that route': [
    [
      plugged({ type: 'pii', configuration: { action: 'route' } }),
      'decisions[0].plugins[0].configuration.model: is needed where the action is `route`: the model that answers instead',
    ],
    [
      plugged({ type: 'jailbreak', configuration: { action: 'route', model: 'smal' } }),
      'decisions[0].plugins[0].configuration.model: "smal" is not in `model_config`; did you mean "small"?',
    ],
  ],
  'prompt_guard routes to a model': [
    [
      { prompt_guard: { enabled: true, action: 'route', model: 'nobody' } },
      'prompt_guard.model: "nobody" is not in `model_config`',
    ],
  ],
  'pii_guard routes to a model': [
    [
      { pii_guard: { enabled: true, action: 'route' } },
      'pii_guard.model: is needed where the action is `route`: the model that answers instead',
    ],
  ],
  'pii_types_allowed are types': [
    [
      plugged({ type: 'pii', configuration: { pii_types_allowed: ['GPE', 'EMAIL_ADRESS'] } }),
      'decisions[0].plugins[0].configuration.pii_types_allowed[1]: "EMAIL_ADRESS" is no type of personal data; did you mean "EMAIL_ADDRESS"?',
    ],
    [
      plugged({ type: 'pii', configuration: { pii_types_allowed: ['ssn'] } }),
      'decisions[0].plugins[0].configuration.pii_types_allowed[0]: "ssn" is no type of personal data; did you mean "US_SSN"?',
    ],
    [
      plugged({ type: 'pii', configuration: { pii_types_allowed: ['shoe size'] } }),
      'decisions[0].plugins[0].configuration.pii_types_allowed[0]: "shoe size" is no type of personal data; types are AGE, CREDIT_CARD, DATE_TIME, DOMAIN_NAME, EMAIL_ADDRESS, GPE, IBAN_CODE, IP_ADDRESS, NRP, ORGANIZATION, PERSON, PHONE_NUMBER, STREET_ADDRESS, TITLE, US_DRIVER_LICENSE, US_SSN, ZIP_CODE',
    ],
  ],
  'pii_types_allowed of pii_guard are types': [
    [
      { pii_guard: { pii_types_allowed: ['PERSONS'] } },
      'pii_guard.pii_types_allowed[0]: "PERSONS" is no type of personal data; did you mean "PERSON"?',
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
  'the cache has a store that is known': [
    [
      { semantic_cache: { enabled: true, backend_type: 'milvus' } },
      'semantic_cache.backend_type: must be memory, redis, valkey or postgres: milvus is not supported',
    ],
  ],
  'the store of the cache has an address': [
    [
      { semantic_cache: { enabled: true, backend_type: 'valkey' } },
      'semantic_cache.backend_type: needs the section `semantic_cache.redis`, which says where the server is',
    ],
    [
      { semantic_cache: { enabled: true, backend_type: 'postgres' } },
      'semantic_cache.backend_type: needs the section `semantic_cache.postgres`, which says where the server is',
    ],
  ],
  'a password stands in one place': [
    [
      { semantic_cache: { redis: { host: 'redis', password_env: 'A', password_file: '/a' } } },
      'semantic_cache.redis.password_file: stands beside `password_env`; the password comes from one of them',
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
  'a cache without callers': [
    [
      { semantic_cache: { enabled: true } },
      'semantic_cache.scope: caches nothing: without `maas_integration` no caller is known; `scope: global` shares answers among all callers',
    ],
    [
      {
        semantic_cache: { enabled: true, scope: 'global' },
        ...plugged({ type: 'semantic-cache', configuration: { scope: 'user' } }),
      },
      'decisions[0].plugins[0].configuration.scope: caches nothing: without `maas_integration` no caller is known; `scope: global` shares answers among all callers',
    ],
  ],
  'a similarity below what was measured': [
    [
      { semantic_cache: { enabled: true, scope: 'global', similarity_threshold: 0.8 } },
      'semantic_cache.similarity_threshold: is below 0.85: the lower it is, the more rests on the verifier alone',
    ],
    [
      {
        semantic_cache: { enabled: true, scope: 'global' },
        ...plugged({ type: 'semantic-cache', configuration: { verifier: 'off' } }),
      },
      'decisions[0].plugins[0].configuration.verifier: is below 0.95 without a verifier: most near misses would be answered wrongly',
    ],
  ],
  'a store that is waited for too long': [
    [
      {
        semantic_cache: {
          enabled: true,
          scope: 'global',
          backend_type: 'redis',
          redis: { host: 'redis' },
          store_deadline_ms: 1300,
        },
      },
      'semantic_cache.store_deadline_ms: is more than a quarter of `router.message_timeout_seconds`: Envoy may give up on requests that wait for the store',
    ],
  ],
  'a decision that wants a cache': [
    [
      plugged({ type: 'semantic-cache', configuration: {} }),
      'decisions[0].plugins[0]: has no effect: `semantic_cache` is not enabled',
    ],
  ],
  'idle settings of guards of decisions': [
    [
      plugged({ type: 'pii', configuration: { action: 'block', model: 'small' } }),
      'decisions[0].plugins[0].configuration.model: has no effect: the action is not `route`',
    ],
    [
      plugged({ type: 'pii', configuration: { action: 'observe', restore: true } }),
      'decisions[0].plugins[0].configuration.restore: has no effect: the action is not `mask`',
    ],
  ],
  'idle settings of prompt_guard': [
    [
      { prompt_guard: { enabled: true, model: 'small' } },
      'prompt_guard.model: has no effect: the action is not `route`',
    ],
  ],
  'idle settings of pii_guard': [
    [
      { pii_guard: { enabled: true, restore: true } },
      'pii_guard.restore: has no effect: the action is not `mask`',
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
  'groups that nobody tells': [
    [
      { ...maas({}), authz_rules: [{ name: 'z', groups: ['staff'] }] },
      'authz_rules[0].groups: are never known: `maas_integration.authentication` names nothing that has them',
    ],
    [
      {
        ...maas({
          authentication: {
            groups_header: 'x-groups',
            metadata: { namespace: 'n', user: 'u', tier: 't' },
          },
        }),
        authz_rules: [{ name: 'z', groups: ['staff'] }],
      },
      'authz_rules[0].groups: are never known: `maas_integration.authentication` names nothing that has them',
    ],
  ],
  'labels that the classifier does not know': [
    [
      { categories: [{ name: 'maths' }] },
      'categories[0].name: is no label of the built-in classifier, which never says it; did you mean "math"?',
    ],
    [
      { categories: [{ name: 'science', mmlu_categories: ['computer_science', 'Physic'] }] },
      'categories[0].mmlu_categories[1]: is no label of the built-in classifier, which never says it; did you mean "physics"?',
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
