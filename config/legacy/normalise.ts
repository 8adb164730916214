// The forms that a configuration may have, brought into the flat one. The list is the order.
import { resolveAliases } from './aliases.ts';
import type { Normalised, Raw } from './normalised.ts';

type Step = (value: Raw) => Normalised;

const steps: readonly Step[] = [
  resolveAliases, // keys without a value, older names of keys
];

/** What each step made, the last one being the flat form. Never throws. */
export function normalise(value: Raw): Normalised[] {
  const made: Normalised[] = [];
  for (const step of steps) made.push(step(made.at(-1)?.value ?? value));
  return made;
}
