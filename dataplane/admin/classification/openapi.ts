// The OpenAPI document of the classification API, made of the schemas that its requests are read by and
// its answers are written by.
import { z } from 'zod';
import { errorAnswerSchema } from './answer-shapes.ts';
import { apiPages } from './pages.ts';
import { apiRoutes } from './routes.ts';

/** `needsToken`: callers of what takes a body must show a bearer token. */
export function openApiDocument({ needsToken }: { readonly needsToken: boolean }): object {
  const pages = Object.entries(apiPages).map(([path, { answers, summary }]) => [
    path,
    { get: { summary, responses: { '200': contentOf('The answer.', answers) } } },
  ]);
  const posts = Object.entries(apiRoutes).map(([path, { answers, schema, summary }]) => [
    path,
    {
      post: {
        summary,
        ...(needsToken ? { security: [{ bearer: [] }] } : {}),
        requestBody: {
          required: true,
          content: { 'application/json': { schema: jsonSchemaOf(schema, 'input') } },
        },
        responses: { '200': contentOf('The answer.', answers), ...refusals(needsToken) },
      },
    },
  ]);
  return {
    openapi: '3.1.0',
    info: { title: 'Classification API of semantic-router-maas', version: 'v1' },
    ...(needsToken
      ? { components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } }
      : {}),
    paths: Object.fromEntries([...pages, ...posts]) as object,
  };
}

function refusals(needsToken: boolean): object {
  const refusal = (description: string): object => contentOf(description, errorAnswerSchema);
  return {
    '400': refusal('What was sent is not as it should be.'),
    ...(needsToken ? { '401': refusal('The bearer token is missing or wrong.') } : {}),
    '405': refusal('Another method than POST.'),
    '413': refusal('What was sent is too large.'),
    '429': refusal('Too many calls are being answered.'),
    '500': refusal('The answer failed.'),
    '503': refusal('The model that is needed is not there.'),
  };
}

function contentOf(description: string, schema: z.ZodType): object {
  return {
    description,
    content: { 'application/json': { schema: jsonSchemaOf(schema, 'output') } },
  };
}

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
