// UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random bits, so that ids sort by
// the time they were given.
import { randomFillSync } from 'node:crypto';
import type { Clock, Ids } from '../../ports.ts';

// Random bytes are drawn for this many ids at once: one call costs about as much as the ids.
const idsPerDraw = 256;
const randomBytesPerId = 10;

export function createUuidV7(clock: Clock): Ids {
  const pool = Buffer.alloc(idsPerDraw * randomBytesPerId);
  let used = pool.length;
  return {
    next: () => {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      pool[used] = ((pool[used] ?? 0) & 0x0f) | 0x70;
      pool[used + 2] = ((pool[used + 2] ?? 0) & 0x3f) | 0x80;
      const time = clock.now().toString(16).padStart(12, '0');
      const random = pool.toString('hex', used, used + randomBytesPerId);
      used += randomBytesPerId;
      return (
        `${time.slice(0, 8)}-${time.slice(8)}-${random.slice(0, 4)}-` +
        `${random.slice(4, 8)}-${random.slice(8)}`
      );
    },
  };
}
