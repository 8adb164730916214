// A prompt cut into words, numbers and signs, each told apart by what it looks like.
import { multipliers, numberWords, romanNumerals } from '../lexicon/numbers.ts';

export interface Token {
  /** `word`, `number`, `quoted` text, `stop` between clauses, or another `sign`. */
  readonly kind: 'word' | 'number' | 'quoted' | 'stop' | 'sign';
  /** Lower case; a number in one form whatever it was written in. */
  readonly text: string;
  /** Whether it began with a capital letter. */
  readonly isCapital: boolean;
  /** Whether all of it were capitals, two or more, in a text with other letters. */
  readonly isAcronym: boolean;
}

const pattern = new RegExp(
  [
    '"([^"]{1,200})"', // 1: quoted
    "(?<![\\w])'([^']{1,80})'(?![\\w])", // 2: quoted
    '(\\d+(?:[.,:/-]\\d+)*)([a-z]{0,12})', // 3, 4: a number, and what stands right behind it
    '((?:\\.net|c\\+\\+|[cf]#|node\\.js|vue\\.js|next\\.js|three\\.js|d3\\.js|asp\\.net|[\\p{L}\\p{M}]+(?:\\d+[\\p{L}\\d]*)?)(?![\\p{L}]))', // 5: a word
    '((?<!\\w)-(?=\\d)|(?<=[\\d)]|\\b[a-z]) ?[-](?= ?(?:[\\d(]|[a-z]\\b))|(?<=\\d)!)', // 6: minus, factorial
    '([,.;:!?()\\n-])', // 7: parts clauses
    '(\\S)', // 8: a sign
  ].join('|'),
  'giu',
);

/**
 * Expects plain text with contractions written out. `isMixed`: capitals say something in it, since
 * not all of it is written in them.
 */
export function tokensOf(text: string, isMixed: boolean): Token[] {
  const tokens: Token[] = [];
  const isFormula = /[+*/^=]/.test(text);
  for (const match of text.matchAll(pattern)) {
    const [, double, single, digits, behind = '', word, operator, stop, sign = ''] = match;
    const quoted = double ?? single;
    if (quoted !== undefined) push(tokens, 'quoted', quoted.trim().toLowerCase());
    else if (digits !== undefined) pushNumber(tokens, digits, behind.toLowerCase());
    else if (word !== undefined) pushWord(tokens, word, isMixed);
    else if (operator !== undefined) push(tokens, 'sign', operator.trim());
    else if (stop !== undefined)
      push(tokens, isFormula && '()'.includes(stop) ? 'sign' : 'stop', stop);
    else push(tokens, 'sign', sign);
  }
  return joinedNumbers(tokens);
}

function push(tokens: Token[], kind: Token['kind'], text: string, isCapital = false): void {
  tokens.push({ kind, text, isCapital, isAcronym: false });
}

function pushWord(tokens: Token[], word: string, isMixed: boolean): void {
  tokens.push({
    kind: 'word',
    text: word.toLowerCase(),
    isCapital: /^\p{Lu}/u.test(word),
    isAcronym: isMixed && /^\p{Lu}{2,}$/u.test(word),
  });
}

/** `2nd` is 2, `5km` is 5 km; `2fa` and `3d` are words. */
function pushNumber(tokens: Token[], digits: string, behind: string): void {
  const number = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(digits)
    ? digits.replaceAll(',', '')
    : digits;
  const plain = /^\d+\.\d+$/.test(number) ? String(Number(number)) : number;
  if (behind === '' || /^(?:st|nd|rd|th)$/.test(behind)) push(tokens, 'number', plain);
  else if (behind.length === 1 && !'gmlcfvwk'.includes(behind))
    push(tokens, 'word', plain + behind);
  else if (/^(?:fa|g|d|k|x|s)$/.test(behind)) push(tokens, 'word', plain + behind);
  else {
    push(tokens, 'number', plain);
    push(tokens, 'word', behind);
  }
}

/** Words that are numbers become numbers: `twenty-five`, `two hundred`, `third`, `II`. */
function joinedNumbers(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    const run = numberRun(tokens, index);
    if (run === undefined) {
      joined.push(token);
      continue;
    }
    push(joined, 'number', String(run.value));
    index = run.end - 1;
  }
  return joined;
}

function numberRun(
  tokens: readonly Token[],
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value: number | undefined;
  let end = start;
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text === '-' && value !== undefined && smallNumber(tokens[index + 1]) !== undefined)
      continue;
    const small = smallNumber(token);
    const many = token.kind === 'word' ? multipliers.get(token.text) : undefined;
    if (many !== undefined && value !== undefined) value *= many;
    else if (small !== undefined && value === undefined && !isPronoun(tokens, index)) value = small;
    else if (
      small !== undefined &&
      value !== undefined &&
      value >= 20 &&
      small < value &&
      token.kind === 'word'
    ) {
      value += small;
    } else break;
    end = index + 1;
  }
  return value === undefined || end === start ? undefined : { value, end };
}

function smallNumber(token: Token | undefined): number | undefined {
  if (token === undefined) return undefined;
  if (token.kind === 'number') {
    return /^\d+(?:\.\d+)?$/.test(token.text) && token.text.length < 16 && !/^0\d/.test(token.text)
      ? Number(token.text)
      : undefined;
  }
  if (token.kind !== 'word') return undefined;
  return numberWords.get(token.text) ?? romanNumerals.get(token.text);
}

/** `which one`, `one should`: no number. `a second`, `per second`, `30 seconds`: a unit. */
function isPronoun(tokens: readonly Token[], index: number): boolean {
  const text = tokens[index]?.text;
  const before = tokens[index - 1];
  if (text === 'second') {
    return before?.kind === 'number' || /^(?:per|a|each|every)$/.test(before?.text ?? '');
  }
  if (text === 'quarter') return before?.kind !== 'word' || !/^(?:a|one|three)$/.test(before.text);
  if (text !== 'one') return false;
  const after = tokens[index + 1];
  return after?.kind !== 'word' || !multipliers.has(after.text);
}
