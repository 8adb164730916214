// How old somebody is. It counts where people speak of themselves or a form asks for it; the age of the
// man of an exercise is told too, too low to act on by default.
import type { PiiSpan } from '../../findings.ts';

const number = '(1[01]\\d|[1-9]?\\d)';
const stated = new RegExp(
  String.raw`\b(?:(?:i am|i'm|im|he is|she is|he's|she's) (?:only |just |now )?|my age is|my age:|age:|age is|aged:) {0,2}${number}(?= (?:years?|yrs?)[ -]old| y\.?\/?o\b|[.,;!)\n]|$| and | year)`,
  'giu',
);
const told = new RegExp(
  String.raw`\b(?:aged|age of|turned|turning) ${number}\b|\b${number}[ -](?:years?|yrs?)[ -]old\b|\b${number} ?(?:y\/o|yo)\b`,
  'giu',
);

export function* findAges(text: string): Generator<PiiSpan> {
  yield* spans(text, stated, 0.8);
  yield* spans(text, told, 0.5);
}

/** The number alone is the age. */
function* spans(text: string, pattern: RegExp, score: number): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(pattern)) {
    const { 0: digits = '', index: within = 0 } = /\d+/.exec(found) ?? {};
    const start = index + within;
    yield { type: 'AGE', start, end: start + digits.length, score };
  }
}
