// Social security numbers of the United States: three, two and four digits, none of them from a range
// that is never given out. They have no check digit, so that a form other than with dashes counts
// only where the text speaks of one.
import {
  digitGroups,
  gapsOf,
  seriesOf,
  shapeOf,
  standsAlone,
  type DigitSeries,
} from '../digit-groups.ts';
import type { PiiSpan } from '../../findings.ts';
import { isNear, surroundingsOf, type Surroundings } from '../surroundings.ts';

const speaksOfIt = / (?:ssns?|s s n|socials?|soc sec|sozialversicherungsnummer) /;
const isAnotherNumber =
  / (?:orders?|parts?|sku|models?|serial|invoice|tickets?|tracking|isbn|case|items?|phone|fax|version|ein|itin) /;
const gap = /^ ?[-.] ?$|^ $/;

type Form = 'dashed' | 'parted' | 'bare';

export function* findSsns(text: string): Generator<PiiSpan> {
  const groups = digitGroups(text);
  for (const [from, group] of groups.entries()) {
    const length = group.end - group.start;
    if (length !== 3 && length !== 9) continue;
    const series = seriesOf(text, groups, from, from + (length === 9 ? 1 : 3));
    const form = formOf(text, series);
    if (form === undefined || !isGivenOut(series.digits)) continue;
    const { start, end } = series;
    if (!standsAlone(text, start, end)) continue;
    const score = scoreOf(form, surroundingsOf(text, start, end));
    if (score > 0) yield { type: 'US_SSN', start, end, score };
  }
}

function formOf(text: string, series: DigitSeries): Form | undefined {
  const shape = shapeOf(series);
  if (shape === '9') return 'bare';
  if (shape !== '3-2-4') return undefined;
  const gaps = gapsOf(text, series);
  if (!gaps.every((one) => gap.test(one))) return undefined;
  return gaps.every((one) => one === '-') ? 'dashed' : 'parted';
}

function isGivenOut(digits: string): boolean {
  const area = digits.slice(0, 3);
  return (
    area !== '000' &&
    area !== '666' &&
    area < '900' &&
    digits.slice(3, 5) !== '00' &&
    digits.slice(5) !== '0000'
  );
}

function scoreOf(form: Form, surroundings: Surroundings): number {
  if (isNear(speaksOfIt, surroundings)) return form === 'bare' ? 0.95 : 1;
  if (form === 'bare') return 0;
  if (isNear(isAnotherNumber, surroundings)) return 0.3;
  return form === 'dashed' ? 0.85 : 0.4;
}
