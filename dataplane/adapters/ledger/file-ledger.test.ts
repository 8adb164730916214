import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordId, usageRecord } from '../../../test/kit/usage-records.ts';
import type { Ledger, Log } from '../../ports.ts';
import { openFileLedger, type Durability, type FileLedgerOptions } from './file-ledger.ts';
import { asyncFiles, syncFiles, type LedgerFiles } from './ledger-files.ts';
import { readLedger } from './read-ledger.ts';
import { encodeRecord } from './record-line.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const kinds: readonly Durability[] = ['sync', 'interval', 'memory'];

let parent = '';
let directory = '';
let logged: string[] = [];
const opened: Ledger[] = [];

const nothing = (): void => undefined;
const log: Log = {
  error: (message, fields) => logged.push(`${message} ${String(fields?.['code'])}`),
  warn: (message) => logged.push(message),
  info: nothing,
  debug: nothing,
  isEnabled: () => false,
};

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'srm-ledger-'));
  directory = join(parent, 'usage');
  logged = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((ledger) => ledger.close()));
  await rm(parent, { recursive: true, force: true });
});

async function open(given: Partial<FileLedgerOptions> = {}): Promise<Ledger> {
  const options = { directory, durability: 'interval', maxBytes: 2 ** 20, clock, log } as const;
  const ledger = await openFileLedger({ ...options, ...given });
  opened.push(ledger);
  return ledger;
}

const record = (number: number): ReturnType<typeof usageRecord> =>
  usageRecord({ id: recordId(number) });

function appendAll(ledger: Ledger, from: number, to: number): void {
  for (let number = from; number <= to; number += 1) ledger.append(record(number));
}

const segments = (): string[] => readdirSync(directory).sort();

/** Numbers of the records in the files as they are there, doubles included. */
function written(): number[] {
  return segments().flatMap((name) =>
    readFileSync(join(directory, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => Number(/"id":"[^"]*-0*([0-9]+)"/.exec(line)?.[1])),
  );
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** The real file system on a disk that can be full and whose cable can be pulled. */
function faulty(real: LedgerFiles): LedgerFiles & { free: number; failingSyncs: number } {
  const fail = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  const disk = {
    ...real,
    free: Infinity,
    failingSyncs: 0,
    // As a real disk: what fits is written, and only the next attempt fails.
    write: (file: number, bytes: Buffer, position: number) => {
      if (disk.free <= 0) return fail('ENOSPC');
      const fitting = bytes.subarray(0, Math.min(bytes.length, disk.free));
      disk.free -= fitting.length;
      return real.write(file, fitting, position);
    },
    sync: (file: number) => {
      if (disk.failingSyncs === 0) return real.sync(file);
      disk.failingSyncs -= 1;
      return fail('EIO');
    },
  };
  return disk;
}

const filesFor = (durability: Durability): LedgerFiles =>
  durability === 'sync' ? syncFiles : asyncFiles;

describe.each(kinds)('a disk that fails, durability %s', (durability) => {
  test('a full disk: records wait, and are written once when there is room', async () => {
    const files = faulty(filesFor(durability));
    const ledger = await open({ durability, files });
    const size = Buffer.byteLength(encodeRecord(record(1)));
    files.free = 2 * size + 100;
    appendAll(ledger, 1, 5);
    await ledger.flush();
    expect(written()).toEqual([1, 2]);
    expect(ledger.stats()).toMatchObject({ state: 'degraded', problem: 'ENOSPC', dropped: 0 });

    files.free = 10;
    await ledger.flush();
    expect(written()).toEqual([1, 2]);

    files.free = Infinity;
    appendAll(ledger, 6, 7);
    await ledger.flush();
    expect(written()).toEqual(upTo(7));
    expect(ledger.stats()).toMatchObject({ state: 'ok', problem: undefined, pending: 0 });
    expect(logged).toEqual([
      'the usage ledger cannot be written, records wait in memory ENOSPC',
      'the usage ledger is written again',
    ]);
  });

  test('too many waiting records are dropped, counted and said once', async () => {
    const files = faulty(filesFor(durability));
    const size = Buffer.byteLength(encodeRecord(record(1)));
    const ledger = await open({ durability, files, maxPendingBytes: 3 * size });
    files.free = 0;
    ledger.append(record(1));
    await ledger.flush();
    appendAll(ledger, 2, 9);
    expect(ledger.stats()).toMatchObject({ records: 3, pending: 3, dropped: 6 });
    files.free = Infinity;
    await ledger.flush();
    expect(written()).toEqual([1, 2, 3]);
    expect(logged.filter((line) => line.includes('drops'))).toEqual([
      'the usage ledger drops records ENOSPC',
    ]);
  });

  test('what could not be written until the end is said to be lost', async () => {
    const files = faulty(filesFor(durability));
    const ledger = await open({ durability, files });
    files.free = 0;
    appendAll(ledger, 1, 2);
    await ledger.close();
    expect(ledger.stats().dropped).toBe(2);
    expect(logged.at(-1)).toBe(
      'usage records are lost, since the ledger could not be written ENOSPC',
    );
  });

  test('a directory that is removed and comes back', async () => {
    const ledger = await open({ durability });
    ledger.append(record(1));
    await ledger.flush();
    await rm(directory, { recursive: true });
    appendAll(ledger, 2, 3);
    await ledger.flush();
    expect(ledger.stats()).toMatchObject({ state: 'degraded', problem: 'ENOENT', pending: 2 });
    await mkdir(directory);
    await ledger.flush();
    expect(written()).toEqual([2, 3]);
    expect(ledger.stats().state).toBe('ok');
  });
});

test.each<Durability>(['sync', 'interval'])(
  'after a failed sync nothing is trusted and nothing doubled, durability %s',
  async (durability) => {
    const files = faulty(filesFor(durability));
    const ledger = await open({ durability, files });
    ledger.append(record(1));
    await ledger.flush();
    files.failingSyncs = 1;
    ledger.append(record(2));
    if (durability === 'interval') await ledger.flush();
    expect(ledger.stats()).toMatchObject({ state: 'degraded', problem: 'EIO', pending: 1 });
    expect(written()).toEqual([1]);
    await ledger.flush();
    expect(written()).toEqual([1, 2]);
    expect(segments().length).toBe(2);
  },
);

test('whatever fails and when, every record taken is written once and in order', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('free' as const), bytes: fc.integer({ min: 0, max: 4_000 }) }),
    fc.record({ kind: fc.constant('break sync' as const) }),
    fc.record({ kind: fc.constant('flush' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Durability>('sync', 'interval', 'memory'),
      // Three records to a segment, and less than one.
      fc.constantFrom(2_500, 300),
      fc.array(step, { maxLength: 25 }),
      async (durability, segmentBytes, steps) => {
        await rm(directory, { recursive: true, force: true });
        const files = faulty(filesFor(durability));
        const ledger = await open({ durability, files, segmentBytes });
        let last = 0;
        for (const next of steps) {
          if (next.kind === 'append') {
            appendAll(ledger, last + 1, last + next.count);
            last += next.count;
          } else if (next.kind === 'free') files.free = next.bytes;
          else if (next.kind === 'break sync') files.failingSyncs += 1;
          else await ledger.flush();
        }
        files.free = Infinity;
        files.failingSyncs = 0;
        await ledger.flush();
        expect(written()).toEqual(upTo(last));
        await ledger.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('a write that takes long is waited for, not begun a second time', async () => {
  let running = 0;
  let most = 0;
  const files: LedgerFiles = {
    ...asyncFiles,
    write: async (file, bytes, position) => {
      running += 1;
      most = Math.max(most, running);
      // Longer than the ledger collects records, so that its timer comes due meanwhile.
      await sleep(300);
      running -= 1;
      return asyncFiles.write(file, bytes, position);
    },
  };
  const ledger = await open({ files });
  ledger.append(record(1));
  await ledger.flush();
  expect(most).toBe(1);
  expect(written()).toEqual([1]);
});

describe('segments', () => {
  test('are begun anew when full, and the oldest make way', async () => {
    const maxBytes = 40_000;
    const ledger = await open({ durability: 'memory', maxBytes, segmentBytes: 5_000 });
    for (let number = 1; number <= 200; number += 1) {
      ledger.append(record(number));
      await ledger.flush();
      const size = segments().reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
      expect(size).toBeLessThanOrEqual(maxBytes);
      expect(ledger.stats().bytes).toBe(size);
    }
    const kept = written();
    expect(kept).toEqual(upTo(200).slice(-kept.length));
    expect(kept.length).toBeGreaterThan(30);
    expect(kept.length).toBeLessThan(60);
    const { bytes, removedBytes } = ledger.stats();
    expect(bytes + removedBytes).toBe(
      upTo(200).reduce((sum, number) => sum + encodeRecord(record(number)).length, 0),
    );
  });

  test('of an earlier process are kept, its torn end is told and left out', async () => {
    const first = await open();
    appendAll(first, 1, 2);
    await first.close();
    const [name = ''] = segments();
    const torn = readFileSync(join(directory, name), 'utf8') + encodeRecord(record(3)).slice(0, 40);
    await writeFile(join(directory, name), torn);

    const second = await open();
    expect(logged).toEqual(['a ledger segment ends in a torn record, which is ignored']);
    expect(second.append(record(2))).toBe('duplicate');
    appendAll(second, 3, 4);
    await second.flush();
    const read: string[] = [];
    for await (const { id } of readLedger(directory)) read.push(id);
    expect(read).toEqual([1, 2, 3, 4].map(recordId));
    expect(segments().length).toBe(2);
  });

  test('are told from other files', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'notes.txt'), 'mine');
    const ledger = await open({ durability: 'memory', maxBytes: 3_000, segmentBytes: 1_500 });
    appendAll(ledger, 1, 20);
    await ledger.flush();
    expect(readFileSync(join(directory, 'notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('readLedger', () => {
  test('gives each id once and tells of lines that are no records', async () => {
    await mkdir(directory);
    const lines = [encodeRecord(record(1)), '{"v":99}\n', 'no json\n', encodeRecord(record(1))];
    await writeFile(join(directory, 'usage-20250101T000000000Z-000001.jsonl'), lines.join(''));
    const bad: string[] = [];
    const read: unknown[] = [];
    for await (const found of readLedger(directory, (segment) => bad.push(segment))) {
      read.push(found);
    }
    expect(read).toEqual([record(1)]);
    expect(bad.length).toBe(2);
  });
});

test('a directory that cannot be made is one sentence', async () => {
  await writeFile(join(parent, 'file'), '');
  await expect(open({ directory: join(parent, 'file', 'usage') })).rejects.toThrow(
    /^The usage ledger cannot use the directory .*file\/usage: ENOTDIR\.$/,
  );
});

test('a request id that a client chose takes little room', () => {
  const line = encodeRecord(usageRecord({ requestId: 'x'.repeat(60_000) }));
  expect(line.length).toBeLessThan(1_500);
});
