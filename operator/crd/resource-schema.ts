// The schema of a SemanticRouterMaas as the API server checks, completes and explains it.
import { z } from 'zod';
import { nameRule } from '../resource/name-rule.ts';
import { kind } from '../resource/semantic-router-maas.ts';
import { specSchema } from '../resource/spec.ts';
import { configSchema } from './config-schema.ts';
import type { SourceSchema, StructuralSchema } from './schema-types.ts';
import { statusBeforeAny, statusSchema } from './status-schema.ts';
import { toStructural } from './structural.ts';

/** The schema of the whole object, as the API server checks, completes and explains it. */
export function resourceSchema(): StructuralSchema {
  return {
    description: 'A semantic router with usage tracking for Models-as-a-Service.',
    type: 'object',
    required: ['spec'],
    'x-kubernetes-validations': [
      { rule: nameRule.cel, message: `metadata.name ${nameRule.message}` },
    ],
    properties: {
      apiVersion: { description: 'Version of this form of the resource.', type: 'string' },
      kind: { description: `Always ${kind}.`, type: 'string' },
      metadata: { type: 'object' },
      spec: specStructure(),
      status: {
        ...toStructural(z.toJSONSchema(statusSchema, { io: 'input' }) as SourceSchema, plain),
        default: statusBeforeAny,
      },
    },
  };
}

let built: StructuralSchema | undefined;

/** The schema of `spec`; the same object each time. */
export function specStructure(): StructuralSchema {
  built ??= buildSpec();
  return built;
}

function buildSpec(): StructuralSchema {
  const { description, ...config } = configSchema();
  return toStructural(z.toJSONSchema(specSchema, { io: 'input' }) as SourceSchema, {
    ...plain,
    adjust: (path, schema) =>
      path === 'config'
        ? { description: schema.description ?? description ?? '', ...config }
        : schema,
  });
}

const plain = {
  keepsUnknownKeys: false,
  takesDefault: () => true,
  depth: 0,
  adjust: (_path: string, schema: StructuralSchema) => schema,
};
