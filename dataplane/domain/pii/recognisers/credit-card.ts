// Numbers of payment cards: of a length and a beginning that some network issues, with the right
// check digit. Where the text speaks of a card, the check digit alone will do.
import { passesLuhn } from '../checksums/luhn.ts';
import {
  digitGroups,
  gapsOf,
  seriesOf,
  shapeOf,
  standsAlone,
  type DigitGroup,
  type DigitSeries,
} from '../digit-groups.ts';
import type { PiiSpan } from '../pii-span.ts';
import { isNear, surroundingsOf } from '../surroundings.ts';

const maxGroups = 6;
const fewestDigits = 12;
const mostDigits = 19;

/** Ranges of leading digits, and how many digits cards of them have. */
const issuers: readonly {
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
}[] = [
  { from: 4000, to: 4999, lengths: [13, 16, 18, 19] }, // Visa
  { from: 5100, to: 5599, lengths: [16] }, // Mastercard
  { from: 2221, to: 2720, lengths: [16] },
  { from: 2200, to: 2204, lengths: [16, 17, 18, 19] }, // Mir
  { from: 3400, to: 3499, lengths: [15] }, // American Express
  { from: 3700, to: 3799, lengths: [15] },
  { from: 3000, to: 3059, lengths: [14, 16, 17, 18, 19] }, // Diners Club
  { from: 3600, to: 3699, lengths: [14, 16, 17, 18, 19] },
  { from: 3800, to: 3999, lengths: [14, 16, 17, 18, 19] },
  { from: 3528, to: 3589, lengths: [16, 17, 18, 19] }, // JCB
  { from: 1800, to: 1800, lengths: [15] },
  { from: 2131, to: 2131, lengths: [15] },
  { from: 5000, to: 5099, lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro, Verve, Elo
  { from: 5600, to: 5899, lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro
  { from: 6000, to: 6999, lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro, Discover, UnionPay, RuPay
  { from: 8100, to: 8299, lengths: [16] }, // RuPay
  { from: 9792, to: 9792, lengths: [16] }, // Troy
];

// As printed on cards, the usual groupings first.
const shapes = [
  /^\d{2}$/,
  /^4-4-4-4$/,
  /^4-6-[45]$/,
  /^8-8$/,
  /^4-4-4-4-[1-3]$/,
  /^4-4-4-[1-3]$/,
  /^4-4-4$/,
  /^[68]-\d{1,2}$/,
];
const gap = /^(?: ?[-.] ?| {1,2})$/;
const speaksOfCards =
  /card|credit|debit|visa|mastercard|amex|american express|discover|diners|maestro|jcb|unionpay| cc | pan |karte|carte|tarjeta|carta|cartão|kaart/;
const isAnotherNumber = /imei|iccid|isbn|tracking|order|invoice|serial|ticket|account|timestamp/;

export function* findCreditCards(text: string): Generator<PiiSpan> {
  const groups = digitGroups(text);
  for (let from = 0; from < groups.length;) {
    const card = cardAt(text, groups, from);
    if (card === undefined) from += 1;
    else {
      yield card.span;
      from += card.groups;
    }
  }
}

function cardAt(
  text: string,
  groups: readonly DigitGroup[],
  from: number,
): { readonly span: PiiSpan; readonly groups: number } | undefined {
  const candidates: DigitSeries[] = [];
  for (let to = from + 1; to <= Math.min(groups.length, from + maxGroups); to += 1) {
    const last = groups[to - 1];
    const first = groups[from];
    if (first === undefined || last === undefined || last.end - first.start > mostCharacters) break;
    const series = seriesOf(text, groups, from, to);
    const { length } = series.digits;
    if (length > mostDigits || !isEvenlyParted(text, series)) break;
    if (length >= fewestDigits && rankOf(series) >= 0) candidates.push(series);
  }
  candidates.sort((a, b) => rankOf(a) - rankOf(b));
  for (const series of candidates) {
    const score = scoreOf(text, series);
    if (score === 0) continue;
    const { start, end } = series;
    return {
      span: { type: 'CREDIT_CARD', start, end, score },
      groups: series.groups.length,
    };
  }
  return undefined;
}

/** Nineteen digits, and three characters in each of five gaps. */
const mostCharacters = mostDigits + 3 * (maxGroups - 1);

function isEvenlyParted(text: string, series: DigitSeries): boolean {
  const gaps = gapsOf(text, series);
  return gaps.every((one) => gap.test(one) && one === gaps[0]);
}

function rankOf(series: DigitSeries): number {
  const shape = shapeOf(series);
  return shapes.findIndex((pattern) => pattern.test(shape));
}

function scoreOf(text: string, { digits, start, end }: DigitSeries): number {
  if (!passesLuhn(digits) || /^(\d)\1+$/.test(digits)) return 0;
  if (!standsAlone(text, start, end)) return 0;
  const surroundings = surroundingsOf(text, start, end);
  if (isNear(speaksOfCards, surroundings)) return 1;
  if (!isIssued(digits)) return 0;
  return isNear(isAnotherNumber, surroundings) ? 0.5 : 1;
}

function isIssued(digits: string): boolean {
  const beginning = Number(digits.slice(0, 4));
  return issuers.some(
    ({ from, lengths, to }) =>
      beginning >= from && beginning <= to && lengths.includes(digits.length),
  );
}
