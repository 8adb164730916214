// What a resource may be called: its name becomes the name of Services, and the beginning of longer
// names.
import type { Rule } from './rules.ts';

/** Leaves room within the 63 characters of a Service for what the operator adds. */
const longestName = 45;

export const nameRule: Rule<string> = {
  message: `must be at most ${longestName} lower-case letters, digits and -, beginning with a letter`,
  cel: `self.metadata.name.matches('^[a-z]([-a-z0-9]{0,${longestName - 2}}[a-z0-9])?$')`,
  holds: (name) => name.length <= longestName && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name),
};
