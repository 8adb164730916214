// Yes or no as labelled sets write it.

const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['jailbreak', true],
  ['false', false],
  ['0', false],
  ['benign', false],
]);

/** For messages: what is understood. */
export const yesOrNoWords = 'true or false, 1 or 0, jailbreak or benign';

/** A label as a set has it, of any type and case; undefined for what says neither. */
export function readYesOrNo(label: unknown): boolean | undefined {
  if (typeof label === 'boolean') return label;
  if (typeof label !== 'string' && typeof label !== 'number') return undefined;
  return words.get(String(label).trim().toLowerCase());
}
