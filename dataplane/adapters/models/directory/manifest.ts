// `router-model.json`: what this router wants to know of a model beyond what model hubs write. Every
// key is optional; what it says wins over the other files of the directory.
import { z } from 'zod';
import { isScript } from '../../../domain/scripts.ts';

export const tasks = ['embedding', 'sequence-classification', 'token-classification'] as const;
export type Task = (typeof tasks)[number];

const windowSchema = z
  .strictObject({
    tokens: z.number().int().min(8).describe('Tokens of one window, special tokens included.'),
    overlap: z.number().int().min(0).describe('Tokens that a window shares with the next one.'),
    reduce: z
      .enum(['max', 'mean'])
      .default('max')
      .describe('Whether the worst window or the mean of all speaks for the text.'),
  })
  .refine(({ tokens, overlap }) => overlap * 2 <= tokens - 4, {
    path: ['overlap'],
    message: 'must be less than half of the window',
  });

const goldenSchema = z.strictObject({
  text: z.string().min(1).max(10_000),
  ids: z
    .array(z.number().int())
    .optional()
    .describe('Token ids of the text, special tokens included.'),
  vector: z.array(z.number()).optional().describe('Its embedding, of length 1.'),
  label: z.string().optional().describe('Its most probable label.'),
  probability: z.number().min(0).max(1).optional().describe('The probability of that label.'),
  spans: z
    .array(z.strictObject({ label: z.string(), start: z.number(), end: z.number() }))
    .optional()
    .describe('What is to be found in it, with UTF-16 offsets.'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0.001)
    .describe('How far the cosine may be from 1, or the probability from what is written.'),
});

export const manifestSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[!-?A-~]{1,128}$/, 'must be 1 to 128 printable characters without blanks and @')
    .optional()
    .describe('Name of the model; by default that of the directory.'),
  task: z.enum(tasks).optional(),
  file: z.string().min(1).optional().describe('The ONNX file, relative to the directory.'),
  labels: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Labels in the order of the model.'),
  positiveLabels: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Labels that mean a finding: the window with most of them speaks for the text.'),
  activation: z
    .enum(['softmax', 'sigmoid'])
    .optional()
    .describe('One label of many, or each label for itself.'),
  maxTokens: z.number().int().min(8).optional().describe('Longest input, special tokens included.'),
  window: windowSchema.optional().describe('How a longer text is read.'),
  pooling: z.enum(['mean', 'cls', 'last']).optional(),
  dims: z.number().int().min(1).optional().describe('How many dimensions of a vector are kept.'),
  languages: z.array(z.string()).optional().describe('For readers; without effect.'),
  scripts: z
    .array(z.string().refine(isScript, 'must be the name of a Unicode script, such as Latin'))
    .min(1)
    .optional()
    .describe('Scripts that the model understands; texts in others are `unsupported`.'),
  batchInvariant: z
    .boolean()
    .optional()
    .describe(
      'Whether a text gives the same beside others; only then are texts computed together.',
    ),
  sha256: z
    .record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'))
    .optional()
    .describe('Digests of files of the directory; one that differs is refused.'),
  golden: z
    .array(goldenSchema)
    .max(64)
    .optional()
    .describe('Texts and what the model must make of them before it is used.'),
});

export type Manifest = z.output<typeof manifestSchema>;
export type Golden = z.output<typeof goldenSchema>;
