import { describe, expect, test } from '@jest/globals';
import type { Recogniser } from '../recogniser.ts';
import { findDomainNames } from './domain-name.ts';
import { findStreetAddresses } from './street-address.ts';
import { findZipCodes } from './zip-code.ts';

const found = (recognise: Recogniser, text: string): string[] =>
  [...recognise(text)]
    .filter(({ score }) => score >= 0.7)
    .map(({ start, end }) => text.slice(start, end));

describe('street addresses', () => {
  test.each([
    ['at 221 Baker Street', '221 Baker Street'],
    [
      'to 1742 Chestnut Street, Springfield, IL 62704.',
      '1742 Chestnut Street, Springfield, IL 62704',
    ],
    [
      '305 W 57th Street Apt 12B, New York, NY 10019',
      '305 W 57th Street Apt 12B, New York, NY 10019',
    ],
    [
      '219 Kelly Fork Apt. 909\nSouth Erin, NE 41676',
      '219 Kelly Fork Apt. 909\nSouth Erin, NE 41676',
    ],
    ['in der Lindenstraße 14 wohnt', 'Lindenstraße 14'],
    ['au 27 rue de la Fontaine', '27 rue de la Fontaine'],
    ['en Calle de Alcalá 45', 'Calle de Alcalá 45'],
    ['P.O. Box 7731', 'P.O. Box 7731'],
  ])('%s', (text, address) => {
    expect(found(findStreetAddresses, text)).toEqual([address]);
  });

  test.each(['the main street of 12 towns', 'In 12 Angry Men', 'Turn left at the Second Street'])(
    'not %s',
    (text) => {
      expect(found(findStreetAddresses, text)).toEqual([]);
    },
  );
});

describe('postal codes', () => {
  test.each([
    ['Austin, TX 78701', '78701'],
    ['California 94105-1804', '94105-1804'],
    ['zip code: 90210', '90210'],
    ['postcode SW1A 2AB', 'SW1A 2AB'],
    ['PLZ 80331', '80331'],
    ['código postal 28014', '28014'],
  ])('%s', (text, code) => {
    expect(found(findZipCodes, text)).toEqual([code]);
  });

  test.each(['90210', 'the zip file is 12345 bytes', 'zip 3.14159', 'id = 62704'])(
    'not %s',
    (text) => {
      expect(found(findZipCodes, text)).toEqual([]);
    },
  );
});

describe('domain names', () => {
  test.each([
    ['see https://a.example.com/b?c=1.', 'https://a.example.com/b?c=1'],
    ['(https://a.example/b_(c))', 'https://a.example/b_(c)'],
    ['www.blue-heron.com is down', 'www.blue-heron.com'],
    ['who owns quiet-orchard.org?', 'quiet-orchard.org'],
    ['our site bakery.io', 'bakery.io'],
  ])('%s', (text, name) => {
    expect(found(findDomainNames, text)).toEqual([name]);
  });

  test.each([
    'README.md, main.py and lib.rs',
    'import java.net and asp.net',
    'http://localhost:8080/x',
    'e.g. this.It ends',
    'socket.io emits',
    'jane@example.org',
  ])('not %s', (text) => {
    expect(found(findDomainNames, text)).toEqual([]);
  });
});
