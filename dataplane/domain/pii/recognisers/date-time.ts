// Dates that somebody was born on. Other full dates are told too, too low to act on by default: a
// prompt with a date is no prompt about a person.
import type { PiiSpan } from '../../findings.ts';
import { isNear, surroundingsOf } from '../surroundings.ts';

const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const day = '(?:0?[1-9]|[12]\\d|3[01])';
const year = '(?:19|20)\\d\\d';
const time = '(?:(?:,? at|,|T)? ?\\d{1,2}:\\d\\d(?::\\d\\d)?(?: ?[ap]\\.?m\\b\\.?|Z)?)?';
const date = new RegExp(
  String.raw`(?<![\p{L}\p{N}_./-])(?:${year}([-./])(?:0?[1-9]|1[0-2])\1${day}|${day}([-./])(?:${day})\2(?:${year}|\d\d)|${day}(?:st|nd|rd|th)?(?: of)? ${month},? ${year}|${month} ${day}(?:st|nd|rd|th)?,? ${year})${time}(?![\p{L}\p{N}_]|[-/.]\d)`,
  'giu',
);
const speaksOfBirth =
  / (?:born|birth|birthday|birthdate|dob|d o b|geboren|geburtsdatum|née?|nacido|nacida|nacimiento) /;

export function* findDates(text: string): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(date)) {
    const end = index + found.length;
    const isBirth = isNear(speaksOfBirth, surroundingsOf(text, index, end));
    yield { type: 'DATE_TIME', start: index, end, score: isBirth ? 0.9 : 0.5 };
  }
}
