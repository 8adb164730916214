import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { follows, matches, type Found, type Recogniser } from './recogniser.ts';

const candidate =
  /(?<![\w.,/:@#$€£-])(?:\+|00)?\(?\d(?:[ ().-]{0,3}\d){5,14}(?:[ ,]{0,2}(?:x|ext\.?|extension)[ .]{0,2}\d{1,6})?(?![\w%]|[-.,:/]\d)/g;
const words =
  /\b(?:phones?|telephone|tel|call(?:ed|ing)?|cell|mobile|fax|dial|ring|text|sms|whatsapp|hotline|contact|reach|number|handy|telefon|téléphone|teléfono|móvil|numéro|cellulare)\b/i;
/** Other numbers that look alike. */
const others =
  /\b(?:order|invoice|account|acct|iban|card|ssn|social|serial|isbn|tracking|ticket|case|id|passport|license|licence|zip|policy|reference|ref|batch|sku|port)\b[ #:.a-z]{0,12}$/i;
const date = /^(?:\d{4}[-. ]\d{1,2}[-. ]\d{1,2}|\d{1,2}[-. ]\d{1,2}[-. ]\d{2,4})$/;
/** As Americans write them: an area code, an exchange, four digits, and signs between. */
const american = /^(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)/;

/** Tried in turn where a number does not say its country. */
const regions: readonly CountryCode[] = ['US', 'GB', 'DE', 'FR', 'ES', 'IT', 'IN', 'BR', 'AU'];

export const phoneNumber: Recogniser = {
  type: 'PHONE_NUMBER',
  *find(text): Generator<Found> {
    for (const match of matches(text, candidate)) {
      const number = match[0];
      if (date.test(number) || follows(text, match.index, others)) continue;
      const score = scoreOf(number, follows(text, match.index, words));
      if (score > 0) yield { start: match.index, end: match.index + number.length, score };
    }
  },
};

function scoreOf(number: string, isExpected: boolean): number {
  const international = /^(?:\+|00)/.test(number);
  if (international) {
    const parsed = parsePhoneNumberFromString(number.replace(/^00/, '+'));
    if (parsed?.isValid() === true) return 0.95;
    return isExpected ? 0.8 : 0;
  }
  if (american.test(number)) return isExpected ? 0.95 : 0.75;
  // A row of digits alone is anything.
  const hasForm = /[ ().-]/.test(number);
  if (!isExpected) return hasForm && isValidSomewhere(number) ? 0.5 : 0;
  return isValidSomewhere(number) ? 0.9 : hasForm ? 0.75 : 0.6;
}

function isValidSomewhere(number: string): boolean {
  return regions.some((region) => parsePhoneNumberFromString(number, region)?.isValid() === true);
}
