import { follows, matches, type Found, type Recogniser } from './recogniser.ts';

/** Groups of digits with one blank or hyphen between them; longer runs are numbers of other things. */
const groups = /(?<![A-Za-z0-9_]|\d[.,])\d{1,19}(?:[ -]\d{1,19}){0,11}(?![A-Za-z0-9_])/g;
const words =
  /\b(?:card|visa|mastercard|amex|american express|discover|maestro|jcb|diners|credit|debit|cc|karte|carte|tarjeta)\b/i;

const fewest = 12;
const most = 19;

// Issuers' ranges as ISO/IEC 7812 registers them: Visa; Mastercard; American Express; Diners Club;
// Discover; JCB, its old numbers too; UnionPay; Maestro.
const issuers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|095|6|8|9)/, [14, 16, 17, 18, 19]],
  [/^6(?:011|4[4-9]|5)/, [16, 17, 18, 19]],
  [/^(?:2131|1800)/, [15]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [12, 13, 14, 15, 16, 17, 18, 19]],
];

export const creditCard: Recogniser = {
  type: 'CREDIT_CARD',
  *find(text): Generator<Found> {
    for (const match of matches(text, groups)) {
      const card = longestCard(match[0], follows(text, match.index, words));
      if (card === undefined) continue;
      yield { start: match.index + card.start, end: match.index + card.end, score: 1 };
    }
  },
};

/** Whole groups only: a card number does not begin within a group. */
function longestCard(
  run: string,
  isExpected: boolean,
): { readonly start: number; readonly end: number } | undefined {
  const parts = [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, index }));
  let best: { start: number; end: number; length: number } | undefined;
  for (const [first, { index: start }] of parts.entries()) {
    let digits = '';
    for (const part of parts.slice(first)) {
      digits += part.digits;
      if (digits.length > most) break;
      if (digits.length <= (best?.length ?? fewest - 1)) continue;
      if (!passesLuhn(digits) || !(hasIssuer(digits) || isExpected)) continue;
      best = { start, end: part.index + part.digits.length, length: digits.length };
    }
  }
  return best;
}

function hasIssuer(digits: string): boolean {
  return issuers.some(
    ([prefix, lengths]) => prefix.test(digits) && lengths.includes(digits.length),
  );
}

/** ISO/IEC 7812-1, annex B. A row of one digit passes too, and is no card. */
function passesLuhn(digits: string): boolean {
  if (/^(\d)\1*$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
