// The usage ledger against what really happens to programs and disks: a process that is killed while
// it writes, and a file system that is full.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openFileLedger, type Durability } from '../../dataplane/adapters/ledger/file-ledger.ts';
import { readLedger } from '../../dataplane/adapters/ledger/read-ledger.ts';
import { systemClock } from '../../dataplane/adapters/system/clock.ts';
import type { Log } from '../../dataplane/ports.ts';
import { recordId, usageRecord } from '../kit/usage-records.ts';

const nothing = (): void => undefined;
const log: Log = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  isEnabled: () => false,
};

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'srm-ledger-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function numbersRead(folder: string): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { id } of readLedger(folder)) numbers.push(Number(id.slice(-12)));
  return numbers;
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

// Records without end; says which ones it was promised: with `sync` each one that was appended,
// otherwise each one that was appended before a flush.
const writer = `
  import { writeSync } from 'node:fs';
  const [directory, durability, root] = process.argv.slice(1);
  const from = (path) => import(new URL(path, root).href);
  const { openFileLedger } = await from('dataplane/adapters/ledger/file-ledger.ts');
  const { systemClock } = await from('dataplane/adapters/system/clock.ts');
  const { recordId, usageRecord } = await from('test/kit/usage-records.ts');
  const none = () => undefined;
  const log = { error: none, warn: none, info: none, debug: none, isEnabled: () => false };
  const options = { directory, durability, maxBytes: 2 ** 30, segmentBytes: 50_000 };
  const ledger = await openFileLedger({ ...options, clock: systemClock, log });
  for (let number = 1; ; number += 1) {
    ledger.append(usageRecord({ id: recordId(number) }));
    if (durability !== 'sync') {
      if (number % 25 !== 0) continue;
      await ledger.flush();
    }
    writeSync(1, number + '\\n');
  }
`;

describe.each<Durability>(['sync', 'interval', 'memory'])(
  'a process that is killed while it writes, durability %s',
  (durability) => {
    test('has lost nothing that it was promised, and wrote nothing twice', async () => {
      const root = new URL('../../', import.meta.url).href;
      const child = spawn(
        process.execPath,
        ['--input-type=module', '--eval', writer, directory, durability, root],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
      });
      const closed = new Promise((resolve) => child.once('close', resolve));
      let promised = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        promised = Number(line);
        // From here on it may promise more before the signal arrives; all that counts too.
        if (promised >= 300) child.kill('SIGKILL');
      }
      await closed;
      expect({ promised: promised >= 300, errors }).toEqual({ promised: true, errors: '' });
      const kept = await numbersRead(directory);
      expect(kept.length).toBeGreaterThanOrEqual(promised);
      expect(kept).toEqual(upTo(kept.length));
      const lines = readdirSync(directory).flatMap((name) =>
        readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1),
      );
      expect(lines.length).toBe(kept.length);
      expect(readdirSync(directory).length).toBeGreaterThan(1);
    });
  },
);

const succeeds = (program: string, ...given: string[]): boolean =>
  spawnSync(program, given).status === 0;
const mount = (path: string): boolean =>
  succeeds('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path);
const unmount = (path: string): boolean => succeeds('umount', path);

/** Whether this user may mount a file system, which is root with the right to; tried once. */
function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = mkdtempSync(join(tmpdir(), 'srm-mount-'));
  const isMounted = mount(path);
  if (isMounted) unmount(path);
  rmdirSync(path);
  return isMounted;
}

(mayMount() ? describe.each : describe.skip.each)<Durability>(['sync', 'interval', 'memory'])(
  'a full file system (skipped where this user may not mount one), durability %s',
  (durability) => {
    test('records wait until there is room, and are then written once', async () => {
      expect(mount(directory)).toBe(true);
      try {
        await writeFile(join(directory, 'filler'), Buffer.alloc(32 * 1024));
        const ledger = await openFileLedger({
          directory,
          durability,
          maxBytes: 2 ** 30,
          clock: systemClock,
          log,
        });
        let last = 0;
        while (ledger.stats().state === 'ok') {
          for (let count = 0; count < 10; count += 1) {
            ledger.append(usageRecord({ id: recordId((last += 1)) }));
          }
          await ledger.flush();
        }
        expect(ledger.stats()).toMatchObject({ problem: 'ENOSPC', dropped: 0, records: last });
        expect(ledger.stats().pending).toBeGreaterThan(0);
        const before = await numbersRead(directory);
        expect(before).toEqual(upTo(before.length));
        expect(before.length).toBeLessThan(last);

        await rm(join(directory, 'filler'));
        await ledger.flush();
        expect(ledger.stats()).toMatchObject({ state: 'ok', pending: 0 });
        expect(await numbersRead(directory)).toEqual(upTo(last));
        await ledger.close();
      } finally {
        unmount(directory);
      }
    });
  },
);
