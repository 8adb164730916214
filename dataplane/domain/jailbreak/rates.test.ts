import { expect, test } from '@jest/globals';
import { ratesOf, type ScoredText } from './rates.ts';

const text = (set: string, isAttack: boolean, blend: number, lexical: number): ScoredText => ({
  ...{ set, isAttack, blend, lexical },
});

test('attacks found and false alarms are counted by set, tier and threshold', () => {
  const texts = [
    text('one', true, 0.9, 0.7),
    text('one', true, 0.6, 0.2),
    text('one', false, 0.5, 0.95),
    text('two', false, 0.1, 0.1),
  ];
  const one = { set: 'one', attacks: 2, harmless: 1 };
  const two = { set: 'two', attacks: 0, harmless: 1, found: [0, 0, 0], alarms: [0, 0, 0] };
  expect(ratesOf(texts)).toEqual([
    { ...one, tier: 'blend', found: [2, 1, 1], alarms: [1, 0, 0] },
    { ...one, tier: 'lexical', found: [1, 1, 0], alarms: [1, 1, 1] },
    { ...two, tier: 'blend' },
    { ...two, tier: 'lexical' },
  ]);
});
