// Numbers of driving licences of the United States. Each state has a form of its own, and together they
// fit nearly anything, so that a number counts only where the text speaks of such a licence.
import type { PiiSpan } from '../../findings.ts';
import { surroundingsOf } from '../surroundings.ts';

const speaksOfIt =
  / (?:drivers?|driver's|driving|operator's) (?:[\p{L}']+ )?(?:licen[cs]es?|lic|permit)|licen[cs]e (?:number|no|id) | dln? | dl /u;
const isAnotherNumber = / (?:plate|phone|ssn|passport|card|account|zip|software|product) /;
// Dashes part the number of some states, an asterisk fills that of one.
const number =
  /(?<![\p{L}\p{N}_-])(?=[A-Z0-9*-]{0,18}\d{2})[A-Z0-9](?:-?[A-Z0-9*]){4,17}(?![\p{L}\p{N}_-])/gu;

const maySpeakOfIt = /licen[cs]e|permit|\bdln?\b| lic\b/i;

export function* findDriverLicenses(text: string): Generator<PiiSpan> {
  if (!maySpeakOfIt.test(text)) return;
  for (const { 0: found, index } of text.matchAll(number)) {
    const digits = found.replace(/\D/g, '').length;
    if (digits < 4) continue;
    const end = index + found.length;
    const { after, before } = surroundingsOf(text, index, end);
    const isMeant = speaksOfIt.test(before)
      ? !isAnotherNumber.test(before)
      : speaksOfIt.test(after) && !isAnotherNumber.test(before);
    if (isMeant) yield { type: 'US_DRIVER_LICENSE', start: index, end, score: 0.85 };
  }
}
