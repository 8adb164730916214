// International bank account numbers: of a country that has them, of its length, with the right check
// digits.
import { passesMod97 } from '../checksums/mod-97.ts';
import type { PiiSpan } from '../pii-span.ts';

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

const beginning = /(?<![\p{L}\p{N}])\p{L}{2}[ -]?\d{2}/gu;
const character = /[A-Za-z0-9]/;
const gap = /[ \-.]/;

export function* findIbans(text: string): Generator<PiiSpan> {
  for (const { 0: found, index } of text.matchAll(beginning)) {
    const length = lengths.get(found.slice(0, 2).toUpperCase());
    if (length === undefined) continue;
    const iban = collect(text, index, length);
    if (iban === undefined || !passesMod97(iban.characters)) continue;
    yield { type: 'IBAN_CODE', start: index, end: iban.end, score: 1 };
  }
}

/** So many letters and digits from `start` on, with at most one blank or dash between two of them. */
function collect(
  text: string,
  start: number,
  length: number,
): { readonly characters: string; readonly end: number } | undefined {
  let characters = '';
  let at = start;
  let sinceGap = 0;
  while (characters.length < length) {
    const next = text.charAt(at);
    if (character.test(next)) {
      characters += next;
      sinceGap += 1;
    } else if (gap.test(next) && sinceGap > 0) sinceGap = 0;
    else return undefined;
    at += 1;
  }
  const goesOn = /[\p{L}\p{N}_]/u.test(text.charAt(at));
  return goesOn ? undefined : { characters: characters.toUpperCase(), end: at };
}
