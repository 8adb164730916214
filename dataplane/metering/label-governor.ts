// Decides under which `user` and `tier` a caller is counted, so that labels stay bounded whatever
// callers come. It never forgets and never moves what it once admitted: a series that was shown
// stays, and only ever grows.
import { createHmac } from 'node:crypto';
import { overflowLabels } from '../../config/names.ts';
import type { MeteringPolicy } from '../domain/metering-policy.ts';

/** Tiers with series of their own where no `known_tiers` are set: as many as may be set there. */
const maxTiers = 100;

// A caller may change its tier, but one that sends a new tier each time must not multiply series:
// so many pairs of user and tier are admitted for each user that may be.
const pairsPerUser = 2;

// 64 bits: among a million users, two share a hash with a chance of 3 in 100 million.
const hashDigits = 16;

export interface CallerLabels {
  readonly user: string;
  readonly tier: string;
}

export interface GovernorOptions<Counted> {
  /** Key of hashed users; without one they are dropped, since an unkeyed hash can be guessed. */
  readonly hashKey: string | undefined;
  /** Makes what is kept for one pair of labels; called once for each. */
  readonly begin: (labels: CallerLabels) => Counted;
}

type UserKind = MeteringPolicy['userLabel'];

interface KnownUser<Counted> {
  readonly label: string;
  readonly byTier: Map<string, Counted>;
}

/** Users admitted under one kind of label. */
interface UserBook<Counted> {
  readonly users: Map<string, KnownUser<Counted>>;
  pairs: number;
}

export class LabelGovernor<Counted> {
  readonly #options: GovernorOptions<Counted>;
  readonly #tiers = new Set<string>();
  readonly #books: Readonly<Record<UserKind, UserBook<Counted>>> = {
    raw: { users: new Map(), pairs: 0 },
    hash: { users: new Map(), pairs: 0 },
    drop: { users: new Map(), pairs: 0 },
  };
  readonly #overflow: KnownUser<Counted> = { label: overflowLabels.user, byTier: new Map() };

  constructor(options: GovernorOptions<Counted>) {
    this.#options = options;
  }

  /** What is kept for the labels that this caller is counted under. */
  resolve(caller: CallerLabels, policy: MeteringPolicy): Counted {
    const tier = this.#tierLabel(caller.tier, policy);
    const kind =
      policy.userLabel === 'hash' && this.#options.hashKey === undefined
        ? 'drop'
        : policy.userLabel;
    // Where the label is dropped, one nameless user stands for all and no limit is needed.
    const maxUsers = kind === 'drop' ? Infinity : policy.maxUsers;
    const name = kind === 'drop' ? '' : caller.user;
    const book = this.#books[kind];
    const user = book.users.get(name) ?? this.#admit(book, name, { kind, maxUsers });
    return user.byTier.get(tier) ?? this.#newPair(book, user, { tier, maxUsers });
  }

  #admit(
    book: UserBook<Counted>,
    name: string,
    { kind, maxUsers }: { readonly kind: UserKind; readonly maxUsers: number },
  ): KnownUser<Counted> {
    if (book.users.size >= maxUsers) return this.#overflow;
    const label = kind === 'hash' ? this.#hash(name) : name;
    const user = { label, byTier: new Map<string, Counted>() };
    book.users.set(name, user);
    return user;
  }

  #newPair(
    book: UserBook<Counted>,
    user: KnownUser<Counted>,
    { tier, maxUsers }: { readonly tier: string; readonly maxUsers: number },
  ): Counted {
    if (user !== this.#overflow) {
      if (user.byTier.size > 0 && book.pairs >= maxUsers * pairsPerUser) {
        return this.#overflow.byTier.get(tier) ?? this.#begin(this.#overflow, tier);
      }
      book.pairs += 1;
    }
    return this.#begin(user, tier);
  }

  #begin(user: KnownUser<Counted>, tier: string): Counted {
    const counted = this.#options.begin({ user: user.label, tier });
    user.byTier.set(tier, counted);
    return counted;
  }

  #tierLabel(tier: string, { knownTiers }: MeteringPolicy): string {
    if (knownTiers !== undefined) {
      if (knownTiers.has(tier)) return tier;
    } else if (this.#tiers.has(tier)) {
      return tier;
    } else if (this.#tiers.size < maxTiers) {
      this.#tiers.add(tier);
      return tier;
    }
    return overflowLabels.tier;
  }

  #hash(user: string): string {
    return createHmac('sha256', this.#options.hashKey ?? '')
      .update(user)
      .digest('hex')
      .slice(0, hashDigits);
  }
}
