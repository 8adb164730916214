// The schema of config.yaml, in its own snake_case: what a file may say, with defaults applied.
import { z } from 'zod';
import { decisionSchema } from './decisions.ts';
import { maasIntegrationSchema } from './maas-integration.ts';
import {
  endpointSchema,
  modelSchema,
  reasoningEffortSchema,
  reasoningFamilySchema,
} from './models.ts';
import { nameSchema } from './primitives.ts';
import { routerSchema, usageLedgerSchema } from './router.ts';
import {
  authzRuleSchema,
  categorySchema,
  contextRuleSchema,
  embeddingRuleSchema,
  keywordRuleSchema,
} from './signals.ts';

export const routerConfigSchema = z
  .object({
    strategy: z
      .enum(['priority', 'confidence'])
      .default('priority')
      .describe('Which of several matching decisions wins.'),
    default_model: nameSchema.describe('Model that answers when no decision matches.'),
    auto_model_name: z
      .union([nameSchema, z.array(nameSchema).min(1).max(16)])
      .default(['MoM', 'auto'])
      .transform((names) => (typeof names === 'string' ? [names] : names))
      .describe('Model names that ask for routing.'),
    include_config_models_in_list: z
      .boolean()
      .default(true)
      .describe('Whether GET /v1/models lists the configured models beside the automatic names.'),
    default_reasoning_effort: reasoningEffortSchema.default('medium'),
    reasoning_families: z.record(nameSchema, reasoningFamilySchema).default({}),
    vllm_endpoints: z.array(endpointSchema).min(1).max(1000),
    model_config: z.record(nameSchema, modelSchema),
    keyword_rules: z.array(keywordRuleSchema).max(1000).default([]),
    context_rules: z.array(contextRuleSchema).max(100).default([]),
    authz_rules: z.array(authzRuleSchema).max(100).default([]),
    embedding_rules: z.array(embeddingRuleSchema).max(1000).default([]),
    categories: z.array(categorySchema).max(1000).default([]),
    decisions: z.array(decisionSchema).max(1000).default([]),
    router: routerSchema.prefault({}),
    usage_ledger: usageLedgerSchema.prefault({}),
    maas_integration: maasIntegrationSchema.prefault({}),
  })
  .describe('Configuration of the semantic router.');

/** A parsed and normalised configuration, defaults applied; plain data, serialisable. */
export type RouterConfig = z.output<typeof routerConfigSchema>;
export type Decision = RouterConfig['decisions'][number];
export type Endpoint = RouterConfig['vllm_endpoints'][number];
export type ModelConfig = RouterConfig['model_config'][string];
export type KeywordRule = RouterConfig['keyword_rules'][number];
export type MaasIntegration = RouterConfig['maas_integration'];
export type { Condition, RuleNode } from './decisions.ts';
