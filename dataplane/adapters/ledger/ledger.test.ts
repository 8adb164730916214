// What every ledger promises, and every adapter is held to.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordId, usageRecord } from '../../../test/kit/usage-records.ts';
import type { UsageRecord } from '../../domain/usage-record.ts';
import type { Ledger, Log } from '../../ports.ts';
import { openFileLedger, type Durability } from './file-ledger.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { openLedger } from './open-ledger.ts';
import { readLedger } from './read-ledger.ts';

interface Opened {
  readonly ledger: Ledger;
  /** The records that it keeps. */
  kept(): Promise<readonly UsageRecord[]>;
}

const nothing = (): void => undefined;
const log: Log = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  isEnabled: () => false,
};
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const fileLedger =
  (durability: Durability) =>
  async (directory: string): Promise<Opened> => ({
    ledger: await openFileLedger({ directory, durability, maxBytes: 2 ** 20, clock, log }),
    kept: () => allOf(readLedger(directory)),
  });

const adapters: readonly (readonly [string, (directory: string) => Promise<Opened>])[] = [
  ['file, sync', fileLedger('sync')],
  ['file, interval', fileLedger('interval')],
  ['file, memory', fileLedger('memory')],
  [
    'memory',
    () => {
      const ledger = createMemoryLedger();
      return Promise.resolve({ ledger, kept: () => Promise.resolve(ledger.records()) });
    },
  ],
];

describe.each(adapters)('%s', (_, open) => {
  let directory = '';
  let opened: Opened;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'srm-ledger-'));
    opened = await open(join(directory, 'usage'));
  });

  afterEach(async () => {
    await opened.ledger.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('keeps records as they were, in their order', async () => {
    const records = [
      usageRecord({ id: recordId(1) }),
      usageRecord({
        id: recordId(2),
        caller: { user: 'zoë "☃"\\', tier: '', userSource: 'metadata', tierSource: 'fallback' },
        category: 'coding',
        stream: true,
        outcome: 'blocked',
        cost: { currency: 'EUR', picoUnits: 123_456_789_012_345_678_901_234n },
        cache: 'miss',
        piiTypes: ['US_SSN'],
        jailbreakDetected: true,
      }),
      usageRecord({
        id: recordId(3),
        requestId: undefined,
        caller: undefined,
        status: undefined,
        finishReason: undefined,
        usage: undefined,
        usageSource: 'none',
        durations: { routingMs: 1, firstByteMs: undefined, totalMs: 2 },
      }),
    ];
    expect(records.map((record) => opened.ledger.append(record))).toEqual(
      records.map(() => 'taken'),
    );
    await opened.ledger.flush();
    expect(await opened.kept()).toEqual(records);
  });

  test('takes an id once', async () => {
    const { ledger } = opened;
    const given = [usageRecord(), usageRecord(), usageRecord({ id: recordId(2) })];
    expect(given.map((record) => ledger.append(record))).toEqual(['taken', 'duplicate', 'taken']);
    await ledger.flush();
    expect((await opened.kept()).map(({ id }) => id)).toEqual([recordId(1), recordId(2)]);
    expect(ledger.stats().records).toBe(2);
  });

  test('has nothing pending after a flush', async () => {
    const { ledger } = opened;
    for (let number = 0; number < 100; number += 1) {
      ledger.append(usageRecord({ id: recordId(number) }));
    }
    await Promise.all([ledger.flush(), ledger.flush()]);
    expect(ledger.stats()).toMatchObject({ state: 'ok', problem: undefined, records: 100 });
    expect(ledger.stats()).toMatchObject({ pending: 0, dropped: 0, errors: 0 });
    expect((await opened.kept()).length).toBe(100);
  });

  test('keeps on close what it took, and takes nothing after', async () => {
    const { ledger } = opened;
    ledger.append(usageRecord());
    await ledger.close();
    await ledger.close();
    expect(ledger.append(usageRecord({ id: recordId(2) }))).toBe('dropped');
    expect((await opened.kept()).map(({ id }) => id)).toEqual([recordId(1)]);
  });
});

test('the memory ledger keeps the latest and forgets the oldest', () => {
  const ledger = createMemoryLedger(3);
  for (let number = 1; number <= 5; number += 1) {
    ledger.append(usageRecord({ id: recordId(number) }));
  }
  expect(ledger.records().map(({ id }) => id)).toEqual([3, 4, 5].map(recordId));
});

test('a configuration gets files where it names a directory, and memory where it does not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'srm-ledger-'));
  try {
    const settings = { durability: 'sync', max_bytes: 2 ** 20 } as const;
    const inFiles = await openLedger({ ...settings, directory }, log);
    const inMemory = await openLedger({ ...settings, directory: undefined }, log);
    for (const ledger of [inFiles, inMemory]) {
      ledger.append(usageRecord());
      await ledger.close();
    }
    expect(await allOf(readLedger(directory))).toEqual([usageRecord()]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
