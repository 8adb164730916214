// What people say of themselves in so many words: names behind "my name is", ages, dates of birth.
import { follows, matches, spanOf, type Found, type Recogniser } from './recogniser.ts';

const introduced =
  /(?<=\b(?:my (?:full |first |last )?name is|my name's|i am called|ich heiße|mein name ist|je m'appelle|me llamo|mi chiamo) )[A-ZÀ-Ý][\wÀ-ÿ'-]{1,25}(?: (?:(?:van|von|de|del|da|di|la|le) ){0,2}[A-ZÀ-Ý][\wÀ-ÿ'.-]{0,25}){0,3}/giu;
const titled =
  /(?<=\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Herr|Frau|Mme|Señor|Señora|Signor|Signora)\.? )[A-ZÀ-Ý][\wÀ-ÿ'-]{1,25}(?: [A-ZÀ-Ý][\wÀ-ÿ'-]{1,25}){0,2}/gu;

export const person: Recogniser = {
  type: 'PERSON',
  *find(text): Generator<Found> {
    for (const match of matches(text, introduced)) {
      // The words before may be written in any case, the name may not.
      if (/^[A-ZÀ-Ý]/.test(match[0])) yield spanOf(match, 0.8);
    }
    for (const match of matches(text, titled)) yield spanOf(match, 0.75);
  },
};

const years = /(?<![\w.])\d{1,3}(?: ?-? ?years?[ -]olds?| ?yo| ?y\/o)\b/gi;
const ages = /(?<=\b(?:i am|i'm|aged|age(?: is|:)?|my age is) )\d{1,3}(?![\w%]|[.,:]\d)/gi;

export const age: Recogniser = {
  type: 'AGE',
  *find(text): Generator<Found> {
    for (const match of matches(text, years)) yield spanOf(match, 0.75);
    for (const match of matches(text, ages)) {
      if (Number(match[0]) <= 120) yield spanOf(match, 0.7);
    }
  },
};

const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const day = '\\d{1,2}(?:st|nd|rd|th)?';
const date = new RegExp(
  `(?<![\\w./-])(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}[./-]\\d{1,2}[./-](?:\\d{4}|\\d{2})|` +
    `${month}\\.? ${day},? \\d{4}|${day} (?:of )?${month}\\.?,? \\d{4})(?![\\w/-])`,
  'gi',
);
const birth = /\b(?:born|birth|birthday|dob|d\.o\.b\.?|geboren|né[e]?|nacid[oa]|nat[oa])\b/i;

/** Dates are everywhere; only that of a birth is personal. */
export const dateTime: Recogniser = {
  type: 'DATE_TIME',
  *find(text): Generator<Found> {
    for (const match of matches(text, date)) {
      if (follows(text, match.index, birth)) yield spanOf(match, 0.85);
    }
  },
};
