// The schema as JSON Schema, which can be walked beside a value: what the CRD is made from, and
// what tells known keys from unknown ones.
import { z } from 'zod';
import { routerConfigSchema } from '../schema/index.ts';

/** The part of JSON Schema that our own schema uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

let built: JsonSchema | undefined;

/** What a file may hold, before defaults. The same object each time. */
export function configJsonSchema(): JsonSchema {
  built ??= z.toJSONSchema(routerConfigSchema, { io: 'input' }) as JsonSchema;
  return built;
}

/** The schema that a `$ref` stands for. */
export function dereference(schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace('#/$defs/', '');
  const target = name === undefined ? undefined : configJsonSchema().$defs?.[name];
  return target === undefined ? schema : dereference(target);
}

/** The form of `schema` that `value` most likely has, where there are several. */
export function formFor(schema: JsonSchema, value: unknown): JsonSchema {
  const plain = dereference(schema);
  const forms = (plain.oneOf ?? plain.anyOf)?.map((form) => formFor(form, value));
  if (forms === undefined) return plain;
  const fits = forms.map((form) => fitOf(form, value));
  return forms[fits.indexOf(Math.max(...fits))] ?? plain;
}

/** How much of the value the form explains: constants count more than keys. */
function fitOf({ type, properties }: JsonSchema, value: unknown): number {
  if (Array.isArray(value)) return type === 'array' ? 1 : 0;
  if (typeof value !== 'object' || value === null || properties === undefined) return 0;
  let fit = 1;
  for (const [key, member] of Object.entries(value)) {
    if (!Object.hasOwn(properties, key)) continue;
    fit += properties[key]?.const === member ? 100 : 1;
  }
  return fit;
}
