import { describe, expect, test } from '@jest/globals';
import type { TaggedSpan } from '../findings.ts';
import { recognisePii } from './recognise.ts';
import { unitePii } from './unite.ts';

/** `label words`, each the next place of its words in the text. */
function tag(text: string, ...tags: readonly (readonly [string, string, number?])[]): TaggedSpan[] {
  let from = 0;
  return tags.map(([label, words, score = 0.9]) => {
    const start = text.indexOf(words, from);
    from = start + words.length;
    return { label, start, end: from, score };
  });
}

/** `TYPE value` of everything that counts at the default threshold. */
function found(text: string, ...tags: Parameters<typeof tag>[1][]): string[] {
  return unitePii(text, recognisePii(text), tag(text, ...tags))
    .filter(({ score }) => score >= 0.7)
    .map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
}

describe('names', () => {
  test('given name and surname are one person, with what stands between them', () => {
    const text = 'Please ask John Q. Public and Ana de la Cruz about it';
    expect(
      found(
        text,
        ['GIVEN_NAME', 'John'],
        ['SURNAME', 'Public'],
        ['GIVEN_NAME', 'Ana'],
        ['SURNAME', 'Cruz'],
      ),
    ).toEqual(['PERSON John Q. Public', 'PERSON Ana de la Cruz']);
  });

  test('the apostrophe of an owner and marks around are no part of a name', () => {
    expect(found("It is (Rory's) bag", ['GIVEN_NAME', "(Rory's)"])).toEqual(['PERSON Rory']);
  });

  test('a full name counts where the model is half sure, a single word needs more', () => {
    expect(found('See Liam Tran', ['GIVEN_NAME', 'Liam', 0.45], ['SURNAME', 'Tran', 0.45])).toEqual(
      ['PERSON Liam Tran'],
    );
    expect(found('See Liam', ['GIVEN_NAME', 'Liam', 0.45])).toEqual([]);
    expect(found('See Liam', ['GIVEN_NAME', 'Liam', 0.6])).toEqual(['PERSON Liam']);
  });

  test('a name stands for itself wherever it comes again, whole or in part', () => {
    const text = 'Liam Tran called. Was it Tran? Yes, Liam. A trance it was not.';
    expect(found(text, ['GIVEN_NAME', 'Liam'], ['SURNAME', 'Tran'])).toEqual([
      'PERSON Liam Tran',
      'PERSON Tran',
      'PERSON Liam',
    ]);
  });

  test('no names are words without a capital, parts of words, and abbreviations', () => {
    expect(found('Do mark the la in Lala', ['GIVEN_NAME', 'mark'], ['SURNAME', 'La'])).toEqual([]);
    expect(found('what is the IMEI for', ['GIVEN_NAME', 'IMEI', 0.7])).toEqual([]);
    expect(found('Thanks', ['GIVEN_NAME', 'Thanks'])).toEqual([]);
  });

  test('who writes everything small writes names small', () => {
    const text = 'i met ana cruz today';
    expect(found(text, ['GIVEN_NAME', 'ana'], ['SURNAME', 'cruz'])).toEqual(['PERSON ana cruz']);
  });

  test('what introduces a name makes a doubtful one sure', () => {
    const text = 'I am Zuri, hello';
    expect(found(text, ['GIVEN_NAME', 'Zuri', 0.4])).toEqual(['PERSON Zuri']);
  });
});

describe('addresses', () => {
  test('number, street, flat, town and postal code are one', () => {
    const text = 'at 12 Elm Alleyway, Apt 4, Dover 19901 now';
    expect(
      found(
        text,
        ['BUILDING_NUMBER', '12'],
        ['STREET_NAME', 'Elm Alleyway'],
        ['SECONDARY_ADDRESS', 'Apt 4'],
        ['CITY', 'Dover'],
        ['ZIP_CODE', '19901'],
      ),
    ).toEqual(['STREET_ADDRESS 12 Elm Alleyway, Apt 4, Dover 19901']);
  });

  test('a town by itself counts below the default, and a number is no address', () => {
    const text = 'weather in Dover, 12, or 19901';
    const tags = tag(text, ['CITY', 'Dover'], ['BUILDING_NUMBER', '12'], ['ZIP_CODE', '19901']);
    expect(unitePii(text, [], tags).map(({ type, score }) => [type, score])).toEqual([
      ['GPE', 0.6],
      ['ZIP_CODE', 0.6],
    ]);
  });
});

describe('numbers', () => {
  test('what a checksum proves is not taken for something else', () => {
    const text = 'use 4111 1111 1111 1111';
    expect(found(text, ['PHONE', '4111 1111 1111', 0.99])).toEqual([
      'CREDIT_CARD 4111 1111 1111 1111',
    ]);
  });

  test('the form of a social security number is believed before a model that calls it a phone', () => {
    expect(found('file (536-22-1847) is open', ['PHONE', '536-22-1847', 0.99])).toEqual([
      'US_SSN 536-22-1847',
    ]);
  });

  test('a model and a form that are both in doubt are sure together', () => {
    const text = 'the number 219 09 4471 was given';
    expect(found(text)).toEqual([]);
    expect(found(text, ['GOVERNMENT_ID', '219 09 4471', 0.7])).toEqual(['US_SSN 219 09 4471']);
  });

  test.each([
    ['CREDIT_CARD', '4111 1111 1111 1112'],
    ['IBAN_CODE', 'DE88370400440532013000'],
    ['EMAIL', 'git@example.com'],
    ['TAX_ID', '12-3456789'],
    ['BANK_ACCOUNT', '12345678'],
    ['PHONE', '12 34'],
    ['PHONE', '4111 1111 1111 1112'],
  ])('a %s is none where its form says otherwise', (label, words) => {
    expect(unitePii(`it is ${words}:x`, [], tag(`it is ${words}:x`, [label, words]))).toEqual([]);
  });

  test('a sequence of numbers is no phone number, whatever a model says', () => {
    expect(found('1 1 2 3 5 8 13 21 34 55 89', ['PHONE', '21 34 55 89', 0.95])).toEqual([]);
  });

  test('models with the names of types for labels are understood', () => {
    const text = 'Ana Cruz works at Initech as of 2019';
    expect(
      found(text, ['PERSON', 'Ana Cruz'], ['ORGANIZATION', 'Initech'], ['DATE_TIME', '2019']),
    ).toEqual(['PERSON Ana Cruz', 'ORGANIZATION Initech', 'DATE_TIME 2019']);
  });
});
