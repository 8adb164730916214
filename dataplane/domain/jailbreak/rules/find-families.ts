// Which families of attack a text belongs to by its words and marks. Knows texts, not models.
import type { JailbreakFamily } from '../families.ts';
import type { GuardedText } from '../guarded-text.ts';
import { matchingText } from '../normalise/matching-text.ts';
import { findPatterns } from './find-patterns.ts';
import { frameRules } from './frames.ts';
import { instructionRules, toolRules } from './instructions.ts';
import { limitRules } from './limits.ts';
import { personaRules } from './personas.ts';
import { hasRoleMarks } from './role-marks.ts';
import { compileWordPatterns, type WordPatterns } from './word-patterns.ts';

/** Rules for all texts. */
export const wordRules: WordPatterns<JailbreakFamily> = compileWordPatterns([
  ...instructionRules,
  ...personaRules,
  ...limitRules,
  ...frameRules,
]);

const toolPatterns = compileWordPatterns(toolRules);

/** Families of one reading of a text, given as it is seen. */
export function findFamilies(seen: string, source: GuardedText['source']): Set<JailbreakFamily> {
  const folded = matchingText(seen);
  const families = findPatterns(wordRules, folded);
  if (source === 'tool') findPatterns(toolPatterns, folded).forEach((name) => families.add(name));
  if (hasRoleMarks(seen)) families.add('forged_roles');
  return families;
}
