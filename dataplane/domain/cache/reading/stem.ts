// What the forms of one English word have in common. Inflection alone is undone, never derivation,
// since an employer is no employee. A stem need not be a word: `make` and `making` are `mak`.
import { irregularForms, unchanged } from '../lexicon/irregular-forms.ts';

// Words that another word is with an `e` behind: of these pairs the longer keeps its `e`.
const confusable = new Set(
  `car plan cod plat star bar rat tap hop cap kit bit hat tub rob cub sit past cast bath breath cloth tim prim
  win fin pin scar mat cut not on her us man van can mad fat pal gap rip strip snip slim shin twin din
  wag rag stag cag hug cor for mor tor or don non ton con far war war spar bas las mass pass clos dos
  quit writ spit spin sham jut dun run tun min sin lin wick stuff rang char sting swing sing sang forth
  prob glob lob rob crud rud bad fad glad wad rid hid slid strid mod rod nod cod`
    .trim()
    .split(/\s+/),
);

const vowel = /[aeiouy]/;

/** Expects lower case. */
export function stem(word: string): string {
  const base = irregularForms.get(word) ?? word;
  if (base.length <= 3 || unchanged.has(base) || !/^[a-z]+$/.test(base)) return base;
  if (base !== word) return withoutE(base);
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|z|ss)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return stem(word.slice(0, -1));
  if (word.endsWith('ied') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (word.endsWith('ed') && word.length > 4) return withoutEnding(word, 2);
  if (word.endsWith('ing') && word.length > 5) return withoutEnding(word, 3);
  if (word.endsWith('ly') && word.length > 5) return withoutLy(word);
  return withoutE(word);
}

function withoutEnding(word: string, length: number): string {
  const base = word.slice(0, -length);
  if (base.length < 2 || !vowel.test(base)) return word;
  const last = base.at(-1);
  // `planning` doubles what `calling` has twice by itself.
  if (last !== undefined && last === base.at(-2) && !'lsz'.includes(last)) return base.slice(0, -1);
  if (confusable.has(base)) return `${base}e`;
  return base;
}

function withoutE(word: string): string {
  if (!word.endsWith('e') || word.length < 4) return word;
  const base = word.slice(0, -1);
  return confusable.has(base) || base.endsWith('e') ? word : base;
}

const noAdverbs = new Set(
  `family reply supply apply assembly anomaly butterfly italy july daily early monthly weekly yearly
  hourly elderly friendly likely lonely lovely silly jelly belly bully rally tally multiply comply imply
  monopoly melancholy homily finally lately nearly hardly highly shortly closely mostly largely`
    .trim()
    .split(/\s+/),
);

/** `quickly` is `quick`, `easily` is `easy`; `family` stays. */
function withoutLy(word: string): string {
  if (noAdverbs.has(word)) return word;
  return word.endsWith('ily') ? `${word.slice(0, -3)}y` : withoutE(word.slice(0, -2));
}
