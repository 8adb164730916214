// What files of semantic-router say about its guards and its classifiers. All of it is
// optional, and a section that is left out means that nobody asked.
import { z } from 'zod';
import { pathSchema, thresholdSchema } from './primitives.ts';

const modelIdSchema = z
  .string()
  .min(1)
  .max(512)
  .describe('A model of semantic-router; without effect here.');
const useCpuSchema = z.boolean().describe('Without effect here.');
const mappingPathSchema = pathSchema.describe(
  'A label file of semantic-router; without effect here.',
);

const classifierModel = {
  model_id: modelIdSchema.optional(),
  use_modernbert: z.boolean().optional().describe('Without effect here.'),
  use_cpu: useCpuSchema.optional(),
};

export const classifierSchema = z
  .object({
    category_model: z
      .object({
        threshold: thresholdSchema.default(0.6).describe('Smallest confidence that counts.'),
        head: pathSchema
          .optional()
          .describe(
            'A head that `train` made, in the place of the one that comes with the router.',
          ),
        category_mapping_path: mappingPathSchema.optional(),
        ...classifierModel,
      })
      .optional()
      .describe('What tells the domain of a prompt.'),
    pii_model: z
      .object({
        threshold: thresholdSchema.default(0.7).describe('Smallest confidence that counts.'),
        pii_mapping_path: mappingPathSchema.optional(),
        ...classifierModel,
      })
      .optional()
      .describe('What finds personal data in prompts.'),
    mcp_category_model: z
      .object({
        enabled: z.boolean().default(false).describe('Must be false: it is not supported.'),
      })
      .optional()
      .describe('A domain classifier behind MCP; not supported.'),
  })
  .describe('Classifiers: how sure they must be.');

export const bertModelSchema = z
  .object({
    model_id: modelIdSchema.optional(),
    threshold: thresholdSchema.optional().describe('Without effect here.'),
    use_cpu: useCpuSchema.optional(),
  })
  .describe('An embedding model of semantic-router; without effect here.');

export const embeddingModelsSchema = z
  .object({
    qwen3_model_path: pathSchema.optional().describe('Without effect here.'),
    gemma_model_path: pathSchema.optional().describe('Without effect here.'),
    use_cpu: useCpuSchema.optional(),
  })
  .describe('Embedding models of semantic-router; without effect here.');

export const toolsSchema = z
  .object({
    enabled: z.boolean().default(false).describe('Must be false: it is not supported.'),
    top_k: z.number().int().min(0).max(1000).optional().describe('Without effect here.'),
    similarity_threshold: thresholdSchema.optional().describe('Without effect here.'),
    tools_db_path: pathSchema.optional().describe('Without effect here.'),
    fallback_to_empty: z.boolean().optional().describe('Without effect here.'),
  })
  .describe('The selection of tools by meaning; not supported.');
