import { describe, expect, test } from '@jest/globals';
import { findSsns } from './us-ssn.ts';

const found = (text: string): string[] =>
  [...findSsns(text)]
    .filter(({ score }) => score >= 0.7)
    .map(({ start, end }) => text.slice(start, end));

describe('social security numbers are found', () => {
  test.each([
    ['with dashes', 'she has 536-22-1847.', '536-22-1847'],
    ['with blanks where they are spoken of', 'SSN 219 09 4471', '219 09 4471'],
    ['with dots where they are spoken of', 'SSN: 408.31.7765', '408.31.7765'],
    ['bare where they are spoken of', 'my social security number is 457554462', '457554462'],
    ['named as a field', 'employeeSsn=457554462', '457554462'],
    ['in a list', 'a@b.example,318-44-2091,x', '318-44-2091'],
  ])('%s', (_, text, ssn) => {
    expect(found(text)).toEqual([ssn]);
  });
});

describe('no social security numbers are', () => {
  test.each([
    ['numbers of areas that do not exist', 'SSN 000-12-3456, 666-12-3456, 900-12-3456'],
    ['numbers with a part of zeros', 'SSN 123-00-4567 or 123-45-0000'],
    ['nine digits', '457554462'],
    ['blanks and dots without a word about it', '219 09 4471 and 408.31.7765'],
    ['parts of longer numbers', '1-536-22-1847 and 536-22-1847-3'],
    ['numbers of parts', 'part 536-22-1847'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});
