// What the engine needs from outside besides Kubernetes: time, chance and a log. All of it is
// injected, so that an hour of back-off is tested in a millisecond.

/** Ends a timer that has not fired. */
export type Cancel = () => void;

/** Time and chance. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  monotonicMs(): number;
  /** What the calendar says, for times that others read. */
  date(): Date;
  /** Runs `task` once after `ms`. A timer alone does not keep the process alive. */
  after(ms: number, task: () => void): Cancel;
  /** Evenly spread in [0, 1). */
  random(): number;
}

/** Messages are constant; what varies is in the fields. No call throws. */
export interface Log {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  date: () => new Date(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
  random: () => Math.random(),
};

/** Resolves after `ms`, or as soon as the signal is aborted; it never rejects. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}

/** What an error says, for logs. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
