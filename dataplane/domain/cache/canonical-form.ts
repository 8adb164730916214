// The form that two prompts share when they ask for the same in other small words. No embedding is
// needed to compare it; equal forms are taken for equal questions.
import { roleThatCounts } from './verify/roles.ts';
import { tellingPersons, type PromptReading } from './reading/reading.ts';

/** Undefined where so little content is left that equal forms would mean nothing. */
export function canonicalForm(reading: PromptReading): string | undefined {
  const { question, terms, particles, negations, owners, tense, signs } = reading;
  if (terms.length < 2) return undefined;
  const content = terms.map(({ key, role }) => {
    const counts = roleThatCounts(role);
    return counts === '' ? key : `${key}@${counts}`;
  });
  return JSON.stringify([
    question,
    content,
    particles,
    negations,
    owners,
    tellingPersons(reading),
    tense === 'present' ? '' : tense,
    signs,
  ]);
}
