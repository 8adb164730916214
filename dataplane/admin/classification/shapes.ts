// What callers of the classification API send: the shapes of semantic-router, with bounds.
import { z } from 'zod';

/** Longest text in UTF-16 units: far beyond what a model reads, and little to hold. */
const maxText = 200_000;
const maxTexts = 1000;

const textSchema = z.string().min(1).max(maxText).describe('A text.');
const textsSchema = z.array(textSchema).min(1).max(maxTexts).describe('Texts.');

const messageSchema = z
  .object({
    role: z.string().min(1).max(64).describe('Who speaks: user, tool, system, assistant.'),
    content: z.string().max(maxText).describe('What is said.'),
  })
  .describe('A message of a conversation.');

const optionsSchema = z
  .looseObject({
    confidence_threshold: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('Smallest confidence that counts, in the place of the configured one.'),
    mask_entities: z
      .boolean()
      .optional()
      .describe('Whether found values are left out of the answer.'),
  })
  .describe('Options.');

export const promptSchema = z
  .object({
    text: textSchema.optional(),
    messages: z.array(messageSchema).min(1).max(maxTexts).optional().describe('A conversation.'),
    options: optionsSchema.optional(),
  })
  .refine(({ text, messages }) => (text === undefined) !== (messages === undefined), {
    message: 'exactly one of text and messages is needed',
  })
  .describe('A prompt: one text, or a conversation.');

export type Prompt = z.output<typeof promptSchema>;

export const batchSchema = z
  .object({
    texts: textsSchema,
    task_type: z
      .enum(['intent', 'pii', 'security', 'all'])
      .default('intent')
      .describe('What is asked of each text.'),
    options: optionsSchema.optional(),
  })
  .describe('Texts, each by itself.');

export const embeddingsSchema = z
  .object({ texts: textsSchema })
  .describe('Texts to turn into vectors.');

export const similaritySchema = z
  .object({ text1: textSchema, text2: textSchema })
  .describe('Two texts to compare.');

export const similarityBatchSchema = z
  .object({
    query: textSchema,
    candidates: textsSchema,
    top_k: z.number().int().min(0).max(maxTexts).default(0).describe('Most matches; 0: all.'),
  })
  .describe('A text and others to compare it with.');

/** The text that routing looks at: the last of a user. */
export function latestUserText({ text, messages = [] }: Prompt): string {
  return text ?? messages.findLast(({ role }) => role === 'user')?.content ?? '';
}
