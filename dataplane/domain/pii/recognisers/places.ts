// Where people live, as far as its form tells: postal codes and streets.
import { follows, matches, spanOf, type Found, type Recogniser } from './recogniser.ts';

const american = /(?<![\w.,$€£-])\d{5}(?:-\d{4})?(?![\w]|[-.,]\d)/g;
const british = /(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]?) \d[ABD-HJLNP-UW-Z]{2}(?!\w)/g;
const words =
  /\b(?:zip(?: ?code)?|postal code|post ?code|plz|postleitzahl|code postal|código postal)\b/i;
/** A state before the code, behind a comma or a town's name. */
const state =
  /(?:,|[A-Z][a-z]+) (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? $/;

export const zipCode: Recogniser = {
  type: 'ZIP_CODE',
  *find(text): Generator<Found> {
    for (const match of matches(text, american)) {
      const isExpected = follows(text, match.index, words) || follows(text, match.index, state);
      if (isExpected) yield spanOf(match, 0.85);
    }
    for (const match of matches(text, british)) {
      yield spanOf(match, follows(text, match.index, words) ? 0.9 : 0.75);
    }
  },
};

const english =
  /(?<![\w.,-])\d{1,5}[A-Za-z]?(?: [NSEW]\.?| North| South| East| West)?(?: [A-Z][\w'.-]{1,20}){1,4} (?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Crescent|Close)\b\.?(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Floor|#)\.? ?\w{1,6}\b)?/g;
const german =
  /(?<!\w)[A-ZÄÖÜ][a-zäöüß-]{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer|damm)(?: ?\d{1,4} ?[a-z]?)(?!\w)/g;
const romance =
  /(?<!\w)(?:\d{1,4}(?: bis| ter)?,? )?(?:rue|avenue|boulevard|place|calle|avenida|plaza|paseo|via|viale|piazza|rua) (?:(?:de|du|des|la|las|los|el|di|della|da|do|l')['’ ]?){0,2}[A-ZÀ-Ý][\wÀ-ÿ'-]{1,25}(?: [A-ZÀ-Ý][\wÀ-ÿ'-]{1,25}){0,3}(?:,? (?:n[.º°]? ?)?\d{1,4})(?!\w)/gi;

export const streetAddress: Recogniser = {
  type: 'STREET_ADDRESS',
  *find(text): Generator<Found> {
    for (const match of matches(text, english)) yield spanOf(match, 0.85);
    for (const match of matches(text, german)) yield spanOf(match, 0.8);
    for (const match of matches(text, romance)) yield spanOf(match, 0.75);
  },
};
