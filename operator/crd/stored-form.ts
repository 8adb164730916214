// What the API server makes of a value before it keeps it: without keys that the schema does not know,
// without nulls, with defaults. So a resource means the same in a file as in a cluster.
import type { Path } from '../../config/source/problem.ts';
import type { StructuralSchema } from './schema-types.ts';

export interface StoredForm {
  readonly value: unknown;
  /** Keys that were dropped, with those that are known in their place. */
  readonly dropped: readonly DroppedKey[];
}

export interface DroppedKey {
  readonly path: Path;
  readonly known: readonly string[];
}

/** Never throws. Values of the wrong type stay as they are, for a schema to refuse. */
export function toStoredForm(value: unknown, schema: StructuralSchema): StoredForm {
  const dropped: DroppedKey[] = [];
  return { value: stored(value, schema, { path: [], dropped }), dropped };
}

interface Place {
  readonly path: Path;
  readonly dropped: DroppedKey[];
}

function stored(value: unknown, schema: StructuralSchema, place: Place): unknown {
  const below = (step: string | number): Place => ({ ...place, path: [...place.path, step] });
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value;
    return value.map((item: unknown, index) => stored(item, items, below(index)));
  }
  if (typeof value !== 'object' || value === null) return value;
  const { properties = {}, additionalProperties: entries } = schema;
  const kept: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value) as [string, unknown][]) {
    const known = Object.hasOwn(properties, key) ? properties[key] : entries;
    if (known === undefined) {
      if (schema['x-kubernetes-preserve-unknown-fields'] === true) kept.push([key, member]);
      else place.dropped.push({ path: below(key).path, known: Object.keys(properties) });
    } else if (member !== null || known.nullable === true) {
      kept.push([key, stored(member, known, below(key))]);
    }
  }
  const there = new Set(kept.map(([key]) => key));
  for (const [key, { default: value }] of Object.entries(properties)) {
    if (value !== undefined && !there.has(key)) kept.push([key, structuredClone(value)]);
  }
  return Object.fromEntries(kept);
}
