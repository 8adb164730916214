import { describe, expect, test } from '@jest/globals';
import type { Recogniser } from '../recogniser.ts';
import { findAges } from './age.ts';
import { findDates } from './date-time.ts';
import { findPeople } from './person.ts';
import { findTitles } from './title.ts';
import { findDriverLicenses } from './us-driver-license.ts';

const found = (recognise: Recogniser, text: string): string[] =>
  [...recognise(text)]
    .filter(({ score }) => score >= 0.7)
    .map(({ start, end }) => text.slice(start, end));

describe('names', () => {
  test.each([
    ['Hello, my name is Maria van Dijk and I', 'Maria van Dijk'],
    ['Full name: Ottilie Baumgartner', 'Ottilie Baumgartner'],
    ["Dr. Mary-Ann O'Brien said", "Mary-Ann O'Brien"],
    ['Dear Tobias,', 'Tobias'],
    ['This is Adaeze Nwosu speaking', 'Adaeze Nwosu'],
    ['Best regards,\nJ. Haas', 'J. Haas'],
    ['My daughter Saoirse has a fever', 'Saoirse'],
    ['my therapist Dr. Quentin Abernathy', 'Quentin Abernathy'],
    ["It was Lena's wedding", 'Lena'],
    ['a woman named Zofia Nemeth', 'Zofia Nemeth'],
    ['everyone calls me Tilly', 'Tilly'],
  ])('%s', (text, name) => {
    expect(found(findPeople, text)).toEqual([name]);
  });

  test.each([
    'Dear Sir or Madam,',
    'Hi there, can you',
    'Hello Team,',
    'The name is wrong',
    'Thanks, Bye now',
  ])('not %s', (text) => {
    expect(found(findPeople, text)).toEqual([]);
  });
});

test('the name of a cue that holds the same letters is the one behind it', () => {
  const text = 'My name is Name';
  expect([...findPeople(text)]).toMatchObject([{ start: 11, end: 15 }]);
});

describe('dates and ages count where they are of a person', () => {
  test.each([
    [findDates, 'born on 14 March 1987', '14 March 1987'],
    [findDates, 'DOB: 03/22/1990', '03/22/1990'],
    [findAges, 'I am 34 years old', '34'],
    [findAges, 'She is 34 years old', '34'],
    [findAges, 'Age: 52', '52'],
  ] as const)('%p %s', (recognise, text, value) => {
    expect(found(recognise, text)).toEqual([value]);
  });

  test.each([
    [findDates, 'the meeting on 14 March 2024'],
    [findAges, 'a 45-year-old man presents with pain'],
    [findAges, 'a house of 12 rooms'],
    [findTitles, 'Dr. Pepper'],
  ] as const)('%p %s', (recognise, text) => {
    expect(found(recognise, text)).toEqual([]);
  });
});

describe('driving licences', () => {
  test.each([
    ["driver's license number is D6101-40706-60905", 'D6101-40706-60905'],
    ['driving licence: S530460098701', 'S530460098701'],
  ])('%s', (text, number) => {
    expect(found(findDriverLicenses, text)).toEqual([number]);
  });

  test.each(['license plate ABC1234', 'D6101-40706-60905', 'license of 2024'])('not %s', (text) => {
    expect(found(findDriverLicenses, text)).toEqual([]);
  });
});
