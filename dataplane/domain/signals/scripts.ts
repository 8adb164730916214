// Which script a text is written in, and which languages that leaves: for most scripts but Latin,
// Cyrillic, Arabic and Devanagari it is one.

export type Script =
  'latin' | 'cyrillic' | 'arabic' | 'devanagari' | 'other' | (typeof own)[number][0];

/** Scripts that give their language away; of several languages, the one that most is written in. */
const own = [
  ['Hira', 'ja'],
  ['Kana', 'ja'],
  ['Han', 'zh'],
  ['Hang', 'ko'],
  ['Thai', 'th'],
  ['Laoo', 'lo'],
  ['Khmr', 'km'],
  ['Mymr', 'my'],
  ['Hebr', 'he'],
  ['Grek', 'el'],
  ['Geor', 'ka'],
  ['Armn', 'hy'],
  ['Ethi', 'am'],
  ['Taml', 'ta'],
  ['Telu', 'te'],
  ['Knda', 'kn'],
  ['Mlym', 'ml'],
  ['Gujr', 'gu'],
  ['Guru', 'pa'],
  ['Orya', 'or'],
  ['Beng', 'bn'],
  ['Sinh', 'si'],
  ['Tibt', 'bo'],
] as const;

const languageOf: ReadonlyMap<string, string> = new Map(own);

const tests: readonly (readonly [Script, RegExp])[] = [
  ['latin', /\p{Script=Latin}/u],
  ...own.map(([script]) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const),
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['arabic', /\p{Script=Arabic}/u],
  ['devanagari', /\p{Script=Devanagari}/u],
];

const letter = /\p{L}/u;
// Asking twenty expressions costs a microsecond or two: each character is asked about once.
const known = new Map<string, Script | undefined>();
const mostKnown = 20_000;

function scriptOf(character: string): Script | undefined {
  if (known.has(character)) return known.get(character);
  const script = letter.test(character)
    ? (tests.find(([, test]) => test.test(character))?.[0] ?? 'other')
    : undefined;
  if (known.size < mostKnown) known.set(character, script);
  return script;
}

/** One character of these says as much as several letters of others. */
const weights: ReadonlyMap<string, number> = new Map([
  ['Han', 3],
  ['Hira', 2],
  ['Kana', 2],
  ['Hang', 2],
]);

export interface Writing {
  /** The script of most of the text. */
  readonly script: Script;
  /** Its share of the text, more than 0 and at most 1. */
  readonly share: number;
  /** The language that the script gives away; undefined where it leaves several. */
  readonly language: string | undefined;
}

/** How a text is written; undefined where it has no letters. */
export function readWriting(text: string): Writing | undefined {
  const amounts = new Map<Script, number>();
  let all = 0;
  for (const character of text) {
    const script = scriptOf(character);
    if (script === undefined) continue;
    const weight = weights.get(script) ?? 1;
    amounts.set(script, (amounts.get(script) ?? 0) + weight);
    all += weight;
  }
  const kana = (amounts.get('Hira') ?? 0) + (amounts.get('Kana') ?? 0);
  const han = amounts.get('Han') ?? 0;
  // Japanese is written in all three; Chinese in the first alone.
  if (kana > 0 && kana * 10 >= han) {
    amounts.set('Hira', kana + han);
    amounts.delete('Kana');
    amounts.delete('Han');
  }
  const [most] = [...amounts].sort(([, left], [, right]) => right - left);
  if (most === undefined) return undefined;
  const [script, amount] = most;
  return { script, share: amount / all, language: languageOf.get(script) };
}

/** Letters that a language written in Cyrillic does not have. */
const foreignLetters: ReadonlyMap<string, RegExp> = new Map([
  ['ru', /[іїєґўђјљњћџ]/giu],
  ['uk', /[ыъэёўђјљњћџ]/giu],
  ['be', /[ищъїєґђјљњћџ]/giu],
  ['bg', /[ыэёіїєґўђјљњћџ]/giu],
  ['sr', /[ыэёщъьюяйіїєґў]/giu],
]);

/** Whether a text has so many letters that the language does not have that it cannot be in it. */
export function isForeignTo(language: string, text: string): boolean {
  const pattern = foreignLetters.get(language);
  return pattern !== undefined && (text.match(pattern)?.length ?? 0) * 50 > text.length;
}
