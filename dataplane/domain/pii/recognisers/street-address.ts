// Postal addresses: a house number and the name of a street as several countries write them, with the
// flat, the town and the postal code that follow.
import { stateCodes, stateNames } from '../places.ts';
import type { PiiSpan } from '../../findings.ts';

const name = String.raw`(?:\p{Lu}[\p{L}\p{M}'.]{0,24}|\d{1,3}(?:st|nd|rd|th))`;
const endings =
  '(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Sq|Place|Pl|' +
  'Terrace|Ter|Way|Parkway|Pkwy|Circle|Cir|Highway|Hwy|Trail|Trl|Crescent|Cres|Close|Row|Alley|' +
  'Plaza|Loop|Mews|Grove|Gardens|Gate|Hill|Heights|Pike|Turnpike|Path|Route|Expressway|Freeway|' +
  'Causeway|Bypass|Crossing|Xing|Ridge|Walk|Wharf|Quay)';
const direction = '(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)';
const english = String.raw`\d{1,6}[A-Za-z]?(?:[-/]\d{1,4})? (?:${direction}\.? )?(?:${name} ){1,4}${endings}\b\.?(?: ${direction}\b\.?)?`;
const german = String.raw`\p{Lu}[\p{L}\p{M}-]{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer) \d{1,4} ?[a-z]?\b`;
const french = String.raw`\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai|cours) (?:(?:de|du|des|la|le|les|l'|d') ?){0,3}(?:\p{Lu}[\p{L}\p{M}'-]{1,24} ?){1,4}`;
const southern = String.raw`(?:Calle|Avenida|Paseo|Plaza|Via|Viale|Piazza|Corso|Rua|Avinguda) (?:(?:de|del|di|da|do|dos|la|las|los|el|della) ){0,3}(?:\p{Lu}[\p{L}\p{M}'-]{1,24},? ){1,4}(?:n\.?º? ?)?\d{1,4}\b`;
const dutch = String.raw`\p{Lu}[\p{L}\p{M}-]{1,30}(?:straat|laan|gracht|plein|kade|dijk) \d{1,4} ?[a-z]?\b`;
const box = String.raw`(?:P\.? ?O\.? ?Box|Post Office Box) \d{1,6}`;
/** Whatever the street is called, where a town, its state and its postal code follow. */
const american = String.raw`\d{1,6} (?:${name} ?){1,4}(?:(?:Apt|Suite|Ste|Unit|#)\.? ?\w{1,6})?(?:,\s{0,2}|\s)(?:\p{Lu}[\p{L}\p{M}'.-]{1,24} ?){1,3}, (?:${stateCodes.join('|')}) \d{5}(?:-\d{4})?\b`;
const military = String.raw`(?:PSC|CMR|Unit) \d{1,5},? Box \d{1,5}`;

const street = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.,$€£/-])(?:${[american, english, german, french, southern, dutch, box, military].join('|')})`,
  'gu',
);

const unit = String.raw`(?:,?\s{1,2}(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Building|Bldg|#)\.? ?#?\w{1,6})?`;
const state = `(?:${[...stateCodes, ...stateNames].join('|')})`;
const town = String.raw`(?:,?\s{1,2}\p{Lu}[\p{L}\p{M}'.-]{1,24}(?: \p{Lu}[\p{L}\p{M}'.-]{1,24}){0,3})`;
const postalCode = String.raw`(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})`;
const rest = new RegExp(
  String.raw`^${unit}(?:${town},?\s{1,2}${state}\b,?(?:\s{1,2}\d{5}(?:-\d{4})?\b)?|${town},?\s{1,2}${postalCode}\b|,?\s{1,2}${postalCode}(?:\s\p{Lu}[\p{L}\p{M}-]{1,24})?)?`,
  'u',
);

export function* findStreetAddresses(text: string): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(street)) {
    const line = found.trimEnd();
    const end = index + line.length;
    const more = rest.exec(text.slice(end, end + 120))?.[0].length ?? 0;
    yield { type: 'STREET_ADDRESS', start: index, end: end + more, score: more > 0 ? 0.9 : 0.8 };
  }
}
