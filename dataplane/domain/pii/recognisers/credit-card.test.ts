import { describe, expect, test } from '@jest/globals';
import { findCreditCards } from './credit-card.ts';

/** What counts by default. */
const found = (text: string): string[] =>
  [...findCreditCards(text)]
    .filter(({ score }) => score >= 0.7)
    .map(({ start, end }) => text.slice(start, end));

describe('cards are found', () => {
  test.each([
    ['of sixteen digits', 'pay 4111111111111111 now', '4111111111111111'],
    ['in fours', 'pay 5500 0000 0000 0004.', '5500 0000 0000 0004'],
    ['with dashes', '(6011-0009-9013-9424)', '6011-0009-9013-9424'],
    ['as American Express prints them', 'amex 3782 822463 10005', '3782 822463 10005'],
    ['of fourteen digits', '30569309025904, mine', '30569309025904'],
    ['after a year', 'In 2023 4111 1111 1111 1111 was new', '4111 1111 1111 1111'],
    ['before its code', '4111 1111 1111 1111 123', '4111 1111 1111 1111'],
    ['behind another number', '536-22-1847 4111 1111 1111 1111', '4111 1111 1111 1111'],
    ['in a list', 'a,4111111111111111,b', '4111111111111111'],
    [
      'of no known issuer where cards are spoken of',
      'my card 9999999999999995',
      '9999999999999995',
    ],
  ])('%s', (_, text, card) => {
    expect(found(text)).toEqual([card]);
  });
});

test('two cards in a row are two', () => {
  expect(found('4111 1111 1111 1111 5500 0000 0000 0004')).toHaveLength(2);
});

describe('no cards are', () => {
  test.each([
    ['numbers with a wrong check digit', '4111 1111 1111 1112'],
    ['numbers that no issuer gives out', '9999999999999995'],
    ['one digit over and over', 'card 0000 0000 0000 0000'],
    ['fractions', '0.4111111111111111'],
    ['parts of longer numbers', '9000 4111 1111 1111 1111 2222'],
    ['parts of names', 'build_4111111111111111 x4111111111111111'],
    ['order numbers', 'order number 4111111111111111'],
    ['columns', '4111\n1111\n1111\n1111'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});
