// The stores that replicas share, on the real servers: the suite that the one in memory is held to as
// well, and what only a network can do to a store.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardStore, type RemoteStore } from '../../dataplane/adapters/cache/guarded-store.ts';
import {
  openPostgresStore,
  type PostgresOptions,
} from '../../dataplane/adapters/cache/postgres/postgres-store.ts';
import {
  maxVectorsPerPartition,
  openRedisStore,
  type RedisOptions,
} from '../../dataplane/adapters/cache/redis/redis-store.ts';
import type { AnswerStore, Clock, FoundAnswer } from '../../dataplane/ports.ts';
import {
  describeAnswerStore,
  partition,
  storedAnswer,
  vectorAt,
} from '../kit/answer-store-suite.ts';
import { keepingLog } from '../kit/keeping-log.ts';
import { freePorts } from '../kit/ports.ts';
import { startPostgresServer, type PostgresServer } from '../kit/postgres-server.ts';
import { startRedisServer, type RedisServer } from '../kit/redis-server.ts';
import { silentLog } from '../kit/silent-log.ts';
import { findRedisServer } from '../kit/tools/redis.ts';

const binary = await findRedisServer();
const ifRedis = binary === undefined ? describe.skip : describe;
const realClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };
const alice = partition('alice');
const password = 'opensesame';

let prefixes = 0;

function redisOptions(port: number, changes: Partial<RedisOptions> = {}): RedisOptions {
  return {
    host: '127.0.0.1',
    port,
    database: 0,
    tls: undefined,
    username: undefined,
    password: () => Promise.resolve(password),
    keyPrefix: `test-${(prefixes += 1)}:`,
    clock: realClock,
    onError: () => undefined,
    ...changes,
  };
}

/** A guarded store, once it answers. */
async function ready(remote: RemoteStore, clock: Clock = realClock): Promise<AnswerStore> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await remote.find(alice, { exact: 'nothing', canonical: undefined });
      return guardStore(remote, { clock, log: silentLog, deadlineMs: 5_000 });
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(10);
    }
  }
}

/** Asks until the store answers again. */
async function untilFound(store: AnswerStore): Promise<FoundAnswer | undefined> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await store.find(alice, storedAnswer());
    if (found === undefined || !('unavailable' in found)) return found;
    if (Date.now() > deadline) throw new Error(`the store stays ${found.unavailable}`);
    await sleep(20);
  }
}

ifRedis('Redis (skipped without redis-server: see npm run tools)', () => {
  let server: RedisServer;
  const stores: AnswerStore[] = [];
  const open = async (changes: Partial<RedisOptions> = {}): Promise<AnswerStore> => {
    const options = redisOptions(server.port, changes);
    const store = await ready(openRedisStore(options), options.clock);
    stores.push(store);
    return store;
  };

  beforeAll(async () => {
    server = await startRedisServer({ binary: binary ?? '', password });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  describeAnswerStore('redis', { open: (clock) => open({ clock }) });

  test('two replicas see what the other one keeps', async () => {
    const [one, other] = [await open({ keyPrefix: 'both:' }), await open({ keyPrefix: 'both:' })];
    await one.put(alice, storedAnswer({ expiresAtMs: undefined }));
    expect(await other.find(alice, storedAnswer())).toMatchObject({ match: 'exact' });
    const vector = { space: 'model-1', values: vectorAt(3) };
    expect(await other.nearest(alice, { vector, atLeast: 0.9, limit: 4 })).toHaveLength(1);
  });

  test('of too many vectors in one partition the oldest is not found any more', async () => {
    const store = await open();
    const put = (index: number): unknown =>
      store.put(
        alice,
        storedAnswer({
          exact: `e${index}`,
          canonical: undefined,
          storedAtMs: index,
          expiresAtMs: undefined,
          vector: { space: 's', values: vectorAt(index === 0 ? 0 : 90, 8) },
        }),
      );
    for (let index = 0; index < maxVectorsPerPartition; index += 1) await put(index);
    const vector = { space: 's', values: vectorAt(0, 8) };
    expect(await store.nearest(alice, { vector, atLeast: 0.9, limit: 4 })).toHaveLength(1);
    await put(maxVectorsPerPartition);
    expect(await store.nearest(alice, { vector, atLeast: 0.9, limit: 4 })).toEqual([]);
  });

  test('a wrong password is a miss and a warning that does not tell it', async () => {
    const errors: unknown[] = [];
    const remote = openRedisStore(
      redisOptions(server.port, {
        password: () => Promise.resolve('wrong-password'),
        onError: (error) => errors.push(error),
      }),
    );
    const lines: string[] = [];
    const log = keepingLog(lines);
    const store = guardStore(remote, { clock: realClock, log, deadlineMs: 1_000 });
    stores.push(store);
    expect(await store.find(alice, storedAnswer())).toMatchObject({ unavailable: 'failed' });
    while (errors.length === 0) await sleep(10);
    expect(store.stats().state).toBe('degraded');
    expect(String(errors) + lines.join()).not.toContain('wrong-password');
  });

  describe('that goes away', () => {
    let own: RedisServer;
    let store: AnswerStore;
    let lines: string[];
    beforeEach(async () => {
      own = await startRedisServer({ binary: binary ?? '' });
      const options = redisOptions(own.port, { password: () => Promise.resolve(undefined) });
      const remote = openRedisStore(options);
      await ready(remote);
      lines = [];
      const log = keepingLog(lines);
      store = guardStore(remote, { clock: realClock, log, deadlineMs: 200 });
    });
    afterEach(async () => {
      await store.close();
      own.thaw();
      await own.stop();
    });

    test('is missed and comes back, each with one line in the log', async () => {
      await store.put(alice, storedAnswer({ expiresAtMs: undefined }));
      await own.kill();
      for (let count = 0; count < 4; count += 1) {
        expect(await store.find(alice, storedAnswer())).toHaveProperty('unavailable');
      }
      expect(store.stats()).toMatchObject({ state: 'degraded' });
      await own.restart();
      expect(await untilFound(store)).toBeUndefined();
      await store.put(alice, storedAnswer({ expiresAtMs: undefined }));
      expect(await untilFound(store)).toMatchObject({ match: 'exact' });
      expect(store.stats()).toMatchObject({ state: 'ok', problem: undefined });
      expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'info']);
    });

    test('is not waited for when it hangs, and after five times not asked', async () => {
      own.freeze();
      const problems: unknown[] = [];
      for (let count = 0; count < 7; count += 1) {
        problems.push(await store.find(alice, storedAnswer()));
      }
      expect(problems.map((problem) => (problem as { unavailable: string }).unavailable)).toEqual([
        ...Array.from({ length: 5 }, () => 'deadline'),
        'overloaded',
        'overloaded',
      ]);
      own.thaw();
      expect(await untilFound(store)).toBeUndefined();
    });
  });
});

describe('PostgreSQL', () => {
  let server: PostgresServer;
  let tables = 0;
  const stores: AnswerStore[] = [];
  const options = (changes: Partial<PostgresOptions> = {}): PostgresOptions => ({
    host: '127.0.0.1',
    port: server.port,
    database: 'postgres',
    user: 'postgres',
    password: () => Promise.resolve(undefined),
    tls: undefined,
    table: `answers_${(tables += 1)}`,
    maxConnections: 2,
    maxEntries: 1_000,
    clock: realClock,
    onError: () => undefined,
    ...changes,
  });
  const open = async (changes: Partial<PostgresOptions> = {}): Promise<AnswerStore> => {
    const store = await ready(openPostgresStore(options(changes)), changes.clock);
    stores.push(store);
    return store;
  };

  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });

  describeAnswerStore('postgres', { open: (clock) => open({ clock }) });

  test('replicas that start at once make one table', async () => {
    const all = await Promise.all([1, 2, 3].map(() => open({ table: 'shared' })));
    await all[0]?.put(alice, storedAnswer({ expiresAtMs: undefined }));
    expect(await all[2]?.find(alice, storedAnswer())).toMatchObject({ match: 'exact' });
  });

  test('what has expired or is too much is removed, and what is left is counted', async () => {
    let now = 1_000;
    const clock = { now: () => now, monotonic: () => now };
    const store = await open({ table: 'swept', maxEntries: 2, clock });
    const put = (exact: string, expiresAtMs: number | undefined): unknown =>
      store.put(alice, storedAnswer({ exact, canonical: undefined, storedAtMs: now, expiresAtMs }));
    await put('expired', 2_000);
    for (const exact of ['a', 'b']) {
      now += 1;
      await put(exact, undefined);
    }
    now += 60_000;
    await put('c', undefined);
    const kept = await server.query<{ exact: string }>('SELECT exact FROM swept ORDER BY exact');
    expect(kept.map(({ exact }) => exact)).toEqual(['b', 'c']);
    expect(store.stats()).toMatchObject({ entries: 2 });
    expect(store.stats().bytes).toBeGreaterThan(0);
  });

  test('without pgvector a sentence says what to install', async () => {
    const plain = await startPostgresServer({ pgvector: false });
    try {
      const remote = openPostgresStore(options({ port: plain.port }));
      const store = guardStore(remote, { clock: realClock, log: silentLog, deadlineMs: 10_000 });
      stores.push(store);
      expect(await store.find(alice, storedAnswer())).toMatchObject({ unavailable: 'failed' });
      expect(store.stats().problem).toBe(
        'PostgreSQL has no extension `vector`: install pgvector on its server, version 0.5 or newer',
      );
      await store.close();
    } finally {
      await plain.stop();
    }
  });

  test('a server that is not there is a miss', async () => {
    const [port = 0] = await freePorts(1);
    const remote = openPostgresStore(options({ port }));
    const store = guardStore(remote, { clock: realClock, log: silentLog, deadlineMs: 5_000 });
    stores.push(store);
    expect(await store.find(alice, storedAnswer())).toMatchObject({ unavailable: 'failed' });
    expect(store.stats().problem).toContain('ECONNREFUSED');
  });
});
