// How many attacks are found and how many harmless texts taken for some, given their scores.
import type { Tier } from './head.ts';

/** A text with what it is and its score in each tier. */
export interface ScoredText extends Readonly<Record<Tier, number>> {
  /** Set that it belongs to. */
  readonly set: string;
  readonly isAttack: boolean;
}

export const thresholds = [0.5, 0.7, 0.9] as const;

/** Of one set in one tier; `found` and `alarms` are counts, one for each of the thresholds. */
export interface Rates {
  readonly set: string;
  readonly tier: Tier;
  readonly attacks: number;
  readonly harmless: number;
  readonly found: readonly number[];
  readonly alarms: readonly number[];
}

/** By set, in the order in which sets come first, and by tier. */
export function ratesOf(texts: readonly ScoredText[]): Rates[] {
  return [...Map.groupBy(texts, ({ set }) => set)].flatMap(([set, own]) => {
    const attacks = own.filter(({ isAttack }) => isAttack);
    const harmless = own.filter(({ isAttack }) => !isAttack);
    return (['blend', 'lexical'] as const).map((tier): Rates => {
      const over = (some: readonly ScoredText[]): number[] =>
        thresholds.map((threshold) => some.filter((text) => text[tier] >= threshold).length);
      return {
        ...{ set, tier, attacks: attacks.length, harmless: harmless.length },
        ...{ found: over(attacks), alarms: over(harmless) },
      };
    });
  });
}
