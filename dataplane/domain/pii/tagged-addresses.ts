// From the parts of addresses that a model tags to addresses: street, house number, flat, and the town
// and postal code that belong to them in one piece. A town by itself is no address.
import type { PiiSpan, TaggedSpan } from '../findings.ts';

type Part = Pick<TaggedSpan, 'label' | 'start' | 'end' | 'score'>;

const joint = /^(?:[ ,;\n\t]|\\n){0,4}$/;
const ofStreets = /^(?:STREET_NAME|STREET_ADDRESS)$/;
const addressLabels =
  /^(?:STREET_NAME|STREET_ADDRESS|BUILDING_NUMBER|SECONDARY_ADDRESS|CITY|STATE|GPE|ZIP_CODE)$/;

const ofTowns = /^(?:CITY|STATE|GPE)$/;
/** A number and a name, or a name of two words. */
const looksLikeStreet = /\d.*\p{Lu}\p{Ll}|\p{Lu}\p{Ll}.*\d|\p{Lu}\S+ \p{Lu}/su;

/**
 * A town that somebody asks the weather of, or five digits that a model takes for a postal code, are no
 * personal data by themselves: they count below the default.
 */
const mostOfLone = 0.6;

export function isAddressLabel(label: string): boolean {
  return addressLabels.test(label);
}

/** `parts`: in the order of the text. */
export function joinAddresses(text: string, parts: readonly Part[]): PiiSpan[] {
  const groups: Part[][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    const end = last?.at(-1)?.end ?? -1;
    if (last !== undefined && joint.test(text.slice(end, part.start))) last.push(part);
    else groups.push([part]);
  }
  return groups.flatMap((group) => spansOf(text, group));
}

function spansOf(text: string, group: readonly Part[]): PiiSpan[] {
  const start = group[0]?.start ?? 0;
  const end = group.at(-1)?.end ?? 0;
  const hasStreet = group.some(({ label }) => ofStreets.test(label));
  const hasTown = group.some(({ label }) => ofTowns.test(label));
  if (hasStreet && looksLikeStreet.test(text.slice(start, end))) {
    const score = group.reduce((sum, part) => sum + part.score, 0) / group.length;
    return [{ type: 'STREET_ADDRESS', start, end, score }];
  }
  return group.flatMap((part): PiiSpan[] => {
    const place = { start: part.start, end: part.end };
    if (ofTowns.test(part.label)) {
      return [{ type: 'GPE', ...place, score: Math.min(part.score, mostOfLone) }];
    }
    if (part.label !== 'ZIP_CODE') return [];
    return [
      {
        type: 'ZIP_CODE',
        ...place,
        score: hasTown ? part.score : Math.min(part.score, mostOfLone),
      },
    ];
  });
}
