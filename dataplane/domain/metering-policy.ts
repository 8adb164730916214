// What a configuration says about counting; compiled once, travels with each record.
import type { BillingMode } from '../../config/mode.ts';

export interface MeteringPolicy {
  readonly mode: BillingMode;
  /** Whether costs are calculated here: standalone and hybrid. */
  readonly calculatesCost: boolean;
  readonly exportTokens: boolean;
  readonly exportCache: boolean;
  readonly exportRouting: boolean;
  readonly exportSecurity: boolean;
  readonly userLabel: 'raw' | 'hash' | 'drop';
  /** Users with series of their own; later ones share `_overflow`. */
  readonly maxUsers: number;
  /** When set, other tiers are counted as `_invalid`. */
  readonly knownTiers: ReadonlySet<string> | undefined;
}
