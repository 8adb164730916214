// What the API server can ask of a router configuration beyond its schema. Each rule says, for the
// flat form, what a check of config/checks says of all forms; where names refer to each other, the
// operator alone judges.
import { reservedDecisionNames } from '../../config/names.ts';
import type { CelRule } from '../resource/rules.ts';

export interface ConfigRule extends CelRule {
  /** Name of the check in config/ that refuses the same; undefined: the schema does. */
  readonly check: string | undefined;
}

const passwordInOnePlace: ConfigRule = {
  check: 'a password stands in one place',
  rule: '!has(self.password_env) || !has(self.password_file)',
  message: 'stands beside password_env; the password comes from one of them',
  fieldPath: '.password_file',
};

/** Rules by the place that `self` stands for. */
export const configRules: Readonly<Record<string, readonly ConfigRule[]>> = {
  '': [
    {
      check: undefined,
      rule: 'has(self.default_model) || has(self.providers)',
      message: 'default_model is missing',
    },
    {
      check: undefined,
      rule: 'has(self.vllm_endpoints) || has(self.providers)',
      message: 'vllm_endpoints is missing',
    },
    {
      check: undefined,
      rule:
        'has(self.model_config) || has(self.providers) || (has(self.vllm_endpoints) && ' +
        'self.vllm_endpoints.exists(endpoint, has(endpoint.models)))',
      message: 'model_config is missing',
    },
    {
      check: 'config_source is file',
      rule: "!has(self.config_source) || self.config_source == 'file'",
      message: 'must be file: custom resources are read by the operator, not by the router',
      fieldPath: '.config_source',
    },
  ],
  'keyword_rules[]': [nameOrCategory()],
  'embedding_rules[]': [nameOrCategory()],
  'authz_rules[]': [
    {
      check: 'authz rules name somebody',
      rule: ['users', 'tiers', 'groups']
        .map((key) => `(has(self.${key}) && size(self.${key}) > 0)`)
        .join(' || '),
      message: 'names neither users nor tiers nor groups, so it never holds',
    },
  ],
  'decisions[]': [
    {
      check: 'no decision bears a reserved name',
      rule: `!(self.name in [${Object.values(reservedDecisionNames)
        .map((name) => `'${name}'`)
        .join(', ')}])`,
      message:
        'is taken: it stands for requests that no decision matched, or that named their model',
      fieldPath: '.name',
    },
    {
      check: 'NOT takes one condition',
      rule: "self.rules.operator != 'NOT' || size(self.rules.conditions) == 1",
      message: 'NOT takes exactly one condition; put several into an OR or AND',
      fieldPath: '.rules.conditions',
    },
    {
      check: 'OR takes a condition',
      rule: "self.rules.operator != 'OR' || size(self.rules.conditions) > 0",
      message: 'an OR without conditions never holds; an AND without any always does',
      fieldPath: '.rules.conditions',
    },
  ],
  semantic_cache: [
    {
      check: 'the cache has a store that is known',
      rule: "!self.enabled || !(self.backend_type in ['milvus', 'qdrant', 'hybrid'])",
      message: 'must be memory, redis, valkey or postgres: others are not supported',
      fieldPath: '.backend_type',
    },
    {
      check: 'the store of the cache has an address',
      rule: "!self.enabled || !(self.backend_type in ['redis', 'valkey']) || has(self.redis)",
      message: 'needs the section redis, which says where the server is',
      fieldPath: '.backend_type',
    },
    {
      check: 'the store of the cache has an address',
      rule: "!self.enabled || self.backend_type != 'postgres' || has(self.postgres)",
      message: 'needs the section postgres, which says where the server is',
      fieldPath: '.backend_type',
    },
  ],
  'semantic_cache.redis': [passwordInOnePlace],
  'semantic_cache.postgres': [passwordInOnePlace],
  tools: [mustBeOff('tools are not selected', 'selecting tools by meaning is not supported')],
  'classifier.mcp_category_model': [
    mustBeOff('no classifier stands behind MCP', 'a classifier behind MCP is not supported'),
  ],
  'maas_integration.authentication': [
    {
      check: 'the identity headers differ',
      rule: 'self.user_header.lowerAscii() != self.tier_header.lowerAscii()',
      message: 'must differ from user_header',
      fieldPath: '.tier_header',
    },
    {
      check: 'the identity has one source',
      rule: '!(has(self.metadata) && has(self.attributes))',
      message: 'stands beside metadata; the identity comes from one of them',
      fieldPath: '.attributes',
    },
    {
      check: 'identity headers are free',
      rule: `([self.user_header, self.tier_header] + (has(self.groups_header) ? [self.groups_header] : [])).all(name,
!name.lowerAscii().startsWith('x-envoy-') && !(name.lowerAscii() in
['authorization', 'proxy-authorization', 'cookie', 'x-api-key']))`.replaceAll('\n', ' '),
      message: 'identity headers must be neither of Envoy (x-envoy-) nor credentials',
    },
  ],
  'maas_integration.headers': [
    {
      check: 'response headers are free',
      rule: "!self.prefix.startsWith('x-envoy-')",
      message: "begins with x-envoy-, which is Envoy's",
      fieldPath: '.prefix',
    },
  ],
};

function nameOrCategory(): ConfigRule {
  return {
    check: undefined,
    rule: 'has(self.name) || has(self.category)',
    message: 'name is missing',
  };
}

function mustBeOff(check: string, why: string): ConfigRule {
  return { check, rule: '!self.enabled', message: `must be false: ${why}`, fieldPath: '.enabled' };
}

/** Lists whose entries a key tells apart; the parser asks the same. */
export const configListKeys: Readonly<Record<string, string>> = {
  vllm_endpoints: 'name',
  context_rules: 'name',
  authz_rules: 'name',
  language_rules: 'name',
  structure_rules: 'name',
  conversation_rules: 'name',
  time_rules: 'name',
  complexity_rules: 'name',
  jailbreak_rules: 'name',
  pii_rules: 'name',
  categories: 'name',
  decisions: 'name',
  'decisions[].plugins': 'type',
  'model_config.*.loras': 'name',
};

/** Lists of texts that may not repeat; the parser asks the same. */
export const configSets: ReadonlySet<string> = new Set(['model_config.*.preferred_endpoints']);
