// The models behind signals: where they are, where others than the installed ones are wanted.
import { z } from 'zod';
import { pathSchema } from './primitives.ts';

const directory = pathSchema.optional();
const labelSchema = z.string().min(1).max(256);

const remoteFields = {
  url: z
    .string()
    .max(2048)
    .regex(
      /^https?:\/\/[^\s/@?#]+(?:[/?][^\s#]*)?$/,
      'must be an http or https URL without credentials',
    )
    .optional(),
  api_key_env: z
    .string()
    .max(256)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
    .optional()
    .describe('Environment variable with the key that the URL asks for.'),
  api_key_file: pathSchema
    .optional()
    .describe('File with the key that the URL asks for; read anew for each call.'),
  timeout_ms: z
    .number()
    .int()
    .min(10)
    .max(60_000)
    .optional()
    .describe('Longest wait for the URL where a signal has no deadline of its own; 2000.'),
  max_concurrent: z
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Most calls of the URL at a time; 8. Eight times as many may wait.'),
};

const embeddingSchema = z
  .object({
    path: directory.describe('Directory of an embedding model.'),
    ...remoteFields,
    url: remoteFields.url.describe('Address of an OpenAI-compatible server: `…/v1/embeddings`.'),
    model: z.string().min(1).max(256).optional().describe('Model that the URL is asked for.'),
    dimensions: z
      .number()
      .int()
      .min(1)
      .max(65_536)
      .optional()
      .describe('Length of the vectors of the URL.'),
  })
  .describe('Embeds texts, instead of the installed model: a directory or a URL.');

const classifierFields = {
  path: directory.describe('Directory of a model that classifies texts.'),
  ...remoteFields,
  url: remoteFields.url.describe(
    'Address that takes `{"inputs": ["text"]}` and answers `[[{"label": "law", "score": 0.9}]]`.',
  ),
  labels: z
    .array(labelSchema)
    .min(1)
    .max(1000)
    .optional()
    .describe('Labels of the URL; what it says of others is not heeded.'),
};

export const signalModelsSchema = z
  .object({
    directory: directory.describe(
      'Folder with a folder for each model, searched for what is not named here; by default the ' +
        'one that the router is started with.',
    ),
    embedding: embeddingSchema.optional(),
    pii: z
      .object({ path: pathSchema.describe('Directory of a model that classifies tokens.') })
      .optional()
      .describe('Finds personal data, instead of the installed model.'),
    domain: z
      .object(classifierFields)
      .optional()
      .describe(
        'Tells the domain of a prompt, instead of the built-in head: a directory or a URL.',
      ),
    jailbreak: z
      .object({
        ...classifierFields,
        positive_labels: z
          .array(labelSchema)
          .min(1)
          .max(1000)
          .optional()
          .describe('Labels that mean an attempt; those of the directory when left out.'),
      })
      .optional()
      .describe('Tells jailbreak attempts, instead of the built-in head: a directory or a URL.'),
  })
  .describe('Models of your own behind signals. Without any, the installed ones are used.');
