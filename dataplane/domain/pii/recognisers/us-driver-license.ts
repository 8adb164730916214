import { follows, matches, spanOf, type Found, type Recogniser } from './recogniser.ts';

/** States write one to three letters and digits, or digits alone, seven to thirteen in all. */
const candidate = /(?<![\w-])(?:[A-Z]{1,3}[- ]?\d{5,12}|[A-Z]\d{3}-\d{4}-\d{4}|\d{7,9})(?![\w-])/g;
const words =
  /\b(?:driver'?s?|driving)[- ]licen[cs]e\b|\b(?:DL|D\.L\.)(?= ?(?:#|no|number|is|:))|\blicen[cs]e (?:number|no\.?|#)/i;

export const usDriverLicense: Recogniser = {
  type: 'US_DRIVER_LICENSE',
  *find(text): Generator<Found> {
    for (const match of matches(text, candidate)) {
      if (follows(text, match.index, words)) yield spanOf(match, 0.85);
    }
  },
};
