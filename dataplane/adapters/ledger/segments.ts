// The files of the ledger: appends pending lines to the current segment, begins a new one when it is
// full or broken, and removes the oldest to stay within the limit. It decides nothing about when.
//
// Every write is positional, at the end of what is known to be written. So an attempt that failed
// half-way is continued at the very byte where it stopped, and nothing is ever written twice.
import type { LedgerFiles } from './ledger-files.ts';
import type { PendingLines } from './pending-lines.ts';
import { settled, type Steps } from './steps.ts';

export interface SegmentsOptions {
  readonly directory: string;
  readonly files: LedgerFiles;
  readonly maxBytes: number;
  /** A segment is closed before it grows beyond this. */
  readonly segmentBytes: number;
  /** Whether written lines must be synced before they are safe. */
  readonly needsSync: boolean;
  /** When the process began, milliseconds since the epoch: sorts its segments after older ones. */
  readonly startedAtMs: number;
  /** Size of the segments that earlier processes left. */
  readonly foundBytes: number;
}

interface Segment {
  readonly path: string;
  readonly file: number;
  /** Bytes written, a cut line included. */
  bytes: number;
  /** Bytes of lines that were released: beyond them the segment may be cut off. */
  safeBytes: number;
}

const maxBatchBytes = 1024 * 1024;
const segmentName = /^usage-[0-9TZ]+-[0-9]+\.jsonl$/;

export class Segments {
  readonly #options: SegmentsOptions;
  readonly #start: string;
  #segment: Segment | undefined;
  #number = 0;
  #closedBytes: number;
  #removedBytes = 0;

  constructor(options: SegmentsOptions) {
    this.#options = options;
    this.#closedBytes = options.foundBytes;
    this.#start = new Date(options.startedAtMs).toISOString().replace(/[-:.]/g, '');
  }

  /** Size of all segments together. */
  get bytes(): number {
    return this.#closedBytes + (this.#segment?.bytes ?? 0);
  }

  get removedBytes(): number {
    return this.#removedBytes;
  }

  /** Writes all pending lines, and with `sync` returns when they are on disk. Throws on failure. */
  *write(pending: PendingLines, { sync }: { readonly sync: boolean }): Steps<void> {
    yield* this.#letGoOfVanished(pending);
    while (pending.nextLength !== undefined) {
      const segment = yield* this.#segmentFor(pending, pending.nextLength);
      const room = this.#options.segmentBytes - segment.bytes;
      const batch = pending.batch(Math.min(room, maxBatchBytes));
      const written = yield* settled(this.#options.files.write(segment.file, batch, segment.bytes));
      if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
      segment.bytes += written;
      pending.advance(written);
      if (!this.#options.needsSync) release(segment, pending);
    }
    if (sync && this.#options.needsSync) yield* this.#sync(pending);
  }

  /** Lets go of the current segment. */
  *close(): Steps<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#segment = undefined;
    this.#closedBytes += segment.bytes;
    yield* settled(this.#options.files.close(segment.file));
  }

  *#segmentFor(pending: PendingLines, length: number): Steps<Segment> {
    const segment = this.#segment;
    if (segment !== undefined) {
      const isCut = pending.partialBytes > 0;
      const fits = segment.bytes === 0 || segment.bytes + length <= this.#options.segmentBytes;
      // A cut line can only be continued where it was begun.
      if (isCut || fits) return segment;
      yield* this.#sync(pending);
      yield* this.close();
    }
    return yield* this.#begin();
  }

  *#begin(): Steps<Segment> {
    const { directory, files, needsSync } = this.#options;
    yield* this.#makeRoom();
    const path = `${directory}/${yield* this.#freeName()}`;
    const file = yield* settled(files.create(path));
    try {
      if (needsSync) yield* settled(files.syncDirectory(directory));
    } catch (error) {
      // A file whose name may not survive is no place for records.
      yield* ignoringErrors(() => files.close(file));
      yield* ignoringErrors(() => files.remove(path));
      throw error;
    }
    this.#segment = { path, file, bytes: 0, safeBytes: 0 };
    return this.#segment;
  }

  /** Another process may have begun in the same millisecond. */
  *#freeName(): Steps<string> {
    const { directory, files } = this.#options;
    const taken = new Set((yield* settled(files.list(directory))).map(({ name }) => name));
    for (;;) {
      this.#number += 1;
      const name = `usage-${this.#start}-${String(this.#number).padStart(6, '0')}.jsonl`;
      if (!taken.has(name)) return name;
    }
  }

  /** Removes the oldest segments until a whole new one fits within the limit. */
  *#makeRoom(): Steps<void> {
    const { directory, files, maxBytes, segmentBytes } = this.#options;
    const segments = yield* listSegments(files, directory);
    this.#closedBytes = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { name, bytes } of segments) {
      if (this.#closedBytes + segmentBytes <= maxBytes) return;
      yield* settled(files.remove(`${directory}/${name}`));
      this.#closedBytes -= bytes;
      this.#removedBytes += bytes;
    }
  }

  *#sync(pending: PendingLines): Steps<void> {
    const segment = this.#segment;
    if (segment === undefined || !this.#options.needsSync) return;
    if (segment.bytes === segment.safeBytes) return;
    try {
      yield* settled(this.#options.files.sync(segment.file));
    } catch (error) {
      // After a failed sync the kernel may have forgotten the pages and call the next one a
      // success, so the same file cannot be trusted: its unsafe lines go to a new one.
      yield* this.#abandon(segment, pending);
      throw error;
    }
    release(segment, pending);
  }

  /** Writes to a removed file succeed and are lost, so somebody has to look. */
  *#letGoOfVanished(pending: PendingLines): Steps<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    if ((yield* settled(this.#options.files.links(segment.file))) > 0) return;
    yield* this.#abandon(segment, pending);
  }

  *#abandon(segment: Segment, pending: PendingLines): Steps<void> {
    const { files } = this.#options;
    // Where this fails, readers still drop the second copy of a record by its id.
    yield* ignoringErrors(() => files.truncate(segment.file, segment.safeBytes));
    yield* ignoringErrors(() => files.close(segment.file));
    pending.rewind();
    this.#segment = undefined;
    this.#closedBytes += segment.safeBytes;
  }
}

function release(segment: Segment, pending: PendingLines): void {
  pending.release();
  segment.safeBytes = segment.bytes - pending.partialBytes;
}

/** The ledger's files in a directory, oldest first. */
export function* listSegments(
  files: LedgerFiles,
  directory: string,
): Steps<readonly { readonly name: string; readonly bytes: number }[]> {
  const found = yield* settled(files.list(directory));
  return found
    .filter(({ name }) => segmentName.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function* ignoringErrors(action: () => unknown): Steps<void> {
  try {
    yield* settled(action());
  } catch {
    // The file is given up; what matters was reported by the caller's own error.
  }
}
