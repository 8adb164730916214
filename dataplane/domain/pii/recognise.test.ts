import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { recognisePii } from './recognise.ts';

/** `TYPE value` of everything that counts at the default threshold. */
function found(text: string): string[] {
  return recognisePii(text)
    .filter(({ score }) => score >= 0.7)
    .map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
}

describe('found', () => {
  test.each([
    ['Mail me: jane.doe+x@mail.example.co.uk.', 'EMAIL_ADDRESS jane.doe+x@mail.example.co.uk'],
    ['<ann@example.org>', 'EMAIL_ADDRESS ann@example.org'],
    ['Charge 4111 1111 1111 1111 please', 'CREDIT_CARD 4111 1111 1111 1111'],
    ['card:5500-0055-5555-5559,', 'CREDIT_CARD 5500-0055-5555-5559'],
    ['amex 378282246310005', 'CREDIT_CARD 378282246310005'],
    ['In 2023 4111111111111111', 'CREDIT_CARD 4111111111111111'],
    ['Pay to DE89 3704 0044 0532 0130 00 today', 'IBAN_CODE DE89 3704 0044 0532 0130 00'],
    ['gb82west12345698765432', 'IBAN_CODE gb82west12345698765432'],
    ['IBAN NL91ABNA0417164300.', 'IBAN_CODE NL91ABNA0417164300'],
    ['My SSN is 536-22-1234', 'US_SSN 536-22-1234'],
    ['social security 536 22 1234', 'US_SSN 536 22 1234'],
    ['ssn: 536221234', 'US_SSN 536221234'],
    ['host 192.168.10.7 is down', 'IP_ADDRESS 192.168.10.7'],
    ['ping 2001:db8::ff00:42:8329', 'IP_ADDRESS 2001:db8::ff00:42:8329'],
    ['Call (415) 555-2671 now', 'PHONE_NUMBER (415) 555-2671'],
    ['my number is +49 30 901820', 'PHONE_NUMBER +49 30 901820'],
    ["driver's license D1234567", 'US_DRIVER_LICENSE D1234567'],
    ['San Jose, CA 95112', 'ZIP_CODE 95112'],
    ['I live at 221 Baker Street', 'STREET_ADDRESS 221 Baker Street'],
    ['Ich wohne Lindenallee 12', 'STREET_ADDRESS Lindenallee 12'],
    ['see https://intra.example.com/a?b=1.', 'DOMAIN_NAME https://intra.example.com/a?b=1'],
    ['born on 12/05/1980', 'DATE_TIME 12/05/1980'],
    ['She is 34 years old', 'AGE 34'],
    ['Hello, my name is Maria van Dijk', 'PERSON Maria van Dijk'],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });
});

describe('not found', () => {
  test.each([
    'The train leaves at 12:30:45 and 3:15.',
    'Order 4111 1111 1111 1112 is no card',
    'version 1.2.3.4 of the firmware',
    'std::vector and a::b',
    'In 2019, 2020 and 2021 we sold 15000, 23000 and 48000 units.',
    'pi is 3.14159265358979',
    'DE89 3704 0044 0532 0130 01 has a wrong checksum',
    'part 000-12-3456 and 666-12-3456',
    'Solve 3x^2 + 2x - 12345 = 0',
    'On 2024-05-17 the build 20240517123456 passed.',
    'commit 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'user @ home, e@ and @mention',
  ])('%s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

test('hidden and full-width characters hide nothing, and places are those of the text that came', () => {
  const text = '電話 ４１１１ １１１１ １１１１ １１１１ and a\u200bnn@exa\u200bmple.org!';
  expect(found(text)).toEqual([
    'CREDIT_CARD ４１１１ １１１１ １１１１ １１１１',
    'EMAIL_ADDRESS a\u200bnn@exa\u200bmple.org',
  ]);
});

test('property: whatever comes, spans lie in the text, in order, apart', () => {
  const pieces = fc.constantFrom('4111 1111 1111 1111', 'a@b.co', '1.2.3.4', '+49 30 901820', '::');
  const texts = fc
    .array(fc.oneof(fc.string({ unit: 'binary' }), pieces))
    .map((all) => all.join(' '));
  fc.assert(
    fc.property(texts, (text) => {
      let last = 0;
      for (const { start, end } of recognisePii(text)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        last = end;
      }
    }),
  );
});

const longText = 128_000;

/**
 * One unit over and over, and something to find behind it. Where the work grew with the square of the
 * length, it would end long after jest has given up.
 */
test.each([
  ...['1 ', 'a.', 'a@', '4-', '1.', 'A', '::', '12 ', '(1', 'de89 ', 'A1 Rd ', '1 Aa ', 'x1', '９'],
  ...[
    '4111 ',
    '+44 20 7946 0958 ',
    'my name is A ',
    'licence A1-',
    'zip 12345 ',
    '1::',
    'https://a.b/',
  ],
])('a long text of %j is read to its end', async (unit) => {
  const address = 'ann@example.org';
  const text = `${unit.repeat(longText / unit.length)}.\n\nMail ${address}`;
  const [last] = recognisePii(text).slice(-1);
  expect(last).toMatchObject({ type: 'EMAIL_ADDRESS', end: text.length });
  expect(text.slice(last?.start)).toBe(address);
  // Jest looks at its clock only where a test waits for something.
  await sleep(1);
});
