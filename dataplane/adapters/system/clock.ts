// The system's clocks.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
