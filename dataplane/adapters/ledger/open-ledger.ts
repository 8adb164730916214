// The ledger that a configuration asks for.
import type { RouterConfig } from '../../../config/schema/index.ts';
import type { Ledger, Log } from '../../ports.ts';
import { systemClock } from '../system/clock.ts';
import { openFileLedger } from './file-ledger.ts';
import { createMemoryLedger } from './memory-ledger.ts';

/**
 * In files where a directory is set, otherwise the latest records in memory. Rejects with a sentence
 * when the directory cannot be used. Settings are read at start: a reload does not move the ledger.
 */
export function openLedger(settings: RouterConfig['usage_ledger'], log: Log): Promise<Ledger> {
  const { directory, durability, max_bytes: maxBytes } = settings;
  if (directory === undefined) return Promise.resolve(createMemoryLedger());
  return openFileLedger({ directory, durability, maxBytes, clock: systemClock, log });
}
