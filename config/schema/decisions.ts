// Decisions: the named routing rules, their conditions, models and plugins.
import { z } from 'zod';
import { jailbreakPluginSchema, piiPluginSchema } from './guards.ts';
import { reasoningEffortSchema } from './models.ts';
import {
  descriptionSchema,
  headerNameSchema,
  headerValueSchema,
  nameSchema,
  thresholdSchema,
} from './primitives.ts';
import { cacheMatches, cacheScopes, cacheVerifiers } from './semantic-cache.ts';

/** Kinds of signals that a condition may name. */
const signalTypes = [
  'keyword',
  'context',
  'authz',
  'language',
  'structure',
  'conversation',
  'time',
  'embedding',
  'domain',
  'complexity',
  'jailbreak',
  'pii',
] as const;

export type SignalType = (typeof signalTypes)[number];

const conditionSchema = z
  .object({
    type: z.enum(signalTypes).describe('Kind of signal.'),
    name: nameSchema.describe('Name of the signal; of `complexity` with its level: `name:hard`.'),
  })
  .describe('True when the named signal is.');

export type Condition = z.output<typeof conditionSchema>;

export interface RuleNode {
  operator: 'AND' | 'OR' | 'NOT';
  conditions: (Condition | RuleNode)[];
}

const ruleNodeSchema: z.ZodType<RuleNode> = z.lazy(() =>
  z
    .object({
      operator: z.enum(['AND', 'OR', 'NOT']).describe('How the conditions combine; NOT takes one.'),
      conditions: z
        .array(z.union([conditionSchema, ruleNodeSchema]))
        .max(100)
        .describe('Signals by type and name, or rules of the same form, at most 16 levels deep.'),
    })
    .describe('Conditions and how they combine.'),
);

const modelRefSchema = z
  .object({
    model: nameSchema.describe('Key of `model_config`.'),
    lora_name: nameSchema.optional().describe('LoRA adapter of that model to ask for.'),
    use_reasoning: z.boolean().default(false).describe('Whether the model is told to reason.'),
    reasoning_description: descriptionSchema.optional(),
    reasoning_effort: reasoningEffortSchema
      .optional()
      .describe('How hard it is told to reason; `default_reasoning_effort` when left out.'),
  })
  .describe('A model that answers.');

const headerPairSchema = z
  .object({
    name: headerNameSchema.describe('Name of the header.'),
    value: headerValueSchema.describe('Its value: printable ASCII.'),
  })
  .describe('A header.');

const enabledSchema = z.boolean().default(true).describe('Whether the plugin acts.');

function plugin<Type extends string, Configuration extends z.ZodType>(
  type: Type,
  configuration: Configuration,
) {
  return z.object({
    type: z.literal(type).describe('Which plugin.'),
    configuration: configuration.describe('Settings of the plugin.'),
  });
}

const pluginSchema = z.discriminatedUnion('type', [
  plugin(
    'system_prompt',
    z.object({
      enabled: enabledSchema,
      system_prompt: z.string().min(1).max(65_536).describe('The prompt.'),
      mode: z
        .enum(['replace', 'insert'])
        .default('replace')
        .describe('Replace an existing system message, or put the prompt before its text.'),
    }),
  ).describe('Gives the model a system prompt.'),
  plugin(
    'header_mutation',
    z.object({
      add: z.array(headerPairSchema).max(64).default([]).describe('Set where absent.'),
      update: z
        .array(headerPairSchema)
        .max(64)
        .default([])
        .describe('Set, replacing what is there.'),
      delete: z.array(headerNameSchema).max(64).default([]).describe('Removed.'),
    }),
  ).describe('Changes the headers of the request that the backend gets.'),
  plugin(
    'semantic-cache',
    z.object({
      enabled: enabledSchema,
      similarity_threshold: thresholdSchema
        .optional()
        .describe('Smallest similarity of a match; that of `semantic_cache` when left out.'),
      match: z.enum(cacheMatches).optional().describe('As in `semantic_cache`, for this decision.'),
      verifier: z
        .enum(cacheVerifiers)
        .optional()
        .describe('As in `semantic_cache`, for this decision.'),
      scope: z.enum(cacheScopes).optional().describe('As in `semantic_cache`, for this decision.'),
      ttl_seconds: z
        .number()
        .int()
        .min(0)
        .max(31_536_000)
        .optional()
        .describe('As in `semantic_cache`, for this decision.'),
    }),
  ).describe('How the semantic cache serves this decision; nothing without `semantic_cache`.'),
  plugin('jailbreak', jailbreakPluginSchema).describe('Guards against jailbreak attempts.'),
  plugin('pii', piiPluginSchema).describe('Guards against personal data in prompts.'),
]);

export const decisionSchema = z
  .object({
    name: nameSchema.describe(
      'Name shown in labels and headers; `default` and `pinned` are taken.',
    ),
    description: descriptionSchema.optional(),
    priority: z.number().int().min(-1_000_000).max(1_000_000).default(0).describe('Higher wins.'),
    rules: ruleNodeSchema.describe('When the decision matches; an empty AND always does.'),
    on_unknown: z
      .enum(['no_match', 'match', 'fail_request'])
      .default('no_match')
      .describe(
        'What happens when signals that the rules depend on are unknown: the decision does not ' +
          'match, it does, or a request that it might win is answered with 503.',
      ),
    modelRefs: z
      .array(modelRefSchema)
      .min(1)
      .max(32)
      .describe('The model that answers: the first one; the others are not used.'),
    plugins: z
      .array(pluginSchema)
      .max(16)
      .default([])
      .describe('What else happens to requests of this decision; each plugin once.'),
  })
  .describe('A named routing rule.');
