import { describe, expect, test } from '@jest/globals';
import { atDefault, personaRates, rowsOfCard } from './read-card.ts';

const heading =
  '| set | model | attacks | found at 0.5 / 0.7 / 0.9 | harmless | false alarms at 0.5 / 0.7 / 0.9 |';
const rule = '| --- | --- | --- | --- | --- | --- |';
const card = [
  '# A head',
  heading,
  rule,
  '| own set | with | 80 | 90.0 % / 85.0 % / 40.0 % | 160 | 5.0 % / 2.0 % / 1.0 % |',
  '| own set | without | 80 | 88.0 % / 81.0 % / 40.0 % | 160 | 4.0 % / 1.0 % / 1.0 % |',
  '| own set in tag | with | 80 | 99.0 % / 98.0 % / 40.0 % |  | |',
  '| own set in tag | without | 80 | 99.0 % / 98.0 % / 40.0 % |  | |',
  '| own set in base64 | with | 80 | 86.0 % / 82.5 % / 40.0 % |  | |',
  '| own set in base64 | without | 80 | 86.0 % / 81.5 % / 40.0 % |  | |',
  '',
  heading,
  rule,
  '| the given set | with | 522 | 94.0 % / 92.7 % / 86.0 % | 1064 | 0.7 % / 0.2 % / 0.0 % |',
  '| the given set | without | 522 | 94.0 % / 91.4 % / 85.0 % | 1064 | 0.9 % / 0.3 % / 0.0 % |',
].join('\n');

test('rows of every table are read by their heading', () => {
  expect(rowsOfCard('text\n\n| a | b |\n| - | --- |\n| 1 |  |\n\n| c |\n| --- |\n| 2 |')).toEqual([
    { a: '1', b: '' },
    { c: '2' },
  ]);
});

describe('the rates of the jailbreak head', () => {
  test('are those at the default threshold', () => {
    expect(personaRates(card)).toEqual({
      attacks: 522,
      harmless: 1064,
      tiers: [
        { found: '92.7 %', alarms: '0.2 %' },
        { found: '91.4 %', alarms: '0.3 %' },
      ],
      lost: [2.5, 0],
    });
  });

  test('a card without them is refused', () => {
    expect(() => personaRates('# A head')).toThrow('the card has no row');
    expect(() => atDefault({ 'found at 0.5': '1 %' }, 'found')).toThrow('no column found at 0.7');
  });
});
