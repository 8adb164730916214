// Which families of attack a text belongs to by its words and marks. Knows texts, not models.
import type { JailbreakFamily } from '../families.ts';
import { matchingText } from '../normalise/matching-text.ts';
import { findPatterns } from './find-patterns.ts';
import { frameRules } from './frames.ts';
import { instructionRules } from './instructions.ts';
import { limitRules } from './limits.ts';
import { personaRules } from './personas.ts';
import { hasRoleMarks } from './role-marks.ts';
import { compileWordPatterns, type WordPatterns } from './word-patterns.ts';

export const wordRules: WordPatterns<JailbreakFamily> = compileWordPatterns([
  ...instructionRules,
  ...personaRules,
  ...limitRules,
  ...frameRules,
]);

/** Families of one reading of a text, which is seen text, not yet folded. */
export function findFamilies(seen: string): Set<JailbreakFamily> {
  const families = new Set(findPatterns(wordRules, matchingText(seen)));
  if (hasRoleMarks(seen)) families.add('forged_roles');
  return families;
}
