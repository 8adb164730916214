// Signals: the facts about a request that decisions refer to by type and name.
import { z } from 'zod';
import { keywordMethods } from '../keyword-pattern.ts';
import {
  descriptionSchema,
  identityValueSchema,
  nameSchema,
  thresholdSchema,
  tokenCountSchema,
} from './primitives.ts';

/** Days of the week, as `Date` counts them. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

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
    case_sensitive: z
      .boolean()
      .default(false)
      .describe('Whether upper and lower case differ, for literals and expressions.'),
    method: z
      .enum(keywordMethods)
      .optional()
      .describe(
        'How keywords are found: `literal` at word boundaries, `regex` as RE2 without boundaries, ' +
          '`bm25` by stems and their weight in the prompt, `fuzzy` with typing errors, `ngram` by ' +
          'like spelling; by the look of each keyword, literal or regex, when left out.',
      ),
    bm25_threshold: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe('Smallest score of a `bm25` rule; 0.1 when left out.'),
    fuzzy_threshold: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe(
        'Smallest likeness of a word to that of a `fuzzy` rule, in per cent; 82 when left out.',
      ),
    ngram_threshold: thresholdSchema
      .optional()
      .describe(
        'Smallest share of n-grams in common with a word of an `ngram` rule; 0.4 when left out.',
      ),
    ngram_arity: z
      .number()
      .int()
      .min(2)
      .max(5)
      .optional()
      .describe('Characters of an n-gram; 3 when left out.'),
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
    groups: z
      .array(identityValueSchema)
      .max(1000)
      .default([])
      .describe('Matching groups, where `authentication` says what carries them.'),
  })
  .describe('A signal that is true when the caller is one of the users, or of a tier or group.');

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

export const languageRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `language` refer to.'),
    description: descriptionSchema.optional(),
    languages: z
      .array(
        z
          .string()
          .regex(/^[a-z]{2}$/, 'must be an ISO 639-1 code such as de')
          .max(2),
      )
      .max(60)
      .default([])
      .describe('ISO 639-1 codes of the languages; the name itself when empty.'),
    threshold: thresholdSchema.default(0.3).describe('Smallest confidence that counts.'),
  })
  .describe('A signal that is true when the latest user turn is in one of the languages.');

const candidatesSchema = z
  .object({
    candidates: z
      .array(z.string().min(1).max(4096))
      .min(1)
      .max(1000)
      .describe('Sentences that the prompt is compared with.'),
  })
  .describe('Examples.');

/** What a rule of complexity makes of a prompt; conditions name it behind the rule's name. */
export const complexityLevels = ['hard', 'medium', 'easy'] as const;
export type ComplexityLevel = (typeof complexityLevels)[number];

export const complexityRuleSchema = z
  .object({
    name: nameSchema.describe(
      'Conditions of type `complexity` name it with a level: `name:hard`, `name:medium`, `name:easy`.',
    ),
    description: descriptionSchema.optional(),
    threshold: thresholdSchema
      .default(0.1)
      .describe(
        'How much nearer the prompt must be to the hard examples than to the easy ones to be hard, ' +
          'or the other way round to be easy.',
      ),
    hard: candidatesSchema.optional().describe('Examples of hard prompts.'),
    easy: candidatesSchema.optional().describe('Examples of easy prompts.'),
  })
  .describe(
    'Signals that tell hard prompts from easy ones: by likeness to examples, and by length, ' +
      'questions, code and wording where there are no examples or no embedding model.',
  );

const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d';

export const timeRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `time` refer to.'),
    description: descriptionSchema.optional(),
    timezone: z
      .string()
      .min(1)
      .max(64)
      .default('UTC')
      .describe('IANA name of the time zone, such as `Europe/Berlin`.'),
    windows: z
      .array(
        z
          .object({
            days: z
              .array(z.enum(weekdays))
              .max(7)
              .default([])
              .describe('Days on which the window begins; every day when empty.'),
            from: z
              .string()
              .max(5)
              .regex(new RegExp(`^${clock}$`), 'must be a time such as 09:00')
              .default('00:00')
              .describe('When it begins.'),
            to: z
              .string()
              .max(5)
              .regex(new RegExp(`^(?:${clock}|24:00)$`), 'must be a time such as 17:30, or 24:00')
              .default('24:00')
              .describe('When it ends, that minute excluded; on the next day if not after `from`.'),
          })
          .describe('A stretch of days and hours.'),
      )
      .min(1)
      .max(50)
      .describe('Stretches of days and hours.'),
  })
  .describe('A signal that is true within one of the windows.');
