import { follows, matches, spanOf, type Found, type Recogniser } from './recogniser.ts';

const four = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)/g;
const six =
  /(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])/g;
const versions = /\b(?:v|ver|version|release|firmware|build)[ .:]*$/i;

export const ipAddress: Recogniser = {
  type: 'IP_ADDRESS',
  *find(text): Generator<Found> {
    for (const match of matches(text, four)) {
      if (isIpv4(match[0]) && !follows(text, match.index, versions)) yield spanOf(match, 0.95);
    }
    for (const match of matches(text, six)) {
      if (isIpv6(match[0])) yield spanOf(match, 0.95);
    }
  },
};

function isIpv4(text: string): boolean {
  return text.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part));
}

/**
 * Clock times have no `::` and fewer parts; names of programming languages such as `a::b` have no
 * digit, or only two parts.
 */
function isIpv6(text: string): boolean {
  const gaps = text.split('::').length - 1;
  const parts = text.split(':').filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const size = parts.length + (last.includes('.') ? 1 : 0);
  if (last.includes('.') && !isIpv4(last)) return false;
  if (gaps === 0) return size === 8 && !text.endsWith(':');
  if (gaps > 1 || size > 7 || /[^:]:$/.test(text)) return false;
  return text === '::1' || (/\d/.test(text) && (size >= 3 || /^[0-9A-Fa-f]{4}:/.test(text)));
}
