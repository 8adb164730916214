// What a request may say about the cache, in the header `x-vsr-cache-control`. It can make less use of
// the cache than the configuration allows, never more.

export interface CacheControl {
  readonly mayRead: boolean;
  readonly mayStore: boolean;
  /** Oldest answer that will do, in milliseconds. */
  readonly maxAgeMs: number | undefined;
  /** How long the answer may be kept, in milliseconds. */
  readonly ttlMs: number | undefined;
}

const anything: CacheControl = {
  mayRead: true,
  mayStore: true,
  maxAgeMs: undefined,
  ttlMs: undefined,
};

/**
 * Reads directives parted by commas: `no-cache` (no answer from the cache), `no-store` (the answer is
 * not kept), `bypass` (both), `max-age=SECONDS`, `ttl=SECONDS`. What is none of these is ignored.
 */
export function readCacheControl(value: string | undefined): CacheControl {
  if (value === undefined) return anything;
  let control = anything;
  for (const part of value.toLowerCase().split(',')) {
    const [name = '', amount = ''] = part.split('=').map((text) => text.trim());
    control = { ...control, ...directive(name, amount) };
  }
  return control;
}

function directive(name: string, amount: string): Partial<CacheControl> {
  switch (name) {
    case 'no-cache':
      return { mayRead: false };
    case 'no-store':
      return { mayStore: false };
    case 'bypass':
      return { mayRead: false, mayStore: false };
    case 'max-age':
      return withSeconds(amount, (maxAgeMs) => ({ maxAgeMs }));
    case 'ttl':
      return withSeconds(amount, (ttlMs) => ({ ttlMs }));
    default:
      return {};
  }
}

function withSeconds(
  amount: string,
  make: (milliseconds: number) => Partial<CacheControl>,
): Partial<CacheControl> {
  return /^\d{1,9}$/.test(amount) ? make(Number(amount) * 1000) : {};
}

/** The shorter of two times to live; undefined is for ever. */
export function shorterTtl(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
