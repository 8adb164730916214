// Time that passes when a test says so.
import type { Clock } from '../../operator/controller/surroundings.ts';

export interface FakeClock extends Clock {
  /** Lets everything that is under way go on as far as it can without time passing. */
  settle(): Promise<void>;
  /** Lets time pass; timers fire in order, and what they start goes on in between. */
  advance(ms: number): Promise<void>;
  /** How many timers are set. */
  timers(): number;
}

/** `random` always answers `chance`, so that waits are what they are without jitter. */
export function createFakeClock(chance = 0): FakeClock {
  const timers = new Set<{ readonly dueMs: number; readonly task: () => void }>();
  let nowMs = 0;
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    monotonicMs: () => nowMs,
    date: () => new Date(1_700_000_000_000 + nowMs),
    random: () => chance,
    after: (ms, task) => {
      const timer = { dueMs: nowMs + ms, task };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    timers: () => timers.size,
    settle,
    advance: async (ms) => {
      const endMs = nowMs + ms;
      await settle();
      for (;;) {
        const [next] = [...timers].sort((one, other) => one.dueMs - other.dueMs);
        if (next === undefined || next.dueMs > endMs) break;
        nowMs = Math.max(nowMs, next.dueMs);
        timers.delete(next);
        next.task();
        await settle();
      }
      nowMs = endMs;
    },
  };
}
