// What may be logged of an unexpected error: its message may quote what it failed on.
import type { LogFields } from '../ports.ts';

/** The kind of an error and where it came from. */
export function errorPlace(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const at = error.stack?.split('\n').find((line) => line.startsWith('    at '));
  return { error: error.name, at: at?.trim() };
}
