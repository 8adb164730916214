// A thread that computes gives way to the one that serves requests, where both want the same core.
import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { constants, setPriority } from 'node:os';

/** The link to the calling thread's own entry: `PROCESS/task/THREAD`. */
const ownEntry = '/proc/thread-self';

/**
 * Lowers the priority of the calling thread alone. Two such threads that compute without a pause then
 * leave about four fifths of a contended core to the rest of the process, and still come to their
 * end; on a free core nothing changes. Where threads have no priority of their own (elsewhere than on
 * Linux), or it may not be set, nothing happens.
 */
export function giveWay(entry: string = ownEntry): void {
  try {
    const thread = Number(basename(readlinkSync(entry)));
    if (Number.isSafeInteger(thread) && thread > 0) {
      setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
    }
  } catch {
    // Without it the thread computes as before.
  }
}
