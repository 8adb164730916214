// Keys without a value: `key:` counts as if it were not there, which is what Go's readers of the same
// files do, and what is left when somebody comments a section out.
import { isRaw, type Normalised, type Raw } from './normalised.ts';

/** Takes them out, but for models: one without settings is a model all the same. */
export function dropEmptyValues(value: Raw): Normalised {
  const result: Record<string, unknown> = { ...withoutNulls(value) };
  if (isRaw(value['model_config'])) {
    result['model_config'] = Object.fromEntries(
      Object.entries(value['model_config']).map(([name, model]) => [name, cleaned(model ?? {})]),
    );
  }
  return { value: result, moves: [], problems: [], warnings: [] };
}

function withoutNulls(value: Raw): Raw {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member === null ? [] : [[key, cleaned(member)]],
    ),
  );
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return isRaw(value) ? withoutNulls(value) : value;
}
