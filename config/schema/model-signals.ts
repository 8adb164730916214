// Signals that models compute beside domain and embedding, and what holds for all of these.
import { z } from 'zod';
import { descriptionSchema, mapOf, nameSchema, thresholdSchema } from './primitives.ts';

export const jailbreakRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `jailbreak` refer to.'),
    description: descriptionSchema.optional(),
    threshold: thresholdSchema
      .min(0.01)
      .optional()
      .describe('Smallest score that counts; that of `prompt_guard` when left out.'),
  })
  .describe('A signal that is true when the request looks like a jailbreak attempt.');

export const piiRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `pii` refer to.'),
    description: descriptionSchema.optional(),
    threshold: thresholdSchema
      .min(0.01)
      .optional()
      .describe('Smallest confidence that counts; that of `classifier` when left out.'),
    pii_types_allowed: z
      .array(nameSchema)
      .max(64)
      .default([])
      .describe('Types of personal data that do not count, such as `EMAIL_ADDRESS`.'),
  })
  .describe('A signal that is true when the request holds personal data that is not allowed.');

/** Kinds of signals that may need a model. */
export const modelKinds = ['domain', 'embedding', 'complexity', 'jailbreak', 'pii'] as const;
export type ModelKind = (typeof modelKinds)[number];

/** What holds for a kind that the configuration does not name. */
export const defaultKindSettings = { deadline_ms: 1000, on_error: 'unknown' } as const;

const kindSchema = z
  .object({
    deadline_ms: z
      .number()
      .int()
      .min(1)
      .max(60_000)
      .default(defaultKindSettings.deadline_ms)
      .describe('Longest wait for the models behind these signals, in milliseconds.'),
    on_error: z
      .enum(['unknown', 'match', 'no_match'])
      .default(defaultKindSettings.on_error)
      .describe(
        'What the signals are when no model could tell; `unknown` leaves it to `on_unknown`.',
      ),
  })
  .describe('Settings of the signals of one type.');

const kindNameSchema = z
  .string()
  .max(16)
  .regex(new RegExp(`^(${modelKinds.join('|')})$`), `must be one of ${modelKinds.join(', ')}`);

export const signalSettingsSchema = mapOf(kindNameSchema, kindSchema, modelKinds.length)
  .default({})
  .describe(
    'How long signals wait for models, and what they are when these fail, by type: `domain`, ' +
      '`embedding`, `complexity`, `jailbreak`, `pii`.',
  );
