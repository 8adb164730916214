// Signals about the shape of a request: how its text is built, and how the conversation went so far.
import { z } from 'zod';
import { descriptionSchema, nameSchema } from './primitives.ts';

const bound = (what: string) => z.number().min(0).max(1e12).optional().describe(what);

const predicateSchema = z
  .object({
    gt: bound('More than this.'),
    gte: bound('At least this.'),
    lt: bound('Less than this.'),
    lte: bound('At most this.'),
  })
  .describe('What the value must be; more than 0 when left out.');

export const structureRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `structure` refer to.'),
    description: descriptionSchema.optional(),
    feature: z
      .object({
        type: z
          .enum(['count', 'exists', 'density', 'sequence'])
          .describe(
            'How often the source occurs, whether it does, how often for each word, or whether ' +
              'markers follow each other.',
          ),
        normalize_by: z
          .enum(['word_count', 'char_count'])
          .optional()
          .describe('What a density is a share of; words when left out.'),
        source: z
          .object({
            type: z
              .enum(['regex', 'keyword_set', 'sequence', 'text_bytes'])
              .describe('What is counted.'),
            pattern: z
              .string()
              .min(1)
              .max(2048)
              .optional()
              .describe(
                'RE2 expression of a `regex` source; `^` and `$` are ends of lines with `(?m)`.',
              ),
            keywords: z
              .array(z.string().min(1).max(512))
              .min(1)
              .max(200)
              .optional()
              .describe('Words and phrases of a `keyword_set`, found at word boundaries.'),
            sequences: z
              .array(z.array(z.string().min(1).max(512)).min(2).max(20))
              .min(1)
              .max(50)
              .optional()
              .describe(
                'Markers of a `sequence`, each list in the order in which they must occur.',
              ),
            case_sensitive: z
              .boolean()
              .default(false)
              .describe('Whether upper and lower case differ.'),
          })
          .describe('What is looked for in the latest user turn.'),
      })
      .describe('A number that is worked out from the latest user turn.'),
    predicate: predicateSchema.optional(),
  })
  .describe('A signal about how the latest user turn is built.');

export const conversationRuleSchema = z
  .object({
    name: nameSchema.describe('Name that conditions of type `conversation` refer to.'),
    description: descriptionSchema.optional(),
    feature: z
      .object({
        type: z.enum(['count', 'exists']).describe('How many there are, or whether there is one.'),
        source: z
          .object({
            type: z
              .enum([
                'message',
                'tool_definition',
                'assistant_tool_call',
                'assistant_tool_cycle',
                'active_tool_loop',
                'image_content',
              ])
              .describe(
                'Messages, tools that are offered, calls of tools, results of tools, a call of tools ' +
                  'that is under way, or images.',
              ),
            role: z
              .enum(['user', 'assistant', 'system', 'developer', 'tool', 'non_user'])
              .optional()
              .describe('Role of the messages; any when left out.'),
          })
          .describe('What is counted.'),
      })
      .describe('A number that is worked out from the request.'),
    predicate: predicateSchema.optional(),
  })
  .describe('A signal about the messages and tools of the request.');

export type Predicate = z.output<typeof predicateSchema>;
