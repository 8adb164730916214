// Phone numbers. Forms that hardly anything else has count by themselves; every other number counts
// where the text speaks of phones, and an international one where a country has such numbers.
import { digitGroups, gapsOf, seriesOf, standsAlone, type DigitGroup } from '../digit-groups.ts';
import { createPhoneBook, type PhoneBook } from '../phone-book.ts';
import type { PiiSpan } from '../../findings.ts';
import { surroundingsOf, type Surroundings } from '../surroundings.ts';

const maxGroups = 7;
const fewestDigits = 7;
const mostDigits = 15;
const mostCharacters = 28;

const gap = /^(?: ?[-./] ?| {1,2}|\) ?[-./]?|[ -.]?\(| ?\(0\) ?)$/;
const opening = /(?:\+ ?\(?|\(\+?|(?<!\d)\+)$/;
const extension = /^,? ?(?:x|ext\.?|extension|durchwahl|poste) ?\d{1,6}(?!\d)/i;

const speaksOfPhones =
  /phone|telefon|teléfono|téléphone|handy|fax|whatsapp|mobile|móvil|celular|hotline|voicemail|rufnummer| (?:tel|calls?|called|calling|cell|dial|dialed|text|sms|texted|reach|reached|contact|ring|landline|pager|anrufen|appeler|appelez|llamar|llame|chiamare|bellen) /;
const speaksOfOthers =
  / (?:orders?|invoice|account|accounts|serial|tracking|card|ssn|iban|routing|isbn|ids?|number of|zip|population|version|case|ticket|passport|licen[cs]e|amount|total|price|cost|costs) /;

const northAmerican = /^(?:\+?1[-. ]{0,2})?(?:\(\d{3}\)[ -.]{0,2}|\d{3}[-./ ])\d{3}[-. ]\d{4}$/;
const french = /^0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}$/;
const dates =
  /^(?:(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./ ](?:0?[1-9]|[12]\d|3[01])[-./ ](?:19|20)?\d\d|(?:19|20)\d\d ?- ?(?:19|20)\d\d)(?!\d)/;
const postalCode = /^\d{5}-\d{4}$/;

interface Candidate {
  readonly raw: string;
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  readonly isInternational: boolean;
}

export function* findPhoneNumbers(text: string): Generator<PiiSpan> {
  const groups = digitGroups(text);
  const book = createPhoneBook();
  for (let from = 0; from < groups.length;) {
    const best = bestAt(text, groups, from, book);
    if (best === undefined) {
      from += 1;
      continue;
    }
    yield best.span;
    from += best.groups;
  }
}

function bestAt(
  text: string,
  groups: readonly DigitGroup[],
  from: number,
  book: PhoneBook,
): { readonly span: PiiSpan; readonly groups: number } | undefined {
  let best:
    { readonly candidate: Candidate; readonly form: number; readonly to: number } | undefined;
  for (let to = longestFrom(text, groups, from); to > from; to -= 1) {
    const candidate = candidateOf(text, groups, from, to);
    const form = candidate === undefined ? 0 : formScore(candidate, book);
    if (candidate !== undefined && form > (best?.form ?? 0)) best = { candidate, form, to };
    // A shorter series is no better unless it has a form of its own.
    if (best !== undefined && !mayHaveForm(text, groups, from)) break;
  }
  if (best === undefined) return undefined;
  const { candidate, form, to } = best;
  const { start } = candidate;
  const more = extension.exec(text.slice(candidate.end, candidate.end + 20))?.[0].length ?? 0;
  const end = candidate.end + more;
  const withExtension = Math.min(0.95, form + (more > 0 ? 0.25 : 0));
  const score = inContext(withExtension, candidate, surroundingsOf(text, start, end));
  const span: PiiSpan = { type: 'PHONE_NUMBER', start, end, score };
  return { span, groups: to - from + (more > 0 ? 1 : 0) };
}

/** Whether a number that begins with this group may be of a form that few other numbers have. */
function mayHaveForm(text: string, groups: readonly DigitGroup[], from: number): boolean {
  const { start = 0, end = 0 } = groups[from] ?? {};
  const length = end - start;
  return (
    length === 3 ||
    text.charAt(start) === '0' ||
    /[+(]/.test(text.slice(Math.max(0, start - 2), start)) ||
    (length === 1 && text.charAt(start) === '1')
  );
}

/** The end of the longest series from a group on that may be one number. */
function longestFrom(text: string, groups: readonly DigitGroup[], from: number): number {
  let digits = 0;
  let to = from;
  for (; to < Math.min(groups.length, from + maxGroups); to += 1) {
    const here = groups[to];
    const previous = groups[to - 1];
    if (here === undefined) break;
    digits += here.end - here.start;
    if (digits > mostDigits) break;
    if (to === from || previous === undefined) continue;
    if (here.start - previous.end > 5 || !gap.test(text.slice(previous.end, here.start))) break;
  }
  return to;
}

function candidateOf(
  text: string,
  groups: readonly DigitGroup[],
  from: number,
  to: number,
): Candidate | undefined {
  const series = seriesOf(text, groups, from, to);
  const { digits, end } = series;
  const opened = opening.exec(text.slice(Math.max(0, series.start - 3), series.start))?.[0] ?? '';
  const start = series.start - opened.length;
  const raw = text.slice(start, end);
  if (digits.length < fewestDigits || raw.length > mostCharacters) return undefined;
  // Numbers in a row, such as the columns of a table, are no phone number.
  if (digits.length < 2 * series.groups.length || !isBalanced(raw)) return undefined;
  if (dates.test(raw) || postalCode.test(raw) || !standsAlone(text, start, end)) return undefined;
  if (/[$€£¥]\s?$/.test(text.slice(Math.max(0, start - 2), start))) return undefined;
  const dots = gapsOf(text, series).filter((one) => one === '.').length;
  if (dots === 1 && series.groups.length === 2) return undefined;
  return { raw, digits, start, end, isInternational: opened.includes('+') || raw.startsWith('00') };
}

function isBalanced(raw: string): boolean {
  return raw.split('(').length === raw.split(')').length;
}

/** How much the form alone says. */
function formScore({ digits, isInternational, raw }: Candidate, book: PhoneBook): number {
  if (isInternational) {
    const number = raw.includes('(0)') ? raw.replace('(0)', '') : `+${digits.replace(/^00/, '')}`;
    const use = book.useOf(number);
    if (use !== 'none') return use === 'known' ? 0.95 : 0.75;
    if (raw.startsWith('+')) return 0.5;
  }
  if (northAmerican.test(raw)) return isExchange(digits) ? northAmericanScore(raw) : 0.5;
  if (french.test(raw)) return 0.75;
  if (raw.startsWith('0') || raw.startsWith('(0')) {
    const isParted = raw.length > digits.length;
    if (isParted && digits.length >= 9) return book.isInUseSomewhere(raw) ? 0.7 : 0.4;
    return 0.3;
  }
  if (raw.length > digits.length) return 0.35;
  // Too short to be told from a quantity, whatever stands around it.
  return digits.length < 9 || /0{4}$/.test(digits) ? 0.2 : 0.3;
}

function northAmericanScore(raw: string): number {
  if (raw.includes('(')) return 0.9;
  return /[-.]\d{3}[-.]/.test(raw) ? 0.8 : 0.6;
}

/** Neither an area nor an exchange of the North American plan begins with 0 or 1. */
function isExchange(digits: string): boolean {
  return /^[2-9]\d\d[2-9]\d{6}$/.test(digits.slice(-10));
}

/** What stands before a number says more about it than what follows. */
function inContext(form: number, { digits }: Candidate, { after, before }: Surroundings): number {
  const isOther = speaksOfOthers.test(before);
  if (speaksOfPhones.test(before)) return Math.min(1, form + 0.45);
  if (isOther) return Math.min(form, form >= 0.9 ? 0.9 : 0.3);
  if (speaksOfPhones.test(after) && digits.length <= 13) return Math.min(1, form + 0.4);
  return form;
}
