// The OpenAPI document of the classification API, made of the schemas that its requests are read by.
import { z } from 'zod';
import { apiRoutes } from './routes.ts';

export function openApiDocument(): object {
  const paths = Object.entries(apiRoutes).map(([path, { schema, summary }]) => [
    path,
    {
      post: {
        summary,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: jsonSchemaOf(schema) } },
        },
        responses: {
          '200': { description: 'The answer.' },
          '400': { description: 'What was sent is not as it should be.' },
          '401': { description: 'The bearer token is missing or wrong.' },
          '413': { description: 'What was sent is too large.' },
          '503': { description: 'The model that is needed is not there.' },
        },
      },
    },
  ]);
  return {
    openapi: '3.1.0',
    info: { title: 'Classification API of semantic-router-maas', version: 'v1' },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    paths: Object.fromEntries(paths) as object,
  };
}

function jsonSchemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
