// What this side of a connection allows, and for how long it waits.
import type { Rate } from './allowance.ts';

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

/** Of one connection; Envoy opens another one for more. */
export const maxConcurrentStreams = 10_000;

/** Headers of one stream, decoded and as they came. */
export const maxHeaderListBytes = 65_536;
export const maxHeaderBlockBytes = 65_536;

/** What waits for one stream, or for all of a connection, beyond which nothing more is taken for it. */
export const maxWaitingBytes = 1_048_576;

/** What waits on a connection because its client reads nothing, beyond which the client is given up. */
export const maxUnreadBytes = 16_777_216;

/** How long a client may take to answer that it has heard of the end, and then to hang up itself. */
export const announcementMs = 1_000;

/**
 * Streams that either side breaks off. Envoy ends every ext_proc stream by RST_STREAM, so that resets are no
 * sign of an attack; a client that does nothing else is one, however fast streams are given up, and so
 * is one that has us reset its streams.
 */
export const resetRate: Rate = { burst: 100_000, perSecond: 10_000 };

/** SETTINGS of a client: each may change the window of every stream. Clients send a handful in their life. */
export const settingsRate: Rate = { burst: 100, perSecond: 10 };
