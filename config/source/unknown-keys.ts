// Finds the keys of a file that the schema does not have, each with the known name nearest to it.
import { formFor, configJsonSchema, type JsonSchema } from './json-schema.ts';
import { nearestName } from './nearest-name.ts';
import type { Path } from './problem.ts';

export interface UnknownKey {
  readonly path: Path;
  readonly value: unknown;
  readonly nearest: string | undefined;
}

/** The first `limit` unknown keys, in the order of the file. What is under one is not looked at. */
export function findUnknownKeys(value: unknown, limit: number): UnknownKey[] {
  const found: UnknownKey[] = [];
  for (const key of walk(value, configJsonSchema(), [])) {
    found.push(key);
    if (found.length === limit) break;
  }
  return found;
}

function* walk(value: unknown, schema: JsonSchema, path: Path): Generator<UnknownKey> {
  if (typeof value !== 'object' || value === null) return;
  const { additionalProperties, items, properties } = formFor(schema, value);
  if (Array.isArray(value)) {
    if (items === undefined) return;
    for (const [index, item] of value.entries()) yield* walk(item, items, [...path, index]);
    return;
  }
  const members: [string, unknown][] = Object.entries(value);
  if (properties !== undefined) {
    for (const [key, member] of members) {
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (known !== undefined) yield* walk(member, known, [...path, key]);
      else {
        const nearest = nearestName(key, Object.keys(properties));
        yield { path: [...path, key], value: member, nearest };
      }
    }
  } else if (typeof additionalProperties === 'object') {
    for (const [key, member] of members) {
      // JavaScript objects cannot hold this one safely, so it never becomes a name.
      if (key === '__proto__') yield { path: [...path, key], value: member, nearest: undefined };
      else yield* walk(member, additionalProperties, [...path, key]);
    }
  }
}
