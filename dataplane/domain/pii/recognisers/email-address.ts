import type { Found, Recogniser } from './recogniser.ts';

const localUnit = /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u00c0-\u024f-]/;
const domain =
  /@(?:[A-Za-z0-9\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f-]{0,61}[A-Za-z0-9\u00c0-\u024f])?\.){1,8}(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,59})(?![A-Za-z0-9])/y;
/** Signs that stand before an address and are no part of it, though the standard would allow them. */
const quotes = /^[.!#$%&'*/=?^`{|}~-]+/;
const maxLocal = 64;

export const emailAddress: Recogniser = {
  type: 'EMAIL_ADDRESS',
  *find(text): Generator<Found> {
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      domain.lastIndex = at;
      const match = domain.exec(text);
      if (match === null) continue;
      const start = startOf(text, at);
      if (start < at) yield { start, end: at + match[0].length, score: 1 };
    }
  },
};

function startOf(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < maxLocal && localUnit.test(text[start - 1] ?? '')) start -= 1;
  return start + (quotes.exec(text.slice(start, at))?.[0].length ?? 0);
}
