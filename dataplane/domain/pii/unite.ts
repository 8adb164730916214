// Personal data by form and by a model's word, together: what the model names is told in our types,
// names and addresses in one piece, and where both speak of one stretch each makes the other surer.
import type { PiiType } from '../../../config/pii-types.ts';
import type { PiiSpan, TaggedSpan } from '../findings.ts';
import { typeOf } from './labels.ts';
import { overlap, sureEnough, withoutOverlaps } from './overlaps.ts';
import { placeholderPattern } from './placeholders.ts';
import { isAddressLabel, joinAddresses } from './tagged-addresses.ts';
import { joinNames, repeatNames } from './tagged-names.ts';

/**
 * The spans of a text in order; they do not overlap. `forms`: as `recognisePii` gives them; `tagged`:
 * whole words, of the embedded model or of one with the names of types for labels.
 */
export function unitePii(
  text: string,
  forms: readonly PiiSpan[],
  tagged: readonly TaggedSpan[],
): readonly PiiSpan[] {
  const masks = Array.from(text.matchAll(placeholderPattern), ({ 0: mask, index }) => ({
    start: index,
    end: index + mask.length,
  }));
  const known = tagged
    .toSorted((a, b) => a.start - b.start)
    .flatMap((span) => {
      const type = typeOf(text, span, forms);
      const isNothing = type === undefined || masks.some((mask) => overlap(mask, span));
      return isNothing || isContradicted(span, type, forms) ? [] : [{ ...span, type }];
    });
  const people = combine([
    ...forms.filter(({ type }) => type === 'PERSON'),
    ...joinNames(
      text,
      known.filter(({ type }) => type === 'PERSON'),
    ),
  ]);
  const spans = combine([
    ...forms.filter(({ type }) => type !== 'PERSON'),
    ...joinAddresses(
      text,
      known.filter(({ label }) => isAddressLabel(label)),
    ),
    ...known.flatMap(({ end, label, score, start, type }): PiiSpan[] =>
      type === 'PERSON' || isAddressLabel(label) ? [] : [{ type, start, end, score }],
    ),
    ...people,
    ...repeatNames(text, people),
  ]);
  return withoutOverlaps(spans);
}

/** Whether the form of a stretch says what it is, and the model says something else. */
function isContradicted(span: TaggedSpan, type: PiiType, forms: readonly PiiSpan[]): boolean {
  return forms.some(
    (form) =>
      form.score >= sureEnough &&
      form.type !== type &&
      strict.has(form.type) &&
      overlap(form, span),
  );
}

const strict: ReadonlySet<PiiType> = new Set([
  'CREDIT_CARD',
  'DOMAIN_NAME',
  'EMAIL_ADDRESS',
  'IBAN_CODE',
  'IP_ADDRESS',
  'US_SSN',
]);

/** Spans of one type that overlap become one, which is surer than each of them. */
function combine(spans: readonly PiiSpan[]): PiiSpan[] {
  const combined: PiiSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const index = combined.findLastIndex((one) => one.type === span.type && overlap(one, span));
    const other = combined[index];
    if (other === undefined) combined.push(span);
    else {
      combined[index] = {
        type: span.type,
        start: other.start,
        end: Math.max(other.end, span.end),
        score: together(other.score, span.score),
      };
    }
  }
  return combined;
}

/** As of two witnesses; only check digits are beyond doubt. */
function together(a: number, b: number): number {
  return Math.max(a, b, Math.min(0.99, 1 - (1 - a) * (1 - b)));
}
