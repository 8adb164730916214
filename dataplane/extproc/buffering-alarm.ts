// Notices that Envoy holds event streams back until they are whole. It says nothing to the server
// when it ignores a mode override, so the signs are how and when bodies arrive.
import type { Log } from '../ports.ts';

/** A whole event stream in one message, so long after its headers, was not sent as it came. */
const heldBackMs = 500;

export interface BufferingAlarm {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** An event stream, asked for piece by piece at `sinceMs`, came whole. */
  cameWhole(sinceMs: number): void;
  /** An event stream cannot be asked for piece by piece in the modes configured. */
  cannotStream(): void;
}

/** Warns once, since every stream would repeat it. `now` is a clock in milliseconds. */
export function createBufferingAlarm(log: Log, now: () => number): BufferingAlarm {
  let hasWarned = false;
  const warn = (): void => {
    if (hasWarned) return;
    hasWarned = true;
    log.warn('event streams reach clients only when they are whole', {
      remedy: 'set response_body_mode STREAMED, or BUFFERED with allow_mode_override',
    });
  };
  return {
    now,
    cameWhole: (sinceMs) => {
      if (now() - sinceMs > heldBackMs) warn();
    },
    cannotStream: warn,
  };
}
