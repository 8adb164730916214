// What names of people look like, and words that look like names where one could stand.

const particle =
  '(?:van|von|der|den|de|del|della|di|da|do|dos|la|le|du|bin|ibn|al|el|ter|ten|zu|y|e)';

/** One word of a name, or an initial: `Anne-Marie`, `O'Hara`, `J.` */
export const nameWord =
  /\p{Lu}(?:[\p{L}\p{M}]{1,24}(?:['’-]\p{L}[\p{L}\p{M}]{0,24}){0,2}|['’]\p{Lu}[\p{L}\p{M}]{1,24}|\.)/u;

/** One to four words with what may stand between them; no catastrophe, since each word is bounded. */
export const nameWords = `${nameWord.source}(?: (?:${particle} ){0,2}${nameWord.source}){0,3}`;

/** In lower case: whom letters and greetings address without naming anybody, and the like. */
export const noNames: ReadonlySet<string> = new Set(
  (
    'sir madam team all everyone everybody there friend friends customer customers support colleague ' +
    'colleagues user users assistant chatgpt gpt claude gemini siri alexa bot hiring recruiter manager ' +
    'the a an my your our his her their this that it i we you he she they not no yes and or but if in on ' +
    'at for with from as so to of is are was were be please thanks thank hello hi hey dear what who when ' +
    'where why how can could would should will do does did let january february march april june july ' +
    'august september october november december monday tuesday wednesday thursday friday saturday sunday ' +
    'mr mrs ms miss mx dr prof professor doctor herr frau god lord santa mom mum mother dad father grandma grandpa'
  ).split(' '),
);

/** What may stand between two parts of one name. */
export const nameGap = new RegExp(
  String.raw`^(?: {1,2}|-|['’]| ?\p{Lu}\.? |\. |\.| (?:${particle} ){1,2})$`,
  'u',
);

/** Whether a stretch is of whole words of which each may be part of a name. */
export function isNamePart(
  text: string,
  { end, start }: { readonly start: number; readonly end: number },
  isAllSmall: boolean,
): boolean {
  if (isLetter(text.charAt(start - 1)) || isLetter(text.charAt(end))) return false;
  const words = text.slice(start, end).match(/[\p{L}\p{M}]+/gu) ?? [];
  if (words.length === 0 || noNames.has(words[0]?.toLowerCase() ?? '')) return false;
  return isAllSmall || words.some((word) => /^\p{Lu}/u.test(word));
}

function isLetter(character: string): boolean {
  return /[\p{L}\p{M}\p{N}]/u.test(character);
}
