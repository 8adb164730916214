import { expect, test } from '@jest/globals';
import { partition, storedAnswer } from '../../test/kit/answer-store-suite.ts';
import { cacheParts } from '../../test/kit/cache-parts.ts';
import { testConfig } from '../../test/kit/exchange.ts';
import type { RouterConfig, SemanticCacheConfig } from '../../config/schema/index.ts';
import { openStore, storeIdentity } from '../adapters/cache/open-store.ts';
import type { AnswerStore } from '../ports.ts';
import { silentLog } from '../../test/kit/silent-log.ts';
import { createSemanticCaches, type SemanticCaches } from './semantic-caches.ts';

const clock = { now: () => 0, monotonic: () => 0 };
const maas = { maas_integration: { enabled: true } };
const cached = (settings: object = {}, more: object = {}): RouterConfig =>
  testConfig({ ...maas, semantic_cache: { enabled: true, ...settings }, ...more });

function fixture(hashKey?: string): {
  caches: SemanticCaches;
  apply: (config: RouterConfig) => Promise<AnswerStore | undefined>;
} {
  const open = (config: SemanticCacheConfig): ReturnType<typeof openStore> =>
    openStore(config, { clock, log: silentLog, environment: {}, onEviction: () => undefined });
  const caches = createSemanticCaches({
    identityOf: storeIdentity,
    open,
    telemetry: cacheParts().cache.telemetry,
    timer: () => () => undefined,
    random: () => 0,
    hashKey,
  });
  return {
    caches,
    apply: async (config) => {
      (await caches.prepare(config)).commit();
      return caches.current()?.store;
    },
  };
}

test('without the section, or without it enabled, there is none', async () => {
  const { apply, caches } = fixture();
  expect(await apply(testConfig(maas))).toBeUndefined();
  expect(await apply(cached({ enabled: false }))).toBeUndefined();
  expect(caches.stats()).toBeUndefined();
});

test.each([
  ['prices', { model_config: { small: { pricing: { prompt_per_1m: '9' } }, big: {} } }],
  ['other decisions', { decisions: [] }],
  ['a threshold', { semantic_cache: { enabled: true, similarity_threshold: 0.95 } }],
  ['a time to live', { semantic_cache: { enabled: true, ttl_seconds: 5 } }],
  ['its limits', { semantic_cache: { enabled: true, max_entries: 5, eviction_policy: 'lfu' } }],
])('it survives a reload that changes %s', async (_what, more) => {
  const { apply } = fixture();
  const store = await apply(cached());
  expect(store).toBeDefined();
  expect(await apply(cached({}, more))).toBe(store);
});

test('new limits hold at once', async () => {
  const { apply } = fixture();
  const store = await apply(cached());
  for (const exact of ['a', 'b', 'c']) {
    await store?.put(partition('alice'), storedAnswer({ exact, expiresAtMs: undefined }));
  }
  await apply(cached({ max_entries: 2 }));
  expect(store?.stats().entries).toBe(2);
});

test('switched off and on again it is empty, and the old one is closed', async () => {
  const { apply } = fixture();
  const store = await apply(cached());
  expect(await apply(cached({ enabled: false }))).toBeUndefined();
  const next = await apply(cached());
  expect(next).not.toBe(store);
  const names = { exact: 'a', canonical: undefined };
  expect(await store?.find(partition('alice'), names)).toEqual({ unavailable: 'failed' });
});

test('what is prepared and abandoned changes nothing', async () => {
  const { apply, caches } = fixture('key');
  const store = await apply(cached());
  const redis = { backend_type: 'redis', redis: { host: '127.0.0.1', port: 1 } };
  const change = await caches.prepare(cached(redis));
  change.abandon();
  expect(caches.current()?.store).toBe(store);
});

test('another server, or another deadline for it, is another store', async () => {
  const { apply, caches } = fixture('key');
  const redis = (port: number, more: object = {}): RouterConfig =>
    cached({ backend_type: 'redis', redis: { host: '127.0.0.1', port }, ...more });
  const first = await apply(redis(1));
  expect(await apply(redis(1, { ttl_seconds: 9 }))).toBe(first);
  const second = await apply(redis(2));
  expect(second).not.toBe(first);
  expect(await apply(redis(2, { store_deadline_ms: 9 }))).not.toBe(second);
  await caches.close();
});

test('a store that replicas share needs a key for users that they share', async () => {
  const redis = { backend_type: 'redis', redis: { host: '127.0.0.1', port: 1 } };
  const { caches } = fixture();
  await expect(caches.prepare(cached(redis))).rejects.toThrow(
    'semantic_cache: answers are kept by user in a store that replicas share, so that all need ' +
      'the same key for them: set the environment variable USER_HASH_KEY',
  );
  const shared = await caches.prepare(cached({ ...redis, scope: 'global' }));
  shared.abandon();
});

test('a password that is named and not there is said at once', async () => {
  const { caches } = fixture('key');
  const redis = { host: '127.0.0.1', password_env: 'NO_SUCH_VARIABLE' };
  await expect(caches.prepare(cached({ backend_type: 'redis', redis }))).rejects.toThrow(
    'the environment variable NO_SUCH_VARIABLE, which holds a password, is not set',
  );
  const postgres = { host: '127.0.0.1', password_file: '/no/such/file' };
  await expect(caches.prepare(cached({ backend_type: 'postgres', postgres }))).rejects.toThrow(
    'the password file /no/such/file cannot be read (ENOENT)',
  );
});

test('users are hashed alike by processes with one key, and by no others', async () => {
  const hash = async (key: string | undefined): Promise<string | undefined> => {
    const { apply, caches } = fixture(key);
    await apply(cached());
    return caches.current()?.hashUser('alice');
  };
  expect(await hash('a')).toBe(await hash('a'));
  expect(await hash('a')).not.toBe(await hash('b'));
  expect(await hash(undefined)).not.toBe(await hash(undefined));
});
