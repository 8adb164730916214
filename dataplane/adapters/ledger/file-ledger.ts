// The usage ledger on disk: JSON Lines in segments, one record a line. It knows records and files,
// and nothing of metrics or requests.
//
// What a crash may take with it:
// - `sync`: nothing that `append` returned for, not even when the machine loses power;
// - `interval`: up to 0.2 seconds of records when the process is killed (the rest is in the kernel's
//   hands), up to about 1.2 seconds when the machine fails;
// - `memory`: up to 0.2 seconds when the process is killed, whatever the kernel had not written by
//   itself, typically 30 seconds, when the machine fails.
import type { UsageRecord } from '../../domain/usage-record.ts';
import type { Clock, Ledger, LedgerStats, Log } from '../../ports.ts';
import { asyncFiles, syncFiles, type LedgerFiles } from './ledger-files.ts';
import { PendingLines } from './pending-lines.ts';
import { RecentIds } from './recent-ids.ts';
import { decodeRecord, encodeRecord } from './record-line.ts';
import { listSegments, Segments } from './segments.ts';
import { runAsync, runSync, settled, type Steps } from './steps.ts';

export type Durability = 'sync' | 'interval' | 'memory';

export interface FileLedgerOptions {
  readonly directory: string;
  readonly durability: Durability;
  /** Size of all segments together; the oldest are removed beyond it. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Size of one segment; an eighth of `maxBytes`, at most 64 MiB, when left out. */
  readonly segmentBytes?: number;
  /** Size of the records that may wait in memory while nothing can be written; 64 MiB. */
  readonly maxPendingBytes?: number;
  /** The file system; the real one when left out. */
  readonly files?: LedgerFiles;
}

const mebibyte = 1024 * 1024;
const writeEveryMs = 200;
const syncEveryMs = 1_000;
const firstRetryMs = 250;
const lastRetryMs = 10_000;
// So many stay in a core's cache; to look among ten thousand takes a microsecond for each record.
const rememberedIds = 2_000;
// Ids are about a twentieth of a line, so this holds several thousand of them.
const inspectedEndBytes = 4 * mebibyte;

/**
 * Opens the ledger in a directory, which is made when it is missing. Segments of earlier processes
 * are kept; a torn record at the end of one is logged and left alone, and readers ignore it. Throws
 * when the directory cannot be made or read.
 */
export async function openFileLedger(options: FileLedgerOptions): Promise<Ledger> {
  const files = options.files ?? (options.durability === 'sync' ? syncFiles : asyncFiles);
  const ids = new RecentIds(rememberedIds);
  let foundBytes: number;
  try {
    foundBytes = await runAsync(inspect(files, options, ids));
  } catch (error) {
    throw new Error(
      `The usage ledger cannot use the directory ${options.directory}: ${codeOf(error)}.`,
      { cause: error },
    );
  }
  const segments = new Segments({
    directory: options.directory,
    files,
    maxBytes: options.maxBytes,
    segmentBytes: options.segmentBytes ?? defaultSegmentBytes(options.maxBytes),
    needsSync: options.durability !== 'memory',
    startedAtMs: options.clock.now(),
    foundBytes,
  });
  return new FileLedger(options, segments, ids);
}

class FileLedger implements Ledger {
  readonly #options: FileLedgerOptions;
  readonly #segments: Segments;
  readonly #pending = new PendingLines();
  readonly #ids: RecentIds;
  readonly #maxPendingBytes: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #lastSyncMs: number;
  #retryMs = firstRetryMs;
  #problem: string | undefined;
  #isDropping = false;
  #isClosed = false;
  #records = 0;
  #dropped = 0;
  #errors = 0;

  constructor(options: FileLedgerOptions, segments: Segments, ids: RecentIds) {
    this.#options = options;
    this.#segments = segments;
    this.#ids = ids;
    this.#maxPendingBytes = options.maxPendingBytes ?? 64 * mebibyte;
    this.#lastSyncMs = options.clock.monotonic();
  }

  append(record: UsageRecord): 'taken' | 'duplicate' | 'dropped' {
    if (this.#isClosed) return this.#drop();
    if (!this.#ids.add(record.id)) return 'duplicate';
    const line = encodeRecord(record);
    const length = Buffer.byteLength(line);
    if (this.#pending.bytes + length > this.#maxPendingBytes) return this.#drop();
    this.#pending.push(line, length);
    this.#records += 1;
    if (this.#options.durability !== 'sync') this.#schedule(writeEveryMs);
    else if (this.#problem === undefined) this.#attemptNow();
    return 'taken';
  }

  async flush(): Promise<void> {
    if (this.#options.durability === 'sync') {
      this.#attemptNow();
      return;
    }
    // Somebody else may have begun another attempt by the time this one is over.
    while (this.#running !== undefined) await this.#running;
    await this.#attempt({ sync: true });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lost = this.#pending.count;
    if (lost > 0) {
      this.#dropped += lost;
      this.#options.log.error('usage records are lost, since the ledger could not be written', {
        lost,
        code: this.#problem,
      });
    }
    await runAsync(this.#segments.close()).catch((error: unknown) => {
      this.#options.log.warn('a ledger segment did not close cleanly', { code: codeOf(error) });
    });
  }

  stats(): LedgerStats {
    return {
      state: this.#problem === undefined ? 'ok' : 'degraded',
      problem: this.#problem,
      records: this.#records,
      pending: this.#pending.count,
      dropped: this.#dropped,
      errors: this.#errors,
      bytes: this.#segments.bytes,
      removedBytes: this.#segments.removedBytes,
    };
  }

  #drop(): 'dropped' {
    this.#dropped += 1;
    if (!this.#isDropping) {
      this.#isDropping = true;
      this.#options.log.error('the usage ledger drops records', {
        pending: this.#pending.count,
        code: this.#problem ?? (this.#isClosed ? 'CLOSED' : undefined),
      });
    }
    return 'dropped';
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#running !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#options.durability === 'sync') this.#attemptNow();
      else if (this.#running === undefined) void this.#attempt({ sync: this.#isSyncDue() });
    }, delayMs);
    // Whoever ends the process closes the ledger first; nothing here keeps it alive.
    this.#timer.unref();
  }

  #isSyncDue(): boolean {
    return this.#options.clock.monotonic() - this.#lastSyncMs >= syncEveryMs;
  }

  #attemptNow(): void {
    try {
      runSync(this.#segments.write(this.#pending, { sync: true }));
      this.#succeeded();
    } catch (error) {
      this.#failed(error);
    }
  }

  #attempt({ sync }: { readonly sync: boolean }): Promise<void> {
    if (sync) this.#lastSyncMs = this.#options.clock.monotonic();
    const running = runAsync(this.#segments.write(this.#pending, { sync })).then(
      () => {
        this.#running = undefined;
        this.#succeeded();
        // What is written and not yet synced, and what came meanwhile.
        if (this.#pending.count > 0) this.#schedule(writeEveryMs);
      },
      (error: unknown) => {
        this.#running = undefined;
        this.#failed(error);
      },
    );
    this.#running = running;
    return running;
  }

  #succeeded(): void {
    this.#retryMs = firstRetryMs;
    this.#isDropping = false;
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#options.log.warn('the usage ledger is written again', { dropped: this.#dropped });
  }

  #failed(error: unknown): void {
    this.#errors += 1;
    const isNew = this.#problem === undefined;
    this.#problem = codeOf(error);
    if (isNew) {
      this.#options.log.error('the usage ledger cannot be written, records wait in memory', {
        directory: this.#options.directory,
        code: this.#problem,
      });
    }
    this.#schedule(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }
}

function defaultSegmentBytes(maxBytes: number): number {
  return Math.min(64 * mebibyte, Math.floor(maxBytes / 8));
}

/**
 * Looks at what earlier processes left: torn ends, and the ids that must not be taken again. Returns
 * the size of all segments together.
 */
function* inspect(
  files: LedgerFiles,
  { directory, log }: FileLedgerOptions,
  ids: RecentIds,
): Steps<number> {
  yield* settled(files.makeDirectory(directory));
  const segments = yield* listSegments(files, directory);
  for (const [index, { name, bytes }] of segments.entries()) {
    if (bytes === 0) continue;
    const isLast = index === segments.length - 1;
    const end = yield* settled(
      files.readEnd(`${directory}/${name}`, isLast ? inspectedEndBytes : 1),
    );
    if (end.at(-1) !== 0x0a) {
      log.warn('a ledger segment ends in a torn record, which is ignored', { segment: name });
    }
    if (!isLast) continue;
    for (const line of end.toString().split('\n')) {
      const record = decodeRecord(line);
      if (record !== undefined) ids.add(record.id);
    }
  }
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The code of a system error, such as `ENOSPC`; its message would name paths. */
function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return String(error);
}
