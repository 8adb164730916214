// Numbers of payment cards: of a length and a beginning that some network issues, with the right
// check digit. Where the text speaks of a card, the check digit alone will do.
import { passesLuhn } from '../checksums/luhn.ts';
import {
  digitGroups,
  gapsOf,
  seriesOf,
  standsAlone,
  type DigitGroup,
  type DigitSeries,
} from '../digit-groups.ts';
import type { PiiSpan } from '../../findings.ts';
import { isNear, surroundingsOf } from '../surroundings.ts';

const maxGroups = 6;

/** Ranges of leading digits, and how many digits cards of them have. */
const issuers: readonly {
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
}[] = [
  { from: 4000, to: 4999, lengths: [13, 16, 19] }, // Visa
  { from: 5100, to: 5599, lengths: [16] }, // Mastercard
  { from: 2221, to: 2720, lengths: [16] },
  { from: 2200, to: 2204, lengths: [16, 19] }, // Mir
  { from: 3400, to: 3499, lengths: [15] }, // American Express
  { from: 3700, to: 3799, lengths: [15] },
  { from: 3000, to: 3059, lengths: [14] }, // Diners Club
  { from: 3600, to: 3699, lengths: [14] },
  { from: 3800, to: 3999, lengths: [14, 16] },
  { from: 3500, to: 3599, lengths: [16] }, // JCB
  { from: 1800, to: 1800, lengths: [15] },
  { from: 2131, to: 2131, lengths: [15] },
  { from: 5000, to: 5099, lengths: [12, 16, 19] }, // Maestro, Verve, Elo
  { from: 5600, to: 5899, lengths: [12, 16, 19] }, // Maestro
  { from: 6304, to: 6304, lengths: [12, 16, 19] },
  { from: 6390, to: 6390, lengths: [12, 16, 19] },
  { from: 6759, to: 6763, lengths: [12, 16, 19] },
  { from: 6011, to: 6011, lengths: [16, 19] }, // Discover
  { from: 6440, to: 6599, lengths: [16, 19] },
  { from: 6000, to: 6099, lengths: [16] }, // RuPay
  { from: 6200, to: 6299, lengths: [16, 17, 18, 19] }, // UnionPay
  { from: 8100, to: 8299, lengths: [16] }, // RuPay
  { from: 9792, to: 9792, lengths: [16] }, // Troy
];

/** How the digits are grouped, as printed on cards; the usual ways first. */
const shapes: readonly string[] = [
  ...['4-4-4-4', '4-6-5', '4-6-4', '8-8'],
  ...['16', '15', '14', '13', '12', '17', '18', '19'],
  ...[
    '4-4-4-4-1',
    '4-4-4-4-2',
    '4-4-4-4-3',
    '4-4-4-3',
    '4-4-4-2',
    '4-4-4-1',
    '4-4-4',
    '4-8',
    '6-13',
  ],
];
const gap = /^(?: ?[-.] ?| {1,2})$/;
const speaksOfCards =
  /card|credit|debit|visa|mastercard|amex|american express|discover|diners|maestro|jcb|unionpay| cc | pan |karte|carte|tarjeta|carta|cartão|kaart/;
/** What a number is called right before it. */
const isAnotherNumber =
  / (?:imei|iccid|isbn|tracking|order|invoice|serial|ticket|timestamp)(?: (?:number|no|nr|id|code|is))* $/;

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
  for (const to of endsOfShapes(text, groups, from)) {
    const series = seriesOf(text, groups, from, to);
    if (!passesLuhn(series.digits) || isPartOfSeries(text, groups, from, to)) continue;
    const { start, end } = series;
    const score = scoreOf(text, series);
    if (score > 0) return { span: { type: 'CREDIT_CARD', start, end, score }, groups: to - from };
  }
  return undefined;
}

/** Where series of a shape end that begin with the group `from`, the best shape first. */
function endsOfShapes(text: string, groups: readonly DigitGroup[], from: number): number[] {
  const ends: { readonly rank: number; readonly to: number }[] = [];
  let shape = '';
  let parted: string | undefined;
  for (let to = from; to < Math.min(groups.length, from + maxGroups); to += 1) {
    const here = groups[to];
    const before = to > from ? groups[to - 1] : undefined;
    if (here === undefined) break;
    if (before !== undefined) {
      const between = text.slice(before.end, here.start);
      parted ??= between;
      if (between !== parted || !gap.test(between)) break;
      shape += '-';
    }
    shape += String(here.end - here.start);
    const rank = shapes.indexOf(shape);
    if (rank >= 0) ends.push({ rank, to: to + 1 });
    else if (!shapes.some((one) => one.startsWith(`${shape}-`))) break;
  }
  return ends.sort((a, b) => a.rank - b.rank).map(({ to }) => to);
}

/**
 * Whether groups of four go on before or behind it, as in columns of numbers and longer codes. Four of
 * them may be another card.
 */
function isPartOfSeries(
  text: string,
  groups: readonly DigitGroup[],
  from: number,
  to: number,
): boolean {
  if (to - from < 2) return false;
  const { start = 0 } = groups[from] ?? {};
  if (/[A-Z]{2}\d\d[ -]$/.test(text.slice(Math.max(0, start - 5), start))) return true;
  const [gapWithin = ''] = gapsOf(text, seriesOf(text, groups, from, to));
  const before = groupsJoined({ text, groups, at: from, step: -1 }, gapWithin);
  const after = groupsJoined({ text, groups, at: to - 1, step: 1 }, gapWithin);
  return before % 4 !== 0 || after % 4 !== 0;
}

/** How many groups of four follow in one direction, with the same gap between them; twelve at most. */
function groupsJoined(
  walk: {
    readonly text: string;
    readonly groups: readonly DigitGroup[];
    readonly at: number;
    readonly step: 1 | -1;
  },
  gapWithin: string,
): number {
  const { at, groups, step, text } = walk;
  let count = 0;
  for (; count < 12; count += 1) {
    const here = groups[at + step * count];
    const next = groups[at + step * (count + 1)];
    if (here === undefined || next === undefined) break;
    const between = step > 0 ? text.slice(here.end, next.start) : text.slice(next.end, here.start);
    if (between !== gapWithin || next.end - next.start !== 4) break;
    // The end of a date, a year, or the end of a number that is parted in another way.
    if (step < 0 && isOfAnother(text, next)) break;
  }
  return count;
}

function isOfAnother(text: string, { end, start }: DigitGroup): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  return /\d[-./]$/.test(before) || /^(?:19|20)\d\d$/.test(text.slice(start, end));
}

function scoreOf(text: string, { digits, start, end }: DigitSeries): number {
  if (/^(\d)\1+$/.test(digits) || !standsAlone(text, start, end)) return 0;
  const surroundings = surroundingsOf(text, start, end);
  if (isNear(speaksOfCards, surroundings)) return 1;
  if (!isIssued(digits)) return 0;
  return isAnotherNumber.test(surroundings.before) ? 0.5 : 1;
}

function isIssued(digits: string): boolean {
  const beginning = Number(digits.slice(0, 4));
  return issuers.some(
    ({ from, lengths, to }) =>
      beginning >= from && beginning <= to && lengths.includes(digits.length),
  );
}
