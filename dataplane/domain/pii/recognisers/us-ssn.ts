import { follows, matches, type Found, type Recogniser } from './recogniser.ts';

const parted = /(?<![\w]|\d[-.,])(\d{3})([-. ])(\d{2})\2(\d{4})(?![\w]|[-.,]\d)/g;
const bare = /(?<![\w]|\d[-.,])(\d{3})(\d{2})(\d{4})(?![\w]|[-.,]\d)/g;
const words = /\b(?:ssns?|socials?|social[- ]security|soc\.? ?sec\.?|tax(?:payer)? id|itin)\b/i;

export const usSsn: Recogniser = {
  type: 'US_SSN',
  *find(text): Generator<Found> {
    for (const match of matches(text, parted)) {
      const [whole, area, separator, group, serial] = match;
      if (!isGiven(area, group, serial)) continue;
      const isExpected = follows(text, match.index, words);
      const score = separator === '-' || isExpected ? 0.95 : 0.75;
      yield { start: match.index, end: match.index + whole.length, score };
    }
    for (const match of matches(text, bare)) {
      const [whole, area, group, serial] = match;
      if (!isGiven(area, group, serial) || !follows(text, match.index, words)) continue;
      yield { start: match.index, end: match.index + whole.length, score: 0.9 };
    }
  },
};

/** Numbers that the Social Security Administration does not give out are none. */
function isGiven(area = '', group = '', serial = ''): boolean {
  if (area === '000' || area === '666' || area.startsWith('9')) return false;
  return group !== '00' && serial !== '0000';
}
