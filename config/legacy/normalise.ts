// The forms that a configuration may have, brought into the flat one. The list is the order.
import { resolveAliases } from './aliases.ts';
import { splitCategories } from './decisions-in-categories.ts';
import { dropEmptyValues } from './empty-values.ts';
import { flattenNested } from './nested/flatten.ts';
import type { Normalised, Raw } from './normalised.ts';

type Step = (value: Raw) => Normalised;

const steps: readonly Step[] = [
  dropEmptyValues, // keys without a value
  flattenNested, // the nested form: version, providers, routing, global
  splitCategories, // the form without decisions
  resolveAliases, // older names of keys
];

/** What each step made, the last one being the flat form. Never throws. */
export function normalise(value: Raw): Normalised[] {
  const made: Normalised[] = [];
  for (const step of steps) made.push(step(made.at(-1)?.value ?? value));
  return made;
}
