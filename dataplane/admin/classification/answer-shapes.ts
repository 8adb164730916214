// What the classification API answers, in the shapes of semantic-router: for its OpenAPI document, and
// as types of what is said.
import { z } from 'zod';

const share = z.number().min(0).max(1);
const elapsed = z.number().min(0).describe('Time taken in milliseconds.');
const position = z.number().int().min(0);

const unavailable = z
  .string()
  .describe(
    'Why the part that is asked could not tell, such as `absent`; left out where it could.',
  );

export const intentAnswerSchema = z
  .strictObject({
    classification: z
      .strictObject({
        category: z.string().nullable().describe('The most probable one; null: unavailable.'),
        confidence: share.describe('Probability of it; 0: unavailable.'),
        processing_time_ms: elapsed,
        margin: share.optional().describe('By how much it is ahead of the next.'),
        tier: z.enum(['blend', 'lexical']).optional().describe('`lexical`: by words alone.'),
        above_threshold: z.boolean().optional().describe('Whether a signal would hold.'),
      })
      .describe('The domain.'),
    probabilities: z.record(z.string(), share).describe('Of every category.'),
    unavailable: unavailable.optional(),
    recommended_model: z.string().nullable().describe('Where the router would send the prompt.'),
    routing_decision: z.string().nullable().describe('The decision that matches; null: refused.'),
    matched_signals: z.array(z.string()).describe('Signals that hold, as `type:name`.'),
  })
  .describe('The domain of a prompt, and where it would go.');

export const piiAnswerSchema = z
  .strictObject({
    has_pii: z.boolean().nullable().describe('Null: unavailable.'),
    entities: z
      .array(
        z.strictObject({
          type: z.string().describe('One of the seventeen names.'),
          value: z.string().optional().describe('What was found; left out with `mask_entities`.'),
          confidence: share,
          start_position: position.describe('In UTF-16 units, from 0.'),
          end_position: position.describe('In UTF-16 units, exclusive.'),
          text_index: position.describe('Which of the texts of users and tools holds it.'),
        }),
      )
      .describe('What was found, in order.'),
    security_recommendation: z.enum(['review', 'allow']).optional(),
    tier: z.enum(['model', 'structural']).optional().describe('`structural`: by forms alone.'),
    unavailable: unavailable.optional(),
    processing_time_ms: elapsed,
  })
  .describe('Personal data in a prompt.');

export const securityAnswerSchema = z
  .strictObject({
    is_jailbreak: z.boolean().nullable().describe('Null: unavailable.'),
    risk_score: share.optional(),
    confidence: share.optional().describe('How sure of what is said, be it yes or no.'),
    detection_types: z.array(z.literal('jailbreak')).optional(),
    patterns_detected: z.array(z.string()).optional().describe('Families of rules that hold.'),
    recommendation: z.enum(['block', 'allow']).optional(),
    tier: z.enum(['blend', 'lexical']).optional().describe('`lexical`: by words and rules alone.'),
    unavailable: unavailable.optional(),
    processing_time_ms: elapsed,
  })
  .describe('Whether a prompt attacks.');

export const combinedAnswerSchema = z
  .strictObject({
    intent: intentAnswerSchema,
    pii: piiAnswerSchema,
    security: securityAnswerSchema,
    processing_time_ms: elapsed,
  })
  .describe('All three.');

export const batchAnswerSchema = z
  .strictObject({
    results: z
      .array(
        z.union([combinedAnswerSchema, intentAnswerSchema, piiAnswerSchema, securityAnswerSchema]),
      )
      .describe('One for each text, in their order.'),
    total_count: position,
    processing_time_ms: elapsed,
  })
  .describe('An answer for each text.');

const signalValue = z.enum(['true', 'false', 'unknown']);

export const evalAnswerSchema = z
  .looseObject({
    mode: z.enum(['standalone', 'maas', 'hybrid']),
    requestedModel: z.string(),
    promptTokens: position.describe('Estimated.'),
    caller: z.looseObject({}).nullable(),
    signals: z.array(z.looseObject({ key: z.string(), value: signalValue })),
    decisions: z.array(z.looseObject({ name: z.string(), priority: z.number() })),
    outcome: z.union([
      z.looseObject({ kind: z.literal('routed'), decision: z.string(), model: z.string() }),
      z.looseObject({
        ...{ kind: z.literal('refused'), status: z.number().int(), message: z.string() },
      }),
    ]),
  })
  .describe('The whole decision, as the command `explain` tells it with `--format json`.');

const modelUsed = z.string().describe('Id of the embedding model.');

export const embeddingsAnswerSchema = z
  .strictObject({
    embeddings: z.array(
      z.strictObject({
        text: z.string(),
        embedding: z.array(z.number()),
        dimension: position,
        tokens: position.describe('Length of the text as the model counts.'),
        truncated: z.boolean().describe('Whether the middle of the text was left out.'),
      }),
    ),
    model_used: modelUsed,
    total_count: position,
    processing_time_ms: elapsed,
  })
  .describe('The vectors of texts, in their order.');

const similarity = z.number().min(-1.001).max(1.001).describe('The cosine.');

export const similarityAnswerSchema = z
  .strictObject({ similarity, model_used: modelUsed, processing_time_ms: elapsed })
  .describe('How alike two texts are.');

export const similarityBatchAnswerSchema = z
  .strictObject({
    matches: z
      .array(z.strictObject({ index: position, text: z.string(), similarity }))
      .describe('The nearest first.'),
    total_candidates: position,
    model_used: modelUsed,
    processing_time_ms: elapsed,
  })
  .describe('How alike a text is to others.');

export const errorAnswerSchema = z
  .strictObject({
    error: z.strictObject({
      code: z.string().describe('For programs, such as `INVALID_INPUT`.'),
      message: z.string().describe('For people.'),
    }),
  })
  .describe('What is wrong.');

export const healthAnswerSchema = z
  .strictObject({ status: z.literal('healthy'), service: z.literal('classification-api') })
  .describe('That the API answers.');

export const modelsAnswerSchema = z
  .strictObject({
    models: z.array(
      z.strictObject({
        name: z.string().describe('What it is for.'),
        state: z.enum(['ready', 'loading', 'absent', 'failed']),
        needed: z.boolean().describe('Whether the configuration in force asks for it.'),
        detail: z.string().describe('What is wrong, where something is.'),
      }),
    ),
  })
  .describe('The models for signals, and how they are.');

export const classifierAnswerSchema = z
  .strictObject({
    status: z.literal('config_loaded'),
    config: z
      .looseObject({})
      .describe('`classifier`, `prompt_guard`, `pii_guard` and `categories` as configured.'),
  })
  .describe('What the configuration in force says of classification.');

export type IntentAnswer = z.output<typeof intentAnswerSchema>;
export type PiiAnswer = z.output<typeof piiAnswerSchema>;
export type SecurityAnswer = z.output<typeof securityAnswerSchema>;
export type CombinedAnswer = z.output<typeof combinedAnswerSchema>;
