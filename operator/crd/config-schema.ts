// The schema of `spec.config`: the flat form of the router configuration, described and held to its
// limits. Whatever it does not know is kept, so that the operator's own check can say something of it.
import { configJsonSchema } from '../../config/source/json-schema.ts';
import { configListKeys, configRules, configSets } from './config-rules.ts';
import type { SchemaPath, SourceSchema, StructuralSchema } from './schema-types.ts';
import { toStructural } from './structural.ts';

/** Rules within rules that are described; the operator allows more. */
const ruleLevels = 4;

export function configSchema(): StructuralSchema {
  return toStructural(configJsonSchema() as SourceSchema, {
    keepsUnknownKeys: true,
    takesDefault,
    depth: ruleLevels,
    adjust: (path, schema) => withRules(path, withLists(path, withOtherForms(path, schema))),
  });
}

/**
 * Only within a section that the author wrote: a section that the API server added would stand beside
 * the same one of another form of the file. And not within lists, which kubectl and others compare as
 * a whole: they would see a change each time.
 */
function takesDefault(path: SchemaPath): boolean {
  return path.length > 1 && !path.includes('[]') && !path.includes('*');
}

function withRules(path: string, schema: StructuralSchema): StructuralSchema {
  const rules = configRules[path];
  if (rules === undefined) return schema;
  const cel = rules.map(({ check: _, ...rule }) => rule);
  return {
    ...schema,
    'x-kubernetes-validations': [...(schema['x-kubernetes-validations'] ?? []), ...cel],
  };
}

function withLists(path: string, schema: StructuralSchema): StructuralSchema {
  if (configSets.has(path)) return { ...schema, 'x-kubernetes-list-type': 'set' };
  const key = configListKeys[path];
  if (key === undefined) return schema;
  return { ...schema, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] };
}

/** Keys of the older and the nested form, and what is not required because those say it elsewhere. */
function withOtherForms(path: string, schema: StructuralSchema): StructuralSchema {
  switch (path) {
    case '': {
      const { required: _, ...rest } = schema;
      return {
        ...rest,
        properties: {
          ...schema.properties,
          providers: otherForm('models and the servers that they run on'),
          routing: otherForm('signals and decisions'),
          global: otherForm('what concerns the router as a program'),
        },
      };
    }
    case 'vllm_endpoints[]':
      return withProperty(schema, 'models', {
        description: 'Older form: the models that the server has.',
        type: 'array',
        'x-kubernetes-list-type': 'atomic',
        maxItems: 1000,
        items: { type: 'string', maxLength: 128 },
      });
    case 'keyword_rules[]':
    case 'embedding_rules[]':
      return withProperty(
        { ...schema, required: schema.required?.filter((key) => key !== 'name') ?? [] },
        'category',
        { ...schema.properties?.['name'], description: 'Older spelling of `name`.' },
      );
    default:
      // An entry without a value counts as left out; of models, as one without settings.
      return path.endsWith('.*') ? { ...schema, nullable: true } : schema;
  }
}

function otherForm(what: string): StructuralSchema {
  return {
    description: `Nested form of the file: ${what}. Only the operator checks it.`,
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
  };
}

function withProperty(
  schema: StructuralSchema,
  key: string,
  property: StructuralSchema,
): StructuralSchema {
  return { ...schema, properties: { ...schema.properties, [key]: property } };
}
