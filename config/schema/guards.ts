// Guards: what is done about jailbreak attempts and personal data in a request, for all requests and
// for those of one decision.
import { z } from 'zod';
import { nameSchema, pathSchema, thresholdSchema } from './primitives.ts';

/** What a guard does about a finding, beside counting it and showing it in headers. */
const jailbreakActions = ['observe', 'block', 'route'] as const;
const piiActions = ['observe', 'block', 'mask', 'route'] as const;

const routeModelSchema = nameSchema.describe(
  'Model that answers instead, where the action is `route`: a key of `model_config`.',
);

const onUnknownSchema = z
  .enum(['allow', 'block'])
  .describe('What is done where the detector could not tell, as when its model takes too long.');

const typesAllowedSchema = z
  .array(nameSchema)
  .max(64)
  .describe('Types of personal data that may pass, such as `EMAIL_ADDRESS`; counted all the same.');

const restoreSchema = z
  .boolean()
  .describe(
    'Whether placeholders in the answer become again what they stand for, where the action is ' +
      '`mask`.',
  );

export const promptGuardSchema = z
  .object({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'Whether prompts are guarded against jailbreak attempts, unless a decision differs.',
      ),
    threshold: thresholdSchema.default(0.7).describe('Smallest confidence that counts.'),
    action: z
      .enum(jailbreakActions)
      .default('block')
      .describe(
        '`observe` counts and shows; `block` also refuses; `route` has another model answer.',
      ),
    model: routeModelSchema.optional(),
    on_unknown: onUnknownSchema.default('allow'),
    head: pathSchema
      .optional()
      .describe('A head that `train` made, in the place of the one that comes with the router.'),
    model_id: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe('A model of semantic-router; without effect here.'),
    use_modernbert: z.boolean().optional().describe('Without effect here.'),
    use_cpu: z.boolean().optional().describe('Without effect here.'),
    jailbreak_mapping_path: pathSchema
      .optional()
      .describe('A label file of semantic-router; without effect here.'),
  })
  .describe('The guard against jailbreak attempts.');

export const piiGuardSchema = z
  .object({
    enabled: z
      .boolean()
      .default(false)
      .describe('Whether prompts are searched for personal data, unless a decision differs.'),
    threshold: thresholdSchema
      .optional()
      .describe('Smallest confidence that counts; that of `classifier.pii_model` when left out.'),
    pii_types_allowed: typesAllowedSchema.default([]),
    action: z
      .enum(piiActions)
      .default('observe')
      .describe(
        '`observe` counts and shows; `block` also refuses; `mask` puts placeholders such as ' +
          '`<PERSON_1>` in the place of what was found; `route` has another model answer.',
      ),
    model: routeModelSchema.optional(),
    restore: restoreSchema.default(false),
    on_unknown: onUnknownSchema.default('allow'),
  })
  .describe('The guard against personal data in prompts.');

const enabledSchema = z.boolean().default(true).describe('Whether the plugin acts.');

/** Settings of the plugin `jailbreak`; what is left out is as in `prompt_guard`. */
export const jailbreakPluginSchema = z.object({
  enabled: enabledSchema,
  threshold: thresholdSchema
    .optional()
    .describe('Smallest confidence that counts; that of `prompt_guard` when left out.'),
  action: z
    .enum(jailbreakActions)
    .optional()
    .describe('`observe`, `block` or `route`; that of `prompt_guard` when left out.'),
  model: routeModelSchema.optional(),
  on_unknown: onUnknownSchema.optional(),
});

/** Settings of the plugin `pii`. */
export const piiPluginSchema = z.object({
  enabled: enabledSchema,
  threshold: thresholdSchema
    .optional()
    .describe('Smallest confidence that counts; that of `classifier.pii_model` when left out.'),
  pii_types_allowed: typesAllowedSchema.default([]),
  action: z
    .enum(piiActions)
    .default('block')
    .describe('`observe`, `block`, `mask` or `route`, as in `pii_guard`.'),
  model: routeModelSchema.optional(),
  restore: restoreSchema.default(false),
  on_unknown: onUnknownSchema.default('allow'),
});
