// Personal data by form and by a model's word, together: what the model names is told in our types,
// names and addresses in one piece, and where both speak the surer is right.
import type { PiiType } from '../../../config/pii-types.ts';
import type { PiiSpan, TaggedSpan } from '../findings.ts';
import { withoutOverlaps } from './overlaps.ts';

/** Labels of the embedded model and of those of semantic-router; what is missing is no type of ours. */
const types: Readonly<Partial<Record<string, PiiType>>> = {
  GIVEN_NAME: 'PERSON',
  SURNAME: 'PERSON',
  PERSON: 'PERSON',
  BUILDING_NUMBER: 'STREET_ADDRESS',
  STREET_NAME: 'STREET_ADDRESS',
  SECONDARY_ADDRESS: 'STREET_ADDRESS',
  STREET_ADDRESS: 'STREET_ADDRESS',
  CITY: 'GPE',
  STATE: 'GPE',
  GPE: 'GPE',
  ZIP_CODE: 'ZIP_CODE',
  PHONE: 'PHONE_NUMBER',
  PHONE_NUMBER: 'PHONE_NUMBER',
  EMAIL: 'EMAIL_ADDRESS',
  EMAIL_ADDRESS: 'EMAIL_ADDRESS',
  URL: 'DOMAIN_NAME',
  DOMAIN_NAME: 'DOMAIN_NAME',
  DRIVERS_LICENSE: 'US_DRIVER_LICENSE',
  US_DRIVER_LICENSE: 'US_DRIVER_LICENSE',
  US_SSN: 'US_SSN',
  CREDIT_CARD: 'CREDIT_CARD',
  IBAN_CODE: 'IBAN_CODE',
  IP_ADDRESS: 'IP_ADDRESS',
  AGE: 'AGE',
  DATE_TIME: 'DATE_TIME',
  NRP: 'NRP',
  ORGANIZATION: 'ORGANIZATION',
  TITLE: 'TITLE',
};

/** What may stand between the parts of a name or an address. */
const joints: Readonly<Partial<Record<PiiType, RegExp>>> = {
  PERSON: /^(?: | [A-Z]\.? |, ?|-)$/,
  STREET_ADDRESS: /^(?: |, ?|\n| - )$/,
};

/** `structural`: as `recognisePii` gives them. */
export function unitePii(
  text: string,
  structural: readonly PiiSpan[],
  tagged: readonly TaggedSpan[],
): readonly PiiSpan[] {
  const named = tagged.flatMap((span): PiiSpan[] => {
    const type = types[span.label];
    if (type === undefined || !isPlausible(text, type, span)) return [];
    return [{ type, start: span.start, end: span.end, score: span.score }];
  });
  return withoutOverlaps([...structural, ...joined(text, named)]);
}

/** Names are written with a capital; numbers that models call by a checked type pass its check. */
function isPlausible(text: string, type: PiiType, { start, end }: TaggedSpan): boolean {
  const words = text.slice(start, end);
  if (type === 'PERSON') return /\p{Lu}/u.test(words) && !/[\d@/]/.test(words) && end - start > 1;
  if (type === 'EMAIL_ADDRESS') return words.includes('@');
  if (type === 'PHONE_NUMBER') return (words.match(/\d/g) ?? []).length >= 7;
  return !(type === 'CREDIT_CARD' || type === 'IBAN_CODE');
}

/** Neighbours of one type become one span, as sure as the surest of them. */
function joined(text: string, spans: readonly PiiSpan[]): PiiSpan[] {
  const result: PiiSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    const between = last === undefined ? '' : text.slice(last.end, span.start);
    if (last?.type === span.type && joints[span.type]?.test(between) === true) {
      const score = Math.max(last.score, span.score);
      result[result.length - 1] = { ...last, end: span.end, score };
    } else result.push(span);
  }
  return result;
}
