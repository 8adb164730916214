// What the semantic cache needs to be one, and what its author should know of it.
import type { Decision, RouterConfig } from '../schema/index.ts';
import { soundSimilarity } from '../schema/semantic-cache.ts';
import type { Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

const unsupported: ReadonlySet<string> = new Set(['milvus', 'qdrant', 'hybrid']);

export const cacheChecks: readonly Check[] = [
  checkOf('the cache has a store that is known', ['semantic_cache'], function* (config) {
    const { semantic_cache: cache } = config;
    if (cache?.enabled !== true || !unsupported.has(cache.backend_type)) return;
    const message = `must be memory, redis, valkey or postgres: ${cache.backend_type} is not supported`;
    yield { path: ['semantic_cache', 'backend_type'], message };
  }),

  checkOf('the store of the cache has an address', ['semantic_cache'], function* (config) {
    const { semantic_cache: cache } = config;
    if (cache?.enabled !== true) return;
    const section = sectionOf(cache.backend_type);
    if (section === undefined || cache[section] !== undefined) return;
    const message = `needs the section \`semantic_cache.${section}\`, which says where the server is`;
    yield { path: ['semantic_cache', 'backend_type'], message };
  }),

  checkOf('a password stands in one place', ['semantic_cache'], function* (config) {
    for (const section of ['redis', 'postgres'] as const) {
      const server = config.semantic_cache?.[section];
      if (server?.password_env === undefined || server.password_file === undefined) continue;
      const message = 'stands beside `password_env`; the password comes from one of them';
      yield { path: ['semantic_cache', section, 'password_file'], message };
    }
  }),
];

export const cacheNotices: readonly Check[] = [
  checkOf(
    'a cache without callers',
    ['semantic_cache', 'decisions', 'maas_integration'],
    function* (config) {
      const { semantic_cache: cache, maas_integration: maas } = config;
      if (cache?.enabled !== true || maas.enabled) return;
      for (const { scope, path } of scopesOf(cache, config.decisions)) {
        if (scope !== 'user') continue;
        const message =
          'caches nothing: without `maas_integration` no caller is known; `scope: global` shares answers among all callers';
        yield { path, message };
      }
    },
  ),

  checkOf(
    'a similarity below what was measured',
    ['semantic_cache', 'decisions'],
    function* (config) {
      const { semantic_cache: cache } = config;
      if (cache?.enabled !== true) return;
      for (const { threshold, verifier, path } of thresholdsOf(cache, config.decisions)) {
        const sound = soundSimilarity[verifier];
        if (threshold >= sound) continue;
        const message =
          verifier === 'off'
            ? `is below ${sound} without a verifier: most near misses would be answered wrongly`
            : `is below ${sound}: the lower it is, the more rests on the verifier alone`;
        yield { path, message };
      }
    },
  ),

  checkOf('a store that is waited for too long', ['semantic_cache', 'router'], function* (config) {
    const { semantic_cache: cache, router } = config;
    if (cache?.enabled !== true || cache.backend_type === 'memory') return;
    // A lookup asks it twice, and Envoy gives up on a router that answers no sooner.
    const longest = (router.message_timeout_seconds * 1000) / 4;
    if (cache.store_deadline_ms <= longest) return;
    const message = `is more than a quarter of \`router.message_timeout_seconds\`: Envoy may give up on requests that wait for the store`;
    yield { path: ['semantic_cache', 'store_deadline_ms'], message };
  }),

  checkOf('a decision that wants a cache', ['semantic_cache', 'decisions'], function* (config) {
    if (config.semantic_cache?.enabled === true) return;
    for (const { path } of cachePlugins(config.decisions)) {
      yield { path, message: 'has no effect: `semantic_cache` is not enabled' };
    }
  }),
];

type Cache = NonNullable<RouterConfig['semantic_cache']>;

function sectionOf(backend: Cache['backend_type']): 'redis' | 'postgres' | undefined {
  if (backend === 'redis' || backend === 'valkey') return 'redis';
  return backend === 'postgres' ? 'postgres' : undefined;
}

type CacheSettings = Extract<
  Decision['plugins'][number],
  { type: 'semantic-cache' }
>['configuration'];

function* cachePlugins(
  decisions: readonly Decision[],
): Generator<{ readonly settings: CacheSettings; readonly path: Path }> {
  for (const [decision, { plugins }] of decisions.entries()) {
    for (const [index, plugin] of plugins.entries()) {
      if (plugin.type !== 'semantic-cache' || !plugin.configuration.enabled) continue;
      yield { settings: plugin.configuration, path: ['decisions', decision, 'plugins', index] };
    }
  }
}

function* scopesOf(
  cache: Cache,
  decisions: readonly Decision[],
): Generator<{ readonly scope: Cache['scope']; readonly path: Path }> {
  yield { scope: cache.scope, path: ['semantic_cache', 'scope'] };
  for (const { settings, path } of cachePlugins(decisions)) {
    if (settings.scope === undefined) continue;
    yield { scope: settings.scope, path: [...path, 'configuration', 'scope'] };
  }
}

interface PlacedThreshold {
  readonly threshold: number;
  readonly verifier: Cache['verifier'];
  readonly path: Path;
}

function* thresholdsOf(cache: Cache, decisions: readonly Decision[]): Generator<PlacedThreshold> {
  const path = ['semantic_cache', 'similarity_threshold'];
  yield { threshold: cache.similarity_threshold, verifier: cache.verifier, path };
  for (const { settings, path: place } of cachePlugins(decisions)) {
    if (settings.similarity_threshold === undefined && settings.verifier === undefined) continue;
    yield {
      threshold: settings.similarity_threshold ?? cache.similarity_threshold,
      verifier: settings.verifier ?? cache.verifier,
      path: [
        ...place,
        'configuration',
        settings.similarity_threshold === undefined ? 'verifier' : 'similarity_threshold',
      ],
    };
  }
}
