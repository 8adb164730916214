// From JSON Schema to the structural schema of a custom resource. Pure; it knows no key by name: what
// is special about a place comes in by the options.
import { re2Pattern } from './re2.ts';
import { untypedUnion } from './scalar-unions.ts';
import {
  formatSchemaPath,
  type Limits,
  type SchemaPath,
  type SourceSchema,
  type StructuralSchema,
} from './schema-types.ts';
import { mergeForms } from './object-unions.ts';

export interface Options {
  /** Whether sections keep keys that they do not know; otherwise the API server removes them. */
  readonly keepsUnknownKeys: boolean;
  /** Whether the API server may write the default of this place into the object. */
  readonly takesDefault: (path: SchemaPath) => boolean;
  /** How often a schema may stand within itself; what is deeper is not described. */
  readonly depth: number;
  /** Last word about the schema of a place. */
  readonly adjust: (path: string, schema: StructuralSchema) => StructuralSchema;
}

interface Place {
  readonly path: SchemaPath;
  readonly options: Options;
  readonly definitions: Readonly<Record<string, SourceSchema>>;
  /** Names of the definitions that this place is within. */
  readonly within: readonly string[];
}

/** `source` is what `z.toJSONSchema(…, { io: 'input' })` makes. */
export function toStructural(source: SourceSchema, options: Options): StructuralSchema {
  return convert(source, { path: [], options, definitions: source.$defs ?? {}, within: [] });
}

function convert(source: SourceSchema, place: Place): StructuralSchema {
  const { $ref } = source;
  if ($ref !== undefined) return convertReference($ref, source, place);
  const { path, options } = place;
  const { description, ...shape } = shapeOf(source, place);
  // What has no type says so in words.
  const isUntyped = shape.type === undefined && !('x-kubernetes-int-or-string' in shape);
  const words = isUntyped
    ? [source.description, description].filter((text) => text !== undefined).join(' ')
    : (source.description ?? description);
  const converted = {
    ...(words === undefined ? {} : { description: words }),
    ...shape,
    ...hintsOf(source),
  };
  const shaped = options.adjust(formatSchemaPath(path), converted);
  return withDefault(shaped, source.default, place);
}

function convertReference($ref: string, source: SourceSchema, place: Place): StructuralSchema {
  const target = place.definitions[$ref.replace('#/$defs/', '')];
  if (target === undefined) throw new Error(`Nothing is called ${$ref}`);
  const { description = target.description } = source;
  if (place.within.filter((name) => name === $ref).length >= place.options.depth) {
    return undescribed(description);
  }
  const within = [...place.within, $ref];
  const described = description === undefined ? target : { ...target, description };
  return convert(described, { ...place, within });
}

/** Any object: the operator's own check is all that looks at it. */
function undescribed(description: string | undefined): StructuralSchema {
  const note = 'Deeper levels have the same form; only the operator checks them.';
  return {
    description: description === undefined ? note : `${description} ${note}`,
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
  };
}

function shapeOf(source: SourceSchema, place: Place): StructuralSchema {
  const forms = source.anyOf ?? source.oneOf;
  if (forms !== undefined) return union(forms, place);
  if (source.const !== undefined) return { type: typeof source.const, enum: [source.const] };
  switch (source.type) {
    case 'object':
      return objectShape(source, place);
    case 'array':
      return listShape(source, place);
    case 'string':
    case 'number':
    case 'integer':
    case 'boolean':
      return scalarShape(source);
    default:
      throw new Error(`${formatSchemaPath(place.path)} has no type that a resource can have`);
  }
}

function union(forms: readonly SourceSchema[], place: Place): StructuralSchema {
  const shapes = forms.map((form) => convert(form, place));
  return shapes.every(({ type }) => type === 'object') ? mergeForms(shapes) : untypedUnion(shapes);
}

function objectShape(source: SourceSchema, place: Place): StructuralSchema {
  const { properties = {}, required = [], additionalProperties: others } = source;
  const below = (step: string): Place => ({ ...place, path: [...place.path, step] });
  const members = Object.entries(properties).map(
    ([key, member]) => [key, convert(member, below(key))] as const,
  );
  const isLoose = typeof others === 'object' && Object.keys(others).length === 0;
  const isMap = typeof others === 'object' && !isLoose;
  return {
    type: 'object',
    ...limitsOf(source),
    ...(required.length > 0 ? { required } : {}),
    ...(members.length > 0 ? { properties: Object.fromEntries(members) } : {}),
    ...(isMap ? { additionalProperties: convert(others, below('*')), ...keyRules(source) } : {}),
    ...(isLoose || (place.options.keepsUnknownKeys && !isMap)
      ? { 'x-kubernetes-preserve-unknown-fields': true as const }
      : {}),
  };
}

/** OpenAPI has no word for what the keys of a map may be. */
function keyRules({ propertyNames }: SourceSchema): StructuralSchema {
  const { maxLength, pattern } = propertyNames ?? {};
  if (maxLength === undefined) throw new Error('The keys of a map must have a limit');
  const re2 = pattern === undefined ? undefined : re2Pattern(pattern);
  const form = re2 === undefined ? 'size(key) > 0' : `key.matches(${JSON.stringify(re2)})`;
  const matching = re2 === undefined ? '' : ` and match ${re2}`;
  return {
    'x-kubernetes-validations': [
      {
        rule: `self.all(key, size(key) <= ${maxLength} && ${form})`,
        message: `names must have 1 to ${maxLength} characters${matching}`,
      },
    ],
  };
}

function listShape(source: SourceSchema, place: Place): StructuralSchema {
  if (source.items === undefined) throw new Error('A list must say what is in it');
  const items = convert(source.items, { ...place, path: [...place.path, '[]'] });
  return {
    type: 'array',
    ...limitsOf(source),
    'x-kubernetes-list-type': 'atomic',
    items,
  };
}

function scalarShape(source: SourceSchema): StructuralSchema {
  const { type = '', exclusiveMaximum, exclusiveMinimum } = source;
  return {
    type,
    ...limitsOf(source),
    ...(exclusiveMinimum === undefined
      ? {}
      : { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(exclusiveMaximum === undefined
      ? {}
      : { maximum: exclusiveMaximum, exclusiveMaximum: true }),
    ...(source.enum === undefined ? {} : { enum: source.enum }),
    ...(type === 'integer' ? { format: widthOf(source.maximum ?? exclusiveMaximum) } : {}),
  };
}

function widthOf(largest: number | undefined): string {
  return largest !== undefined && largest < 2 ** 31 ? 'int32' : 'int64';
}

const limits = [
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'format', 'minItems', 'maxItems'],
  ...['minProperties', 'maxProperties'],
] as readonly (keyof Limits)[];

function limitsOf(source: SourceSchema): Limits {
  const kept = limits.flatMap((key) => (source[key] === undefined ? [] : [[key, source[key]]]));
  const { pattern } = source;
  return {
    ...(Object.fromEntries(kept) as Limits),
    ...(pattern === undefined ? {} : { pattern: re2Pattern(pattern) }),
  };
}

function hintsOf(source: SourceSchema): Partial<StructuralSchema> {
  return Object.fromEntries(
    Object.entries(source).filter(([key]) => key.startsWith('x-kubernetes-')),
  );
}

function withDefault(schema: StructuralSchema, value: unknown, place: Place): StructuralSchema {
  if (value === undefined || !place.options.takesDefault(place.path)) return schema;
  if (schema.properties === undefined) return { ...schema, default: value };
  // The API server holds a default to the rules of its section before it completes it, so it is
  // written out. A section without defaults within needs none.
  const inner = Object.entries(schema.properties).filter(([, member]) => 'default' in member);
  if (inner.length === 0) return schema;
  return {
    ...schema,
    default: Object.fromEntries(inner.map(([key, member]) => [key, member.default])),
  };
}
