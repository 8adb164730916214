import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  amountAsFloat,
  compilePrice,
  costOf,
  formatAmount,
  formatCost,
  type Price,
  type Pricing,
} from './money.ts';
import type { Usage } from './usage.ts';

const usage = (promptTokens: number, completionTokens: number, cachedPromptTokens = 0): Usage => ({
  promptTokens,
  completionTokens,
  totalTokens: promptTokens + completionTokens,
  cachedPromptTokens,
  reasoningTokens: 0,
});

const priced = (pricing: Omit<Pricing, 'currency'>): Price => {
  const price = compilePrice({ currency: 'USD', ...pricing });
  if (price === undefined) throw new Error('no price');
  return price;
};

const costText = (counts: Usage, price: Price): string | undefined => {
  const cost = costOf(counts, price);
  return cost && formatCost(cost);
};

describe('reference numbers', () => {
  const price = priced({
    prompt_per_1m: '2.5',
    cached_input_per_1m: '0.25',
    completion_per_1m: '15',
  });

  test('cached prompt tokens cost their own price', () => {
    expect(costText(usage(6074, 285, 3456), price)).toBe('0.011684 USD');
  });

  test('without a cached price they cost as much as the others', () => {
    const plain = priced({ prompt_per_1m: '2.5', completion_per_1m: '15' });
    expect(costText(usage(6074, 285, 3456), plain)).toBe('0.01946 USD');
  });

  test('the dearer model of the peers', () => {
    const dear = priced({
      prompt_per_1m: '5',
      cached_input_per_1m: '0.5',
      completion_per_1m: '30',
    });
    // 800 at 5, 200 at 0.5, 100 at 30 for one million. (Peers that also price 300 of the 800 as
    // written to the cache, at 6.25, come to 0.007475.)
    expect(costText(usage(1000, 100, 200), dear)).toBe('0.0071 USD');
  });
});

describe('what has no price', () => {
  test.each<[string, Omit<Pricing, 'currency'>, Usage, string | undefined]>([
    ['a completion without a price', { prompt_per_1m: '1' }, usage(10, 1), undefined],
    ['a prompt without a price', { completion_per_1m: '1' }, usage(1, 10), undefined],
    ['an uncached prompt', { cached_input_per_1m: '1' }, usage(10, 0, 9), undefined],
    ['no completion, so none is needed', { prompt_per_1m: '1' }, usage(10, 0), '0.00001 USD'],
    ['no tokens at all', { prompt_per_1m: '1' }, usage(0, 0), '0 USD'],
    [
      'a price of zero is free',
      { prompt_per_1m: '0', completion_per_1m: '0' },
      usage(9, 9),
      '0 USD',
    ],
    ['a broken count', { prompt_per_1m: '1' }, usage(1.5, 0), undefined],
    ['a negative count', { prompt_per_1m: '1' }, usage(-1, 0), undefined],
  ])('%s', (_, pricing, counts, expected) => {
    expect(costText(counts, priced(pricing))).toBe(expected);
  });

  test('a currency alone prices nothing', () => {
    expect(compilePrice({ currency: 'EUR' })).toBeUndefined();
  });

  test('more cached tokens than prompt tokens are taken as the whole prompt', () => {
    const price = priced({ prompt_per_1m: '4', cached_input_per_1m: '1' });
    expect(costText(usage(10, 0, 20), price)).toBe('0.00001 USD');
  });

  test.each(['', '-1', '1e3', '.5', '1.', '0x1', '1.0000000000001'])('%j is refused', (text) => {
    expect(() => compilePrice({ currency: 'USD', prompt_per_1m: text })).toThrow(RangeError);
  });
});

// Exact arithmetic over the common denominator 10^18: 10^12 for the decimals of a price times 10^6
// for the million it is asked for.
const rational = (tokens: number, text: string): bigint => {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(tokens) * (BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, '0')));
};

const decimal = (digits: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat({ max: 999_999_999 }), fc.nat({ max: 10 ** digits - 1 }))
    .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(digits, '0')}`);
const counts = fc
  .record({ prompt: fc.nat(), share: fc.double({ min: 0, max: 1, noNaN: true }), out: fc.nat() })
  .map(({ prompt, share, out }) => usage(prompt, out, Math.floor(prompt * share)));

const exactly = (counted: Usage, [prompt, cached, completion]: readonly string[]): bigint =>
  rational(counted.promptTokens - counted.cachedPromptTokens, prompt ?? '') +
  rational(counted.cachedPromptTokens, cached ?? '') +
  rational(counted.completionTokens, completion ?? '');

const priceOf = ([prompt, cached, completion]: readonly string[]): Price =>
  priced({
    prompt_per_1m: prompt,
    cached_input_per_1m: cached,
    completion_per_1m: completion,
  });

test('prices of six decimals: every cost is the exact rational', () => {
  const prices = fc.tuple(decimal(6), decimal(6), decimal(6));
  fc.assert(
    fc.property(counts, prices, (counted, texts) => {
      const pico = costOf(counted, priceOf(texts))?.picoUnits ?? -1n;
      expect(pico * 1_000_000n).toBe(exactly(counted, texts));
    }),
  );
});

test('prices of twelve decimals: at most half a 10^-12 away, ties to even', () => {
  const prices = fc.tuple(decimal(12), decimal(12), decimal(12));
  fc.assert(
    fc.property(counts, prices, (counted, texts) => {
      const pico = costOf(counted, priceOf(texts))?.picoUnits ?? -1n;
      const twiceOff = 2n * (pico * 1_000_000n - exactly(counted, texts));
      const off = twiceOff < 0n ? -twiceOff : twiceOff;
      expect(off).toBeLessThanOrEqual(1_000_000n);
      if (off === 1_000_000n) expect(pico % 2n).toBe(0n);
    }),
  );
});

test('a tie goes to the even neighbour', () => {
  const price = priced({ prompt_per_1m: '0.0000005' });
  expect(costOf(usage(1, 0), price)?.picoUnits).toBe(0n);
  expect(costOf(usage(3, 0), price)?.picoUnits).toBe(2n);
});

test('an amount as text is the exact decimal', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (pico) => {
      const text = formatAmount(pico);
      expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      const [whole = '', fraction = ''] = text.replace('-', '').split('.');
      const back = BigInt(whole) * 10n ** 12n + BigInt(fraction.padEnd(12, '0'));
      expect(text.startsWith('-') ? -back : back).toBe(pico);
    }),
  );
});

test('a growing amount never shows a smaller float', () => {
  const pico = fc.bigInt({ min: 0n, max: 10n ** 25n });
  fc.assert(
    fc.property(pico, pico, (sum, added) => {
      expect(amountAsFloat(sum + added)).toBeGreaterThanOrEqual(amountAsFloat(sum));
    }),
  );
});
