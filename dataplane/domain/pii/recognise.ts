// Finds personal data by form: checksums, ranges and the words around. It knows no model.
import type { PiiType } from '../../../config/pii-types.ts';
import type { PiiSpan } from '../findings.ts';
import { creditCard } from './recognisers/credit-card.ts';
import { domainName } from './recognisers/domain-name.ts';
import { emailAddress } from './recognisers/email-address.ts';
import { ibanCode } from './recognisers/iban-code.ts';
import { ipAddress } from './recognisers/ip-address.ts';
import { age, dateTime, person } from './recognisers/person-facts.ts';
import { phoneNumber } from './recognisers/phone-number.ts';
import { streetAddress, zipCode } from './recognisers/places.ts';
import type { Recogniser } from './recognisers/recogniser.ts';
import { usDriverLicense } from './recognisers/us-driver-license.ts';
import { usSsn } from './recognisers/us-ssn.ts';
import { searchedText } from './searched-text.ts';

/** Where two find the same place and are equally sure, the earlier of the list is right. */
const recognisers: readonly Recogniser[] = [
  emailAddress, // an address has a domain in it
  creditCard, // checksum
  ibanCode, // checksum
  usSsn,
  ipAddress,
  usDriverLicense, // by the words before it
  phoneNumber,
  domainName,
  streetAddress,
  zipCode,
  dateTime,
  age,
  person,
];

const ranks: ReadonlyMap<PiiType, number> = new Map(
  recognisers.map(({ type }, index) => [type, index]),
);

/** Spans of the text in order, which do not overlap. */
export function recognisePii(original: string): readonly PiiSpan[] {
  const { text, originOf } = searchedText(original);
  const found = recognisers.flatMap(({ find, type }) =>
    [...find(text)].map(({ start, end, score }) => ({
      type,
      start: originOf(start),
      end: originOf(end - 1) + 1,
      score,
    })),
  );
  return withoutOverlaps(found);
}

/** The surest of those that overlap, then the longest, then the first of the list. */
export function withoutOverlaps(spans: readonly PiiSpan[]): readonly PiiSpan[] {
  const rank = ({ type }: PiiSpan): number => ranks.get(type) ?? recognisers.length;
  const best = spans.toSorted(
    (a, b) => b.score - a.score || length(b) - length(a) || rank(a) - rank(b),
  );
  const kept: PiiSpan[] = [];
  for (const span of best) {
    if (kept.every(({ start, end }) => span.end <= start || span.start >= end)) kept.push(span);
  }
  return kept.toSorted((a, b) => a.start - b.start);
}

function length({ end, start }: PiiSpan): number {
  return end - start;
}
