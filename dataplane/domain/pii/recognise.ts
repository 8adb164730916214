// Finds personal data that has a form: numbers with check digits, addresses, and what the words around
// it name. It needs no model, and finds no names of people.
import type { PiiSpan } from '../findings.ts';
import { readLegibly } from './legible-text.ts';
import { withoutOverlaps } from './overlaps.ts';
import { findAges } from './recognisers/age.ts';
import { findCreditCards } from './recognisers/credit-card.ts';
import { findDates } from './recognisers/date-time.ts';
import { findDomainNames } from './recognisers/domain-name.ts';
import { findEmailAddresses } from './recognisers/email-address.ts';
import { findIbans } from './recognisers/iban-code.ts';
import { findIpAddresses } from './recognisers/ip-address.ts';
import { findPeople } from './recognisers/person.ts';
import { findPhoneNumbers } from './recognisers/phone-number.ts';
import { findStreetAddresses } from './recognisers/street-address.ts';
import { findTitles } from './recognisers/title.ts';
import { findDriverLicenses } from './recognisers/us-driver-license.ts';
import { findSsns } from './recognisers/us-ssn.ts';
import { findZipCodes } from './recognisers/zip-code.ts';
import type { Recogniser } from './recogniser.ts';

/** In the order in which they are believed where two are equally sure of one stretch. */
const recognisers: readonly Recogniser[] = [
  findEmailAddresses,
  findIbans, // mod 97
  findCreditCards, // Luhn
  findSsns,
  findIpAddresses,
  findDriverLicenses, // by context alone
  findStreetAddresses,
  findZipCodes,
  findPhoneNumbers,
  findDomainNames,
  findDates,
  findAges,
  findPeople, // only where a text introduces them
  findTitles,
];

/**
 * The spans of a text in order; they do not overlap. Time is linear in the length of the text,
 * whatever it holds.
 */
export function recognisePii(text: string): readonly PiiSpan[] {
  const legible = readLegibly(text);
  const found = recognisers.flatMap((recognise) => [...recognise(legible.text)]);
  return withoutOverlaps(found).map((span) => ({
    ...span,
    ...legible.place(span.start, span.end),
  }));
}
