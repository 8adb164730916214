// Decisions: the named routing rules, their conditions, models and plugins.
import { z } from 'zod';
import { reasoningEffortSchema } from './models.ts';
import { nameSchema, thresholdSchema } from './primitives.ts';

export const conditionSchema = z
  .object({
    type: z
      .enum(['keyword', 'context', 'authz', 'embedding', 'domain'])
      .describe('Kind of signal.'),
    name: nameSchema.describe('Name of the signal.'),
  })
  .describe('True when the named signal is.');

export type Condition = z.output<typeof conditionSchema>;

export interface RuleNode {
  operator: 'AND' | 'OR' | 'NOT';
  conditions: (Condition | RuleNode)[];
}

export const ruleNodeSchema: z.ZodType<RuleNode> = z.lazy(() =>
  z.object({
    operator: z.enum(['AND', 'OR', 'NOT']).describe('How the conditions combine; NOT takes one.'),
    conditions: z.array(z.union([conditionSchema, ruleNodeSchema])).max(100),
  }),
);

export const modelRefSchema = z
  .object({
    model: nameSchema.describe('Key of `model_config`.'),
    lora_name: nameSchema.optional().describe('LoRA adapter of that model to ask for.'),
    use_reasoning: z.boolean().default(false).describe('Whether the model is told to reason.'),
    reasoning_description: z.string().max(1024).optional(),
    reasoning_effort: reasoningEffortSchema.optional(),
  })
  .describe('The model that answers; only the first of a decision is used.');

const headerPairSchema = z.object({
  name: z.string().min(1).max(256),
  value: z.string().max(4096),
});

export const pluginSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('system_prompt'),
    configuration: z.object({
      enabled: z.boolean().default(true),
      system_prompt: z.string().min(1).max(65_536),
      mode: z
        .enum(['replace', 'insert'])
        .default('replace')
        .describe('Replace an existing system message, or put the prompt before its text.'),
    }),
  }),
  z.object({
    type: z.literal('header_mutation'),
    configuration: z.object({
      add: z.array(headerPairSchema).max(64).default([]).describe('Set where absent.'),
      update: z
        .array(headerPairSchema)
        .max(64)
        .default([])
        .describe('Set, replacing what is there.'),
      delete: z.array(z.string().min(1).max(256)).max(64).default([]).describe('Removed.'),
    }),
  }),
  z.object({
    type: z.literal('semantic-cache'),
    configuration: z.object({
      enabled: z.boolean().default(true),
      similarity_threshold: thresholdSchema.optional(),
    }),
  }),
  z.object({
    type: z.literal('jailbreak'),
    configuration: z.object({
      enabled: z.boolean().default(true),
      threshold: thresholdSchema.optional(),
    }),
  }),
  z.object({
    type: z.literal('pii'),
    configuration: z.object({
      enabled: z.boolean().default(true),
      threshold: thresholdSchema.optional(),
      pii_types_allowed: z.array(nameSchema).max(64).default([]),
    }),
  }),
]);

export const decisionSchema = z
  .object({
    name: nameSchema.describe(
      'Name shown in labels and headers; `default` and `pinned` are taken.',
    ),
    description: z.string().max(4096).optional(),
    priority: z.number().int().min(-1_000_000).max(1_000_000).default(0).describe('Higher wins.'),
    rules: ruleNodeSchema.describe('When the decision matches; an empty AND always does.'),
    modelRefs: z.array(modelRefSchema).min(1).max(32),
    plugins: z.array(pluginSchema).max(16).default([]),
  })
  .describe('A named routing rule.');
