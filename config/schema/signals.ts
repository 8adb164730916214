// Signals: the facts about a request that decisions refer to by type and name.
import { z } from 'zod';
import {
  descriptionSchema,
  identityValueSchema,
  nameSchema,
  thresholdSchema,
  tokenCountSchema,
} from './primitives.ts';

export const keywordRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `keyword` refer to.'),
    description: descriptionSchema.optional(),
    operator: z
      .enum(['AND', 'OR', 'NOR'])
      .describe('All keywords, any of them, or none of them must occur.'),
    keywords: z
      .array(z.string().min(1).max(512))
      .min(1)
      .max(1000)
      .describe(
        'Words, phrases or regular expressions (RE2 syntax, linear time). A plain word or phrase ' +
          'matches at word boundaries.',
      ),
    case_sensitive: z.boolean().default(false).describe('Whether upper and lower case differ.'),
  })
  .describe('A signal that is true when the latest user turn holds the keywords.');

export const contextRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `context` refer to.'),
    description: descriptionSchema.optional(),
    min_tokens: tokenCountSchema
      .prefault(0)
      .describe('Smallest estimated prompt length, such as 4000 or 32K.'),
    max_tokens: tokenCountSchema
      .optional()
      .describe('Largest estimated prompt length; unbounded when left out.'),
  })
  .describe('A signal that is true when the prompt length (bytes / 4) lies in the range.');

export const authzRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `authz` refer to.'),
    description: descriptionSchema.optional(),
    users: z.array(identityValueSchema).max(1000).default([]).describe('Matching users.'),
    tiers: z.array(identityValueSchema).max(100).default([]).describe('Matching tiers.'),
  })
  .describe('A signal that is true when the caller is one of the users or of one of the tiers.');

export const embeddingRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `embedding` refer to.'),
    description: descriptionSchema.optional(),
    threshold: thresholdSchema.describe('Smallest similarity that counts as a match.'),
    candidates: z
      .array(z.string().min(1).max(4096))
      .min(1)
      .max(1000)
      .describe('Sentences that the prompt is compared with.'),
    aggregation_method: z
      .enum(['mean', 'max', 'any'])
      .default('max')
      .describe(
        'What is held against the threshold: the mean similarity, the largest, or each by itself.',
      ),
  })
  .describe('A signal that is true when the prompt is similar to the candidates.');

export const categorySchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `domain` refer to.'),
    description: descriptionSchema.optional(),
    mmlu_categories: z
      .array(nameSchema)
      .max(64)
      .default([])
      .describe(
        "Labels of the domain classifier that belong to this category; the name's own when empty.",
      ),
  })
  .describe('A domain of knowledge.');
