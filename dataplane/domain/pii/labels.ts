// What models call the types of personal data: the embedded one in its own words, those of
// semantic-router in the names that configurations use.
import { isPiiType, type PiiType } from '../../../config/pii-types.ts';
import type { PiiSpan, TaggedSpan } from '../findings.ts';
import { overlap } from './overlaps.ts';

/** Labels of the embedded model that have a type of ours; bank accounts and routing numbers have none. */
const types: ReadonlyMap<string, PiiType> = new Map([
  ['GIVEN_NAME', 'PERSON'],
  ['SURNAME', 'PERSON'],
  ['EMAIL', 'EMAIL_ADDRESS'],
  ['PHONE', 'PHONE_NUMBER'],
  ['URL', 'DOMAIN_NAME'],
  ['BUILDING_NUMBER', 'STREET_ADDRESS'],
  ['STREET_NAME', 'STREET_ADDRESS'],
  ['SECONDARY_ADDRESS', 'STREET_ADDRESS'],
  ['CITY', 'GPE'],
  ['STATE', 'GPE'],
  ['DRIVERS_LICENSE', 'US_DRIVER_LICENSE'],
  // The nearest there is: another document that tells who somebody is.
  ['PASSPORT', 'US_DRIVER_LICENSE'],
]);

/** Labels that many numbers get: a social security number only where its form says so too. */
const vague: ReadonlySet<string> = new Set(['TAX_ID', 'GOVERNMENT_ID']);

/** The type of a span as far as its words bear it out; undefined where it is none of ours. */
export function typeOf(
  text: string,
  span: TaggedSpan,
  forms: readonly PiiSpan[],
): PiiType | undefined {
  const words = text.slice(span.start, span.end);
  const type = isPiiType(span.label) ? span.label : types.get(span.label);
  if (type === undefined) {
    return vague.has(span.label) &&
      forms.some((form) => form.type === 'US_SSN' && overlap(form, span))
      ? 'US_SSN'
      : undefined;
  }
  if (type === 'PHONE_NUMBER' && isInList(text, span)) return undefined;
  return isBorneOut(type, words) ? type : undefined;
}

/** Whether it goes on from a number before it, as in a sequence of numbers. */
function isInList(text: string, { start }: TaggedSpan): boolean {
  return /\d[ ,]{1,2}$/.test(text.slice(Math.max(0, start - 3), start));
}

function isBorneOut(type: PiiType, words: string): boolean {
  const digits = words.match(/\p{Nd}/gu)?.length ?? 0;
  switch (type) {
    case 'CREDIT_CARD':
    case 'IBAN_CODE':
    case 'EMAIL_ADDRESS':
      // Their forms find every one of them, and no other.
      return false;
    case 'US_SSN':
      return digits === 9;
    case 'DOMAIN_NAME':
      return /[\p{L}\p{N}-]\.[\p{L}]{2}/u.test(words);
    case 'PHONE_NUMBER':
      return digits >= 7 && digits <= 15 && !/^\D*\d{3}-\d{2}-\d{4}\D*$/.test(words);
    case 'US_DRIVER_LICENSE':
      return digits >= 4;
    case 'ZIP_CODE':
      return digits >= 2;
    case 'PERSON':
      return /\p{L}/u.test(words) && !/[\p{Nd}@/]/u.test(words);
    default:
      return /[\p{L}\p{N}]/u.test(words);
  }
}
