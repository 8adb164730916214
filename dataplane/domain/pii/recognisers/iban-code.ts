import { matches, type Found, type Recogniser } from './recogniser.ts';

/** Lengths by country, of the IBAN registry of SWIFT. */
const lengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 ' +
    'DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 ' +
    'IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 ' +
    'MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 ' +
    'SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const beginning = /(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d{2}/g;

export const ibanCode: Recogniser = {
  type: 'IBAN_CODE',
  *find(text): Generator<Found> {
    for (const { index } of matches(text, beginning)) {
      const end = endOfIban(text, index);
      if (end !== undefined) yield { start: index, end, score: 1 };
    }
  },
};

/** Where the IBAN ends that begins at `start`, if one does. */
function endOfIban(text: string, start: number): number | undefined {
  const length = lengths[text.slice(start, start + 2).toUpperCase()];
  if (length === undefined) return undefined;
  let compact = '';
  let place = start;
  for (; compact.length < length; place += 1) {
    const unit = text[place] ?? '';
    if (/[A-Za-z0-9]/.test(unit)) compact += unit.toUpperCase();
    // One blank or hyphen between groups, and no more.
    else if (!/[ -]/.test(unit) || !/[A-Za-z0-9]/.test(text[place + 1] ?? '')) return undefined;
  }
  if (/[A-Za-z0-9]/.test(text[place] ?? '')) return undefined;
  return remainder(compact) === 1 ? place : undefined;
}

/** Of the rearranged number by 97: ISO 7064, MOD 97-10. */
function remainder(iban: string): number {
  let rest = 0;
  for (const unit of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(unit, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
