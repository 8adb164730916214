// The two dialects between which this folder translates: JSON Schema as zod writes it, and the
// structural schema of a custom resource.
import type { CelRule } from '../resource/rules.ts';

/** Keywords that mean the same in both, and restrict only values of their own type. */
export interface Limits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

/** What our schemas add for the API server, where they are written. */
export interface KubernetesHints {
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

/** The part of JSON Schema that zod makes of our schemas. */
export interface SourceSchema extends Limits, KubernetesHints {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, SourceSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SourceSchema | boolean;
  readonly propertyNames?: SourceSchema;
  readonly items?: SourceSchema;
  readonly anyOf?: readonly SourceSchema[];
  readonly oneOf?: readonly SourceSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SourceSchema>>;
}

/** What may stand inside `anyOf` and `not`: no types, no descriptions. */
export interface ValueValidation extends Limits {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ValueValidation>>;
  readonly anyOf?: readonly ValueValidation[];
}

export interface StructuralSchema extends Limits, KubernetesHints {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly anyOf?: readonly ValueValidation[];
  readonly not?: ValueValidation;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
}

/** A place in a schema: keys, `*` for any entry of a map, `[]` for any of a list. */
export type SchemaPath = readonly string[];

/** `decisions[].plugins[].type`, `model_config.*.pricing`. */
export function formatSchemaPath(path: SchemaPath): string {
  return path.join('.').replaceAll('.[]', '[]');
}
