// The semantic cache over configuration reloads: it stays as it is as long as its store does, and
// changes together with the Runtime otherwise.
import { createHmac, randomBytes } from 'node:crypto';
import { billingMode } from '../../config/mode.ts';
import type { RouterConfig, SemanticCacheConfig } from '../../config/schema/index.ts';
import { Flights, type Timer } from '../domain/cache/flights.ts';
import { hashUser } from '../domain/cache/key.ts';
import type { AnswerStore, CacheTelemetry, SemanticCache, StoreStats } from '../ports.ts';

export interface SemanticCachesOptions {
  /** Equal for configurations that one store serves. */
  readonly identityOf: (config: SemanticCacheConfig) => string;
  /** Rejects with a sentence where the store cannot be had. */
  readonly open: (config: SemanticCacheConfig) => Promise<{
    readonly store: AnswerStore;
    configure(config: SemanticCacheConfig): void;
  }>;
  readonly telemetry: CacheTelemetry;
  readonly timer: Timer;
  readonly random: () => number;
  /** Key that users are hashed with; one that all replicas share where they share a store. */
  readonly hashKey: string | undefined;
}

/** What a configuration needs of the cache, ready. */
export interface CacheChange {
  /** Puts it in force. */
  commit(): void;
  /** Lets go of it, unless it is in force. */
  abandon(): void;
}

export interface SemanticCaches {
  /** What new exchanges use; undefined: nothing is cached. */
  current(): SemanticCache | undefined;
  /** Rejects with a sentence, and changes nothing, where the configuration cannot be had. */
  prepare(config: RouterConfig): Promise<CacheChange>;
  /** How the store is doing; undefined without one. */
  stats(): StoreStats | undefined;
  close(): Promise<void>;
}

interface Held {
  readonly identity: string;
  readonly cache: SemanticCache;
  configure(config: SemanticCacheConfig): void;
}

export function createSemanticCaches(options: SemanticCachesOptions): SemanticCaches {
  const { identityOf, open, telemetry, timer, random } = options;
  // Without a key of their own, users of this process cannot be told from those of another.
  const hashKey =
    options.hashKey === undefined
      ? randomBytes(32)
      : createHmac('sha256', options.hashKey).update('semantic cache').digest();
  let held: Held | undefined;

  const retire = (old: Held | undefined): void => {
    void old?.cache.store.close();
  };

  return {
    current: () => held?.cache,
    prepare: async (config) => {
      const wanted = config.semantic_cache;
      if (wanted?.enabled !== true) {
        return {
          commit: () => {
            retire(held);
            held = undefined;
          },
          abandon: () => undefined,
        };
      }
      if (needsSharedKey(config) && options.hashKey === undefined) throw new Error(keyMissing);
      const identity = identityOf(wanted);
      if (held?.identity === identity) {
        const same = held;
        return {
          commit: () => {
            same.configure(wanted);
          },
          abandon: () => undefined,
        };
      }
      const opened = await open(wanted);
      const { store } = opened;
      const next: Held = {
        identity,
        configure: (changed) => {
          opened.configure(changed);
        },
        cache: {
          store,
          telemetry,
          random,
          flights: new Flights(timer),
          hashUser: (user) => hashUser(user, hashKey),
        },
      };
      return {
        commit: () => {
          retire(held);
          held = next;
        },
        abandon: () => {
          if (held !== next) void store.close();
        },
      };
    },
    stats: () => held?.cache.store.stats(),
    close: async () => {
      await held?.cache.store.close();
    },
  };
}

const keyMissing =
  'semantic_cache: answers are kept by user in a store that replicas share, so that all need the ' +
  'same key for them: set the environment variable USER_HASH_KEY';

/** Whether replicas must agree on the hash of a user. */
function needsSharedKey(config: RouterConfig): boolean {
  const { semantic_cache: cache, decisions } = config;
  if (cache === undefined || cache.backend_type === 'memory') return false;
  if (billingMode(config) === 'standalone') return false;
  if (cache.scope === 'user') return true;
  return decisions.some(({ plugins }) =>
    plugins.some(
      ({ type, configuration }) =>
        type === 'semantic-cache' && 'scope' in configuration && configuration.scope === 'user',
    ),
  );
}
