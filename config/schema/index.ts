// The schema of config.yaml, in its own snake_case: what a file may say, with defaults applied.
import { z } from 'zod';
import { decisionSchema } from './decisions.ts';
import {
  bertModelSchema,
  classifierSchema,
  embeddingModelsSchema,
  toolsSchema,
} from './detection.ts';
import { piiGuardSchema, promptGuardSchema } from './guards.ts';
import { maasIntegrationSchema } from './maas-integration.ts';
import {
  endpointSchema,
  modelSchema,
  reasoningEffortSchema,
  reasoningFamilySchema,
} from './models.ts';
import { apiSchema, observabilitySchema } from './observability.ts';
import { mapOf, nameSchema } from './primitives.ts';
import { routerSchema, usageLedgerSchema } from './router.ts';
import { jailbreakRuleSchema, piiRuleSchema, signalSettingsSchema } from './model-signals.ts';
import { conversationRuleSchema, structureRuleSchema } from './request-shape.ts';
import { signalModelsSchema } from './signal-models.ts';
import { semanticCacheSchema } from './semantic-cache.ts';
import {
  authzRuleSchema,
  categorySchema,
  complexityRuleSchema,
  contextRuleSchema,
  embeddingRuleSchema,
  keywordRuleSchema,
  languageRuleSchema,
  timeRuleSchema,
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
      .describe('Model names that ask for routing: one, or a list.'),
    include_config_models_in_list: z
      .boolean()
      .default(true)
      .describe('Whether GET /v1/models lists the configured models beside the automatic names.'),
    default_reasoning_effort: reasoningEffortSchema
      .default('medium')
      .describe('How hard a model is told to reason where a decision does not say.'),
    reasoning_families: mapOf(nameSchema, reasoningFamilySchema, 100)
      .default({})
      .describe('How models are told to reason, by a name that models refer to.'),
    vllm_endpoints: z
      .array(endpointSchema)
      .min(1)
      .max(1000)
      .describe('The servers that the models run on.'),
    model_config: mapOf(nameSchema, modelSchema, 1000).describe(
      'The models, by the name that decisions, labels and headers use.',
    ),
    keyword_rules: z
      .array(keywordRuleSchema)
      .max(1000)
      .default([])
      .describe('Signals of type `keyword`.'),
    context_rules: z
      .array(contextRuleSchema)
      .max(100)
      .prefault([])
      .describe('Signals of type `context`.'),
    authz_rules: z.array(authzRuleSchema).max(100).default([]).describe('Signals of type `authz`.'),
    language_rules: z
      .array(languageRuleSchema)
      .max(100)
      .default([])
      .describe('Signals of type `language`.'),
    structure_rules: z
      .array(structureRuleSchema)
      .max(100)
      .default([])
      .describe('Signals of type `structure`.'),
    conversation_rules: z
      .array(conversationRuleSchema)
      .max(100)
      .default([])
      .describe('Signals of type `conversation`.'),
    time_rules: z.array(timeRuleSchema).max(100).default([]).describe('Signals of type `time`.'),
    embedding_rules: z
      .array(embeddingRuleSchema)
      .max(1000)
      .default([])
      .describe('Signals of type `embedding`.'),
    complexity_rules: z
      .array(complexityRuleSchema)
      .max(50)
      .default([])
      .describe('Signals of type `complexity`.'),
    jailbreak_rules: z
      .array(jailbreakRuleSchema)
      .max(50)
      .default([])
      .describe('Signals of type `jailbreak`.'),
    pii_rules: z.array(piiRuleSchema).max(50).default([]).describe('Signals of type `pii`.'),
    categories: z.array(categorySchema).max(1000).default([]).describe('Signals of type `domain`.'),
    signal_settings: signalSettingsSchema,
    decisions: z
      .array(decisionSchema)
      .max(1000)
      .default([])
      .describe('The routing rules; without any, every request goes to `default_model`.'),
    router: routerSchema.prefault({}),
    usage_ledger: usageLedgerSchema.prefault({}),
    maas_integration: maasIntegrationSchema.prefault({}),
    semantic_cache: semanticCacheSchema.optional(),
    prompt_guard: promptGuardSchema.optional(),
    pii_guard: piiGuardSchema.optional(),
    classifier: classifierSchema.optional(),
    api: apiSchema.optional(),
    observability: observabilitySchema.optional(),
    bert_model: bertModelSchema.optional(),
    embedding_models: embeddingModelsSchema.optional(),
    tools: toolsSchema.optional(),
    signal_models: signalModelsSchema.optional(),
    config_source: z
      .enum(['file', 'kubernetes'])
      .optional()
      .describe('Must be `file`: custom resources are read by the operator, not by the router.'),
    clear_route_cache: z
      .boolean()
      .optional()
      .describe('Without effect: routes always follow the selected model.'),
  })
  .describe('Configuration of the semantic router.');

/** A parsed and normalised configuration, defaults applied; plain data, serialisable. */
export type RouterConfig = z.output<typeof routerConfigSchema>;
export type Decision = RouterConfig['decisions'][number];
export type Endpoint = RouterConfig['vllm_endpoints'][number];
export type ModelConfig = RouterConfig['model_config'][string];
export type SemanticCacheConfig = NonNullable<RouterConfig['semantic_cache']>;
export type KeywordRule = RouterConfig['keyword_rules'][number];
export type StructureRule = RouterConfig['structure_rules'][number];
export type ConversationRule = RouterConfig['conversation_rules'][number];
export type ComplexityRule = RouterConfig['complexity_rules'][number];
export type TimeRule = RouterConfig['time_rules'][number];
/** The sections of the file. */
export type Section = keyof RouterConfig;
export type { Condition, RuleNode, SignalType } from './decisions.ts';
export type { ModelKind } from './model-signals.ts';
export type { Predicate } from './request-shape.ts';
