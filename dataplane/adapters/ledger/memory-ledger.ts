// The latest usage records in memory: for tests, and for a router that was given no directory.
import type { Ledger } from '../../ports.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { RecentIds } from './recent-ids.ts';

export interface MemoryLedger extends Ledger {
  /** The records that are kept, oldest first. */
  records(): readonly UsageRecord[];
}

const defaultCapacity = 10_000;

/** Keeps the last `capacity` records; older ones make way, which loses nothing that was promised. */
export function createMemoryLedger(capacity = defaultCapacity): MemoryLedger {
  const ids = new RecentIds(capacity);
  const ring: UsageRecord[] = [];
  let taken = 0;
  let isClosed = false;

  return {
    append(record) {
      if (isClosed) return 'dropped';
      if (!ids.add(record.id)) return 'duplicate';
      ring[taken % capacity] = record;
      taken += 1;
      return 'taken';
    },
    flush: () => Promise.resolve(),
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
    stats: () => ({
      state: 'ok',
      problem: undefined,
      records: taken,
      pending: 0,
      dropped: 0,
      errors: 0,
      bytes: 0,
      removedBytes: 0,
    }),
    records: () => {
      const first = taken % capacity;
      return taken <= capacity ? ring.slice() : [...ring.slice(first), ...ring.slice(0, first)];
    },
  };
}
