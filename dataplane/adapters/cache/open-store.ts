// The store that a configuration asks for. A remote one need not be there yet: it is connected to in
// the background, and missed until then.
import { readFile } from 'node:fs/promises';
import type { SemanticCacheConfig } from '../../../config/schema/index.ts';
import type { AnswerStore, Clock, Log } from '../../ports.ts';
import { guardStore, type RemoteStore } from './guarded-store.ts';
import { MemoryStore, type MemoryLimits } from './memory/memory-store.ts';
import { openPostgresStore } from './postgres/postgres-store.ts';
import { openRedisStore } from './redis/redis-store.ts';
import { readSecret } from './secret.ts';

export interface StoreDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly onEviction: () => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface OpenedStore {
  readonly store: AnswerStore;
  /** Takes over what may change while the store stays; see `storeIdentity`. */
  configure(config: SemanticCacheConfig): void;
}

/** Equal for configurations that one and the same store serves. */
export function storeIdentity(config: SemanticCacheConfig): string {
  const { backend_type: backend, redis, postgres, store_deadline_ms: deadlineMs } = config;
  switch (backend) {
    case 'redis':
    case 'valkey':
      return JSON.stringify(['redis', redis, deadlineMs]);
    case 'postgres':
      return JSON.stringify([backend, postgres, deadlineMs, config.max_entries]);
    default:
      return backend;
  }
}

/** Rejects with a sentence where a credential or an authority that is named cannot be read. */
export async function openStore(
  config: SemanticCacheConfig,
  deps: StoreDeps,
): Promise<OpenedStore> {
  const remote = await openRemote(config, deps);
  if (remote !== undefined) {
    const { clock, log } = deps;
    const store = guardStore(remote, { clock, log, deadlineMs: config.store_deadline_ms });
    return { store, configure: () => undefined };
  }
  const store = new MemoryStore(limitsOf(config), deps.clock, deps.onEviction);
  return {
    store,
    configure: (changed) => {
      store.setLimits(limitsOf(changed));
    },
  };
}

function limitsOf(config: SemanticCacheConfig): MemoryLimits {
  return {
    maxEntries: config.max_entries,
    maxBytes: config.max_bytes,
    eviction: config.eviction_policy,
  };
}

async function openRemote(
  config: SemanticCacheConfig,
  { clock, log, environment }: StoreDeps,
): Promise<RemoteStore | undefined> {
  const { redis, postgres, backend_type: backend } = config;
  const onError = (error: unknown): void => {
    log.debug('the store of the semantic cache has trouble', { backend, error });
  };
  if (redis !== undefined && (backend === 'redis' || backend === 'valkey')) {
    const { password, tls } = await credentials(redis, environment);
    const { host, port, database, username, key_prefix: keyPrefix } = redis;
    return openRedisStore({
      ...{ host, port, database, username, keyPrefix },
      ...{ password, tls, clock, onError },
    });
  }
  if (postgres !== undefined && backend === 'postgres') {
    const { password, tls } = await credentials(postgres, environment);
    const { host, port, database, user, table, max_connections: maxConnections } = postgres;
    return openPostgresStore({
      ...{ host, port, database, user, table, maxConnections },
      ...{ password, tls, clock, onError, maxEntries: config.max_entries },
    });
  }
  return undefined;
}

type Server = Pick<
  NonNullable<SemanticCacheConfig['redis']>,
  'password_env' | 'password_file' | 'tls' | 'ca_file'
>;

/** Tried once, so that what is not there is said at once. */
async function credentials(
  server: Server,
  environment: StoreDeps['environment'],
): Promise<{
  readonly password: () => Promise<string | undefined>;
  readonly tls: { readonly ca: string | undefined } | undefined;
}> {
  const reference = { env: server.password_env, file: server.password_file };
  const password = (): Promise<string | undefined> => readSecret(reference, environment);
  await password();
  if (!server.tls) return { password, tls: undefined };
  const ca = server.ca_file === undefined ? undefined : await readFile(server.ca_file, 'utf8');
  return { password, tls: { ca } };
}
