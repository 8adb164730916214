// Postal codes: after the name of a state, or where the text speaks of one. Five digits by themselves
// are nothing.
import { stateCodes, stateNames } from '../places.ts';
import type { PiiSpan } from '../../findings.ts';
import { isNear, surroundingsOf } from '../surroundings.ts';

const speaksOfIt =
  / (?:zip|zips|zipcode|zipcodes|postal|postcode|postcodes|post code|pincode|pin code|plz|postleitzahl|code postal|código postal|codigo postal|cep|cap) /;
const maySpeakOfIt = /zip|post|pin ?code|plz|\bcep\b|\bcap\b/i;
const never = (): boolean => false;
const speaksOfFiles = / (?:files?|archives?|bytes|kb|mb|unzip|folder) /;
const american = /(?<![\p{L}\p{N}_.,/$€£-])\d{5}(?:-\d{4})?(?![\p{L}\p{N}_%]|[-.,/]\d)/gu;
const afterState = new RegExp(
  String.raw`(?:[\s,](?:${stateCodes.join('|')})|\b(?:${stateNames.join('|')})),?\s{1,3}$`,
);
const british = /(?<![\p{L}\p{N}_])[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?![\p{L}\p{N}_])/gu;
const others =
  /(?<![\p{L}\p{N}_.-])(?:[A-Z]\d[A-Z][ -]?\d[A-Z]\d|\d{4} ?[A-Z]{2}|\d{5}-\d{3}|\d{4}-\d{3}|\d{3}-\d{4}|\d{2}-\d{3}|\d{3} \d{2}|\d{6}|\d{4})(?![\p{L}\p{N}_]|[-.,/]\d)/gu;

export function* findZipCodes(text: string): Generator<PiiSpan> {
  const speaks = maySpeakOfIt.test(text) ? isSpokenOf : never;
  for (const { 0: found, index } of text.matchAll(american)) {
    const end = index + found.length;
    const isStates = afterState.test(text.slice(Math.max(0, index - 24), index));
    if (isStates || speaks(text, index, end)) yield zip(index, end, 0.9);
  }
  for (const { 0: found, index } of text.matchAll(british)) {
    const end = index + found.length;
    if (speaks(text, index, end)) yield zip(index, end, 0.9);
    else if (found.includes(' ') && found.length > 6) yield zip(index, end, 0.6);
  }
  if (speaks === never) return;
  for (const { 0: found, index } of text.matchAll(others)) {
    const end = index + found.length;
    if (speaks(text, index, end)) yield zip(index, end, 0.75);
  }
}

function isSpokenOf(text: string, start: number, end: number): boolean {
  const surroundings = surroundingsOf(text, start, end);
  return isNear(speaksOfIt, surroundings) && !isNear(speaksOfFiles, surroundings);
}

function zip(start: number, end: number, score: number): PiiSpan {
  return { type: 'ZIP_CODE', start, end, score };
}
