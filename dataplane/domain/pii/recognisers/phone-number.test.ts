import { describe, expect, test } from '@jest/globals';
import { findPhoneNumbers } from './phone-number.ts';

const found = (text: string): string[] =>
  [...findPhoneNumbers(text)]
    .filter(({ score }) => score >= 0.7)
    .map(({ start, end }) => text.slice(start, end));

describe('phone numbers are found', () => {
  test.each([
    ['by their form', 'At (415) 555-0132.', '(415) 555-0132'],
    ['with an extension', '1-800-555-0155 ext. 204', '1-800-555-0155 ext. 204'],
    ['of a country', 'or +44 7700 900461', '+44 7700 900461'],
    ['with a country in brackets', '(+49) 30 901820', '(+49) 30 901820'],
    ['with a prefix of zeros', '0049 30 901820', '0049 30 901820'],
    ['in French pairs', 'le 01 70 18 99 12', '01 70 18 99 12'],
    ['as dialled at home', '020 7946 0321 is ours', '020 7946 0321'],
    ['bare where phones are spoken of', 'my phone: 5125550143', '5125550143'],
    ['where a call follows', '98765 43210, call me', '98765 43210'],
    ['in another language', 'Telefonnummer 0171 5550 123', '0171 5550 123'],
  ])('%s', (_, text, number) => {
    expect(found(text)).toEqual([number]);
  });
});

describe('no phone numbers are', () => {
  test.each([
    ['dates', 'call me on 2024-01-15 or 15.01.2024'],
    ['years', 'from 1914-1918, as I called it'],
    ['numbers of orders', 'order 5125550143'],
    ['sequences', '1 1 2 3 5 8 13 21'],
    ['prices', 'call it $1234567.89'],
    ['ten digits by themselves', '5125550143'],
    ['fractions', '3.14159265358979'],
    ['postal codes', '90210-1234'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});
