// International bank account numbers: of a country that has them, of its length, with the right check
// digits.
import { passesMod97 } from '../checksums/mod-97.ts';
import type { PiiSpan } from '../../findings.ts';
import { isNear, surroundingsOf } from '../surroundings.ts';

/** Characters of an IBAN by country, from the registry of ISO 13616. */
const lengths: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 ' +
    'DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 ' +
    'GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 ' +
    'PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 ' +
    'SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const shortest = 15;
const longest = 34;
const beginning = /(?<![\p{L}\p{N}_])[A-Za-z]{2}[ -]?\d{2}/gu;
const character = /[A-Za-z0-9]/;
const gap = /[ \-.]/;
const goesOn = /[\p{L}\p{N}_]/u;
/** Without a blank, or as it is printed: in fours. */
const whole =
  /^(?:[A-Za-z0-9]{15,34}|[A-Za-z0-9]{4}(?:([ -])[A-Za-z0-9]{4})(?:\1[A-Za-z0-9]{4}){2,6}(?:\1[A-Za-z0-9]{1,3})?)(?![\p{L}\p{N}_])/u;
const speaksOfIt = / (?:ibans?|konto|bank|account) /;

export function* findIbans(text: string): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(beginning)) {
    const length = lengths.get(found.slice(0, 2).toUpperCase());
    const end = length === undefined ? undefined : endOf(text, index, length);
    if (end !== undefined && passes(text.slice(index, end))) {
      yield { type: 'IBAN_CODE', start: index, end, score: 1 };
      continue;
    }
    // Of another length than its country's, or of a country that has none: it says that it is one.
    const written = whole.exec(text.slice(index, index + longest + 9))?.[0];
    if (written === undefined || !passes(written)) continue;
    const isMeant = isNear(speaksOfIt, surroundingsOf(text, index, index + written.length));
    const isLikely = length !== undefined || /^[A-Z0-9 -]{20,}$/.test(written);
    const score = isMeant ? 0.95 : isLikely ? 0.75 : 0.4;
    yield { type: 'IBAN_CODE', start: index, end: index + written.length, score };
  }
}

function passes(written: string): boolean {
  const iban = written.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  return iban.length >= shortest && iban.length <= longest && passesMod97(iban);
}

/** Behind so many letters and digits, with at most one blank or dash between two of them. */
function endOf(text: string, start: number, length: number): number | undefined {
  let count = 0;
  let at = start;
  for (; count < length; at += 1) {
    const next = text.charAt(at);
    if (character.test(next)) count += 1;
    else if (!gap.test(next) || !character.test(text.charAt(at - 1))) return undefined;
  }
  return goesOn.test(text.charAt(at)) ? undefined : at;
}
