import { describe, expect, test } from '@jest/globals';
import { findIbans } from './iban-code.ts';

const found = (text: string): string[] =>
  [...findIbans(text)]
    .filter(({ score }) => score >= 0.7)
    .map(({ start, end }) => text.slice(start, end));

describe('IBANs are found', () => {
  test.each([
    ['in fours', 'to DE89 3704 0044 0532 0130 00 by', 'DE89 3704 0044 0532 0130 00'],
    ['in one piece', 'IBAN:GB82WEST12345698765432.', 'GB82WEST12345698765432'],
    ['in small letters', 'nl91abna0417164300', 'nl91abna0417164300'],
    ['with dashes', 'CH93-0076-2011-6238-5295-7', 'CH93-0076-2011-6238-5295-7'],
    [
      'of the longest country',
      'MT84MALT011000012345MTLCAST001S',
      'MT84MALT011000012345MTLCAST001S',
    ],
    ['before a word', 'NO93 8601 1117 947 is ours', 'NO93 8601 1117 947'],
    ['of an unknown country where they are spoken of', 'IBAN PH79622301289161433', undefined],
  ])('%s', (_, text, iban) => {
    expect(found(text)).toEqual(iban === undefined ? [] : [iban]);
  });

  test('of another length than usual, but only with the right check digits', () => {
    expect(found('iban GB65NFFH0128916143361')).toEqual(['GB65NFFH0128916143361']);
    expect(found('iban GB66NFFH0128916143361')).toEqual([]);
  });
});

test.each([
  ['wrong check digits', 'DE88 3704 0044 0532 0130 00'],
  ['a part of a word', 'xDE89370400440532013000'],
  ['a longer code', 'DE89370400440532013000A'],
  ['a short code', 'GB82 and more'],
])('no IBAN is %s', (_, text) => {
  expect(found(text)).toEqual([]);
});
