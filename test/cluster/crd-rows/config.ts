// Rows about the router configuration in a spec.
import { config, decision, rulesOfDepth, type Row } from './row.ts';

const identity = (fields: object): object =>
  config({ maas_integration: { authentication: fields } });
const model = (fields: object): object => config({ model_config: { a: fields } });
const endpoint = (fields: object): object =>
  config({ vllm_endpoints: [{ name: 'e', address: '10.0.0.1', port: 80, ...fields }] });
const price = (prompt_per_1m: unknown): object => model({ pricing: { prompt_per_1m } });
const longPrompt = (min_tokens: unknown): object =>
  config({ context_rules: [{ name: 'long', min_tokens }] });

export const configRows: readonly Row[] = [
  ['refused', 'an empty config', { config: {} }],
  ['refused', 'config as text', { config: 'default_model: a' }],
  ['refused', 'no default_model', config({ default_model: undefined })],
  ['refused', 'no endpoint', config({ vllm_endpoints: [] })],
  ['refused', 'no model_config', config({ model_config: undefined })],
  ['operator', 'a default_model that is no model', config({ default_model: 'b' })],
  ['accepted', 'a model without settings', config({ model_config: { a: null } })],
  ['accepted', 'a family without settings', config({ reasoning_families: { a: null } })],
  ['refused', 'a model with a name of blanks', config({ model_config: { a: {}, ' ': {} } })],
  [
    'refused',
    'a model with a name too long',
    config({ model_config: { a: {}, ['b'.repeat(129)]: {} } }),
  ],
  ['operator', 'a model with an automatic name', config({ model_config: { a: {}, auto: {} } })],
  ['accepted', 'one automatic name', config({ auto_model_name: 'x' })],
  ['accepted', 'some automatic names', config({ auto_model_name: ['x', 'y'] })],
  ['refused', 'no automatic name', config({ auto_model_name: [] })],
  ['refused', 'an automatic name that is a number', config({ auto_model_name: 5 })],
  ['refused', 'an automatic name with a blank at its end', config({ auto_model_name: ['x '] })],
  ['refused', 'a strategy that nobody knows', config({ strategy: 'best' })],
  ['accepted', 'prices as text', price('0.15')],
  ['accepted', 'prices as numbers', price(0.15)],
  ['accepted', 'prices as whole numbers', price(3)],
  ['refused', 'a price with a comma', price('0,15')],
  ['refused', 'a price below nothing', price(-1)],
  ['refused', 'a price as a boolean', price(true)],
  ['refused', 'a price as a list', price([1])],
  ['operator', 'a price with an exponent', price(1e-7)],
  ['accepted', 'tokens by letter', longPrompt('32K')],
  ['accepted', 'tokens by number', longPrompt(32_000)],
  ['refused', 'tokens in words', longPrompt('many')],
  ['refused', 'tokens below nothing', longPrompt(-1)],
  ['refused', 'half a token', longPrompt(0.5)],
  [
    'operator',
    'lengths upside down',
    config({ context_rules: [{ name: 'l', min_tokens: '8K', max_tokens: 10 }] }),
  ],
  ['accepted', 'an address of version 6', endpoint({ address: '2001:db8::1' })],
  ['accepted', 'a host with underscores', endpoint({ address: 'my_model.svc' })],
  ['refused', 'an address with a port', endpoint({ address: 'a.b:80x' })],
  ['refused', 'an address that is none', endpoint({ address: '10.0.0.256' })],
  ['refused', 'an address with a scheme', endpoint({ address: 'http://a' })],
  ['operator', 'an address of version 6 that is none', endpoint({ address: '1:2:3' })],
  ['refused', 'a port that is none', endpoint({ port: 65_536 })],
  [
    'refused',
    'endpoints of one name',
    config({ vllm_endpoints: [1, 2].map((port) => ({ name: 'e', address: 'a.b', port })) }),
  ],
  ['refused', 'an endpoint of a model twice', model({ preferred_endpoints: ['e', 'e'] })],
  ['operator', 'an endpoint that is not there', model({ preferred_endpoints: ['x'] })],
  ['refused', 'adapters of one name', model({ loras: [{ name: 'l' }, { name: 'l' }] })],
  ['accepted', 'a decision', decision({})],
  ['refused', 'a decision without models', decision({ modelRefs: [] })],
  ['refused', 'a decision called default', decision({ name: 'default' })],
  [
    'refused',
    'decisions of one name',
    config({ decisions: [decision({}), decision({})].flatMap((row) => row.config.decisions) }),
  ],
  ['refused', 'rules without an operator', decision({ rules: { conditions: [] } })],
  [
    'refused',
    'NOT of two',
    decision({
      rules: {
        operator: 'NOT',
        conditions: [1, 2].map(() => ({ operator: 'AND', conditions: [] })),
      },
    }),
  ],
  ['refused', 'OR of none', decision({ rules: { operator: 'OR', conditions: [] } })],
  [
    'operator',
    'OR of none within',
    decision({ rules: { operator: 'AND', conditions: [{ operator: 'OR', conditions: [] }] } }),
  ],
  [
    'refused',
    'a condition of half a form',
    decision({ rules: { operator: 'AND', conditions: [{ type: 'keyword' }] } }),
  ],
  [
    'operator',
    'a signal that is not there',
    decision({ rules: { operator: 'AND', conditions: [{ type: 'keyword', name: 'x' }] } }),
  ],
  ['accepted', 'rules 16 levels deep', decision({ rules: rulesOfDepth(16) })],
  ['operator', 'rules 17 levels deep', decision({ rules: rulesOfDepth(17) })],
  [
    'accepted',
    'a system prompt',
    decision({
      plugins: [{ type: 'system_prompt', configuration: { system_prompt: 'x', mode: 'insert' } }],
    }),
  ],
  [
    'refused',
    'a system prompt without text',
    decision({ plugins: [{ type: 'system_prompt', configuration: {} }] }),
  ],
  ['accepted', 'a guard by default', decision({ plugins: [{ type: 'pii', configuration: {} }] })],
  ['refused', 'a plugin without configuration', decision({ plugins: [{ type: 'pii' }] })],
  [
    'refused',
    'a plugin that nobody knows',
    decision({ plugins: [{ type: 'rag', configuration: {} }] }),
  ],
  [
    'refused',
    'a plugin twice',
    decision({ plugins: ['pii', 'pii'].map((type) => ({ type, configuration: {} })) }),
  ],
  [
    'accepted',
    'a header to add',
    decision({
      plugins: [{ type: 'header_mutation', configuration: { add: [{ name: 'x-a', value: 'b' }] } }],
    }),
  ],
  [
    'refused',
    'a header that is none',
    decision({
      plugins: [{ type: 'header_mutation', configuration: { add: [{ name: 'x a', value: 'b' }] } }],
    }),
  ],
  [
    'operator',
    'a header of HTTP',
    decision({
      plugins: [
        { type: 'header_mutation', configuration: { add: [{ name: 'host', value: 'b' }] } },
      ],
    }),
  ],
  [
    'accepted',
    'an older spelling of a name',
    config({ keyword_rules: [{ category: 'k', operator: 'OR', keywords: ['x'] }] }),
  ],
  [
    'refused',
    'a keyword rule without a name',
    config({ keyword_rules: [{ operator: 'OR', keywords: ['x'] }] }),
  ],
  [
    'operator',
    'keyword rules of one name',
    config({ keyword_rules: [1, 2].map(() => ({ name: 'k', operator: 'OR', keywords: ['x'] })) }),
  ],
  ['refused', 'authz rules for nobody', config({ authz_rules: [{ name: 'x' }] })],
  ['accepted', 'MaaS', config({ maas_integration: { enabled: true } })],
  ['refused', 'MaaS as a word', config({ maas_integration: { enabled: 'yes' } })],
  [
    'refused',
    'one header for user and tier',
    identity({ user_header: 'X-Who', tier_header: 'x-who' }),
  ],
  ['refused', 'a credential as the user', identity({ user_header: 'Authorization' })],
  [
    'refused',
    'two sources of identity',
    identity({
      metadata: { namespace: 'n', user: 'u', tier: 't' },
      attributes: { user: 'u', tier: 't' },
    }),
  ],
  ['operator', 'an identity in a header of HTTP', identity({ user_header: 'host' })],
  ['accepted', 'a prefix', config({ maas_integration: { headers: { prefix: 'x-my-' } } })],
  [
    'refused',
    'a prefix with capitals',
    config({ maas_integration: { headers: { prefix: 'X-My-' } } }),
  ],
  [
    'refused',
    'a prefix of Envoy',
    config({ maas_integration: { headers: { prefix: 'x-envoy-' } } }),
  ],
  ['accepted', 'a cache in memory', config({ semantic_cache: { enabled: true } })],
  [
    'refused',
    'a cache in a store that nobody named',
    config({ semantic_cache: { enabled: true, backend_type: 'redis' } }),
  ],
  [
    'refused',
    'a cache in a store that is not supported',
    config({ semantic_cache: { enabled: true, backend_type: 'milvus' } }),
  ],
  [
    'refused',
    'a cache in a database that nobody named',
    config({ semantic_cache: { enabled: true, backend_type: 'postgres' } }),
  ],
  [
    'refused',
    'a password in two places',
    config({
      semantic_cache: { redis: { host: 'redis', password_env: 'A', password_file: '/a' } },
    }),
  ],
  [
    'accepted',
    'a cache in Redis',
    config({
      semantic_cache: {
        enabled: true,
        backend_type: 'redis',
        redis: { host: 'redis', password_env: 'REDIS_PASSWORD' },
      },
    }),
  ],
  [
    'accepted',
    'a cache elsewhere that is off',
    config({ semantic_cache: { backend_type: 'redis' } }),
  ],
  ['refused', 'tools', config({ tools: { enabled: true } })],
  [
    'refused',
    'a classifier behind MCP',
    config({ classifier: { mcp_category_model: { enabled: true } } }),
  ],
  ['refused', 'custom resources as the source', config({ config_source: 'kubernetes' })],
  [
    'accepted',
    'a key that nobody knows in config',
    config({ decisons: [], maas_integration: { metric: {} } }),
  ],
  ['operator', 'a section that is not supported', config({ memory: { enabled: true } })],
];
