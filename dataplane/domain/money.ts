// Money in whole numbers: prices become integers once, costs are exact, nothing is rounded on the
// way. It knows no configuration file and no currency rates; amounts of two currencies never meet.
import type { Cost } from './usage-record.ts';
import type { Usage } from './usage.ts';

/** Prices as a configuration gives them: decimals as text, for one million tokens. */
export interface Pricing {
  /** ISO 4217. */
  readonly currency: string;
  readonly prompt_per_1m?: string | undefined;
  readonly completion_per_1m?: string | undefined;
  /** Prompt tokens that the backend took from its prefix cache; the prompt price when left out. */
  readonly cached_input_per_1m?: string | undefined;
}

/**
 * Prices of one million tokens in 10^-12 units of the currency. A kind of token without a price is
 * undefined: unpriced, which is not free.
 */
export interface Price {
  readonly currency: string;
  readonly prompt: bigint | undefined;
  readonly completion: bigint | undefined;
  readonly cachedPrompt: bigint | undefined;
}

const fractionDigits = 12;
const picoPerUnit = 10n ** BigInt(fractionDigits);
const tokensPerPrice = 1_000_000n;

/**
 * Makes prices ready for `costOf`. Undefined when no price is given at all: a currency alone prices
 * nothing. Throws a RangeError on text that is no decimal with at most 12 digits after the point,
 * which the schema refuses before.
 */
export function compilePrice(pricing: Pricing): Price | undefined {
  const prompt = readDecimal(pricing.prompt_per_1m);
  const completion = readDecimal(pricing.completion_per_1m);
  const cachedPrompt = readDecimal(pricing.cached_input_per_1m) ?? prompt;
  if (prompt === undefined && completion === undefined && cachedPrompt === undefined) {
    return undefined;
  }
  return { currency: pricing.currency, prompt, completion, cachedPrompt };
}

/**
 * What `usage` costs. Undefined, that is unpriced, when it has tokens of a kind that has no price
 * (an embedding model needs no completion price, since it has no completions) or a count that is no
 * non-negative integer.
 *
 * Exact while prices have at most six decimals, since a token then costs whole 10^-12 units. With
 * more, the sum is rounded half to even to 10^-12 units, once.
 */
export function costOf(usage: Usage, price: Price): Cost | undefined {
  const cachedTokens = Math.min(usage.cachedPromptTokens, usage.promptTokens);
  const prompt = amountOf(usage.promptTokens - cachedTokens, price.prompt);
  const cached = amountOf(cachedTokens, price.cachedPrompt);
  const completion = amountOf(usage.completionTokens, price.completion);
  if (prompt === undefined || cached === undefined || completion === undefined) return undefined;
  return {
    currency: price.currency,
    picoUnits: divideHalfEven(prompt + cached + completion, tokensPerPrice),
  };
}

/** The amount as an exact decimal without trailing zeros, such as `0.011684`. */
export function formatAmount(picoUnits: bigint): string {
  const sign = picoUnits < 0n ? '-' : '';
  const absolute = picoUnits < 0n ? -picoUnits : picoUnits;
  const fraction = (absolute % picoPerUnit)
    .toString()
    .padStart(fractionDigits, '0')
    .replace(/0+$/, '');
  const whole = (absolute / picoPerUnit).toString();
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`);
}

/** Amount and currency for a reader, such as `0.011684 USD`. */
export function formatCost(cost: Cost): string {
  return `${formatAmount(cost.picoUnits)} ${cost.currency}`;
}

/**
 * The float nearest to the amount, for readers that have no integers. Rounded once, so that a sum
 * that grows never shows a smaller float.
 */
export function amountAsFloat(picoUnits: bigint): number {
  return Number(formatAmount(picoUnits));
}

function readDecimal(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,12}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`${JSON.stringify(text)} is no decimal price`);
  return BigInt(whole + fraction.padEnd(fractionDigits, '0'));
}

function amountOf(tokens: number, pricePerMillion: bigint | undefined): bigint | undefined {
  if (tokens === 0) return 0n;
  if (pricePerMillion === undefined || !Number.isSafeInteger(tokens) || tokens < 0) {
    return undefined;
  }
  return BigInt(tokens) * pricePerMillion;
}

/** Quotient of two non-negative integers, rounded to the nearest, ties to even. */
function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twiceRest = (dividend % divisor) * 2n;
  if (twiceRest < divisor) return quotient;
  if (twiceRest > divisor) return quotient + 1n;
  return quotient % 2n === 0n ? quotient : quotient + 1n;
}
