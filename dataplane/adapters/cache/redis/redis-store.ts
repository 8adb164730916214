// Answers in Redis (7 or newer) or Valkey, shared by all replicas. Redis has no vectors here: those of
// one partition lie in one hash, which a search reads whole and looks through by itself.
import { createClient, RESP_TYPES } from '@redis/client';
import type { Partition } from '../../../domain/cache/key.ts';
import { digest } from '../../../domain/cache/key.ts';
import type { Clock, FoundAnswer, Neighbour, NearestQuery, StoredAnswer } from '../../../ports.ts';
import { decodeEntry, encodeEntry } from '../entry-codec.ts';
import type { RemoteStore } from '../guarded-store.ts';
import { quantizationSlack, quantize, quantizedProduct } from './quantized-vector.ts';

export interface RedisOptions {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  /** PEM of the authorities to trust; undefined: the system's. Without `tls` nothing is encrypted. */
  readonly tls: { readonly ca: string | undefined } | undefined;
  readonly username: string | undefined;
  /** Asked before each connection, so that a changed password is found. */
  readonly password: () => Promise<string | undefined>;
  /** Begins the name of every key. */
  readonly keyPrefix: string;
  readonly clock: Clock;
  /** Told of what goes wrong with the connection between operations. */
  readonly onError: (error: unknown) => void;
}

/** Vectors of one partition, beyond which the oldest goes: a search fetches all of them. */
export const maxVectorsPerPartition = 512;

const connectTimeoutMs = 2_000;
const maxQueuedCommands = 1_000;
/** Answers that survive the first look are fetched; a few more than are wanted. */
const extraCandidates = 4;

type Client = ReturnType<typeof createClient>;

export function openRedisStore(options: RedisOptions): RemoteStore {
  const client = createClient({
    socket: {
      host: options.host,
      port: options.port,
      connectTimeout: connectTimeoutMs,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 8), 5_000),
      ...(options.tls === undefined
        ? {}
        : { tls: true, ...(options.tls.ca === undefined ? {} : { ca: options.tls.ca }) }),
    },
    database: options.database,
    credentialsProvider: {
      type: 'async-credentials-provider',
      credentials: async () => {
        const password = await options.password();
        return {
          ...(options.username === undefined ? {} : { username: options.username }),
          ...(password === undefined ? {} : { password }),
        };
      },
    },
    // A request does not wait for a connection to come back.
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxQueuedCommands,
    disableClientInfo: true,
    RESP: 2,
  });
  client.on('error', options.onError);
  client.connect().catch(options.onError);
  return new RedisStore(client as unknown as Client, options);
}

class RedisStore implements RemoteStore {
  readonly backend = 'redis';
  readonly #client: Client;
  readonly #options: RedisOptions;

  constructor(client: Client, options: RedisOptions) {
    this.#client = client;
    this.#options = options;
  }

  async find(
    partition: Partition,
    { exact, canonical }: Pick<StoredAnswer, 'exact' | 'canonical'>,
  ): Promise<FoundAnswer | undefined> {
    const names = this.#names(partition);
    const [identical, alike] = await Promise.all([
      this.#get(names.entry(exact)),
      canonical === undefined ? undefined : this.#get(names.alias(canonical)),
    ]);
    const stored = this.#live(identical);
    if (stored !== undefined) return { match: 'exact', stored };
    if (alike === undefined) return undefined;
    const other = this.#live(await this.#get(names.entry(alike.toString())));
    return other?.canonical === canonical && other !== undefined
      ? { match: 'canonical', stored: other }
      : undefined;
  }

  async nearest(
    partition: Partition,
    { vector, atLeast, limit }: NearestQuery,
  ): Promise<readonly Neighbour[]> {
    const names = this.#names(partition);
    const listed = await this.#command(['HGETALL', names.vectors(vector.space)]);
    const now = this.#options.clock.now();
    const candidates: { readonly exact: string; readonly similarity: number }[] = [];
    for (const [exact, bytes] of pairsOf(listed)) {
      const similarity = quantizedProduct(bytes, vector.values, now);
      if (similarity === undefined || similarity < atLeast - quantizationSlack) continue;
      candidates.push({ exact: exact.toString(), similarity });
    }
    candidates.sort((a, b) => b.similarity - a.similarity);
    const likely = candidates.slice(0, limit + extraCandidates);
    const found = await Promise.all(likely.map(({ exact }) => this.#get(names.entry(exact))));
    return found
      .flatMap((bytes) => neighbour(this.#live(bytes), vector.values))
      .filter(({ similarity }) => similarity >= atLeast)
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, limit);
  }

  async put(partition: Partition, stored: StoredAnswer): Promise<void> {
    const names = this.#names(partition);
    const { exact, canonical, expiresAtMs, vector } = stored;
    const ttl = expiresAtMs === undefined ? undefined : expiresAtMs - this.#options.clock.now();
    if (ttl !== undefined && ttl <= 0) return;
    const expiry = ttl === undefined ? [] : ['PX', String(Math.ceil(ttl))];
    const commands: (string | Buffer)[][] = [
      ['SET', names.entry(exact), encodeEntry(stored), ...expiry],
      ...(canonical === undefined ? [] : [['SET', names.alias(canonical), exact, ...expiry]]),
    ];
    // One connection takes them in order, so that no vector is without its answer.
    const writes = commands.map((command) => this.#command(command));
    if (vector !== undefined) {
      writes.push(
        this.#putVector(names.vectors(vector.space), {
          exact,
          bytes: quantize(vector.values, expiresAtMs),
          storedAtMs: stored.storedAtMs,
          ttl,
        }),
      );
    }
    await Promise.all(writes);
  }

  size(): { readonly entries: undefined; readonly bytes: undefined } {
    return { entries: undefined, bytes: undefined };
  }

  // Throws where it is closed already.
  close(): Promise<void> {
    return Promise.resolve().then(() => {
      this.#client.destroy();
    });
  }

  /** Beside the hash an ordered set tells which vector is the oldest. */
  async #putVector(
    key: string,
    vector: {
      readonly exact: string;
      readonly bytes: Buffer;
      readonly storedAtMs: number;
      readonly ttl: number | undefined;
    },
  ): Promise<void> {
    const order = `${key}:order`;
    const [, , count] = await Promise.all([
      this.#command(['HSET', key, vector.exact, vector.bytes]),
      this.#command(['ZADD', order, String(vector.storedAtMs), vector.exact]),
      this.#command(['ZCARD', order]),
      ...[key, order].flatMap((name) => this.#keepFor(name, vector.ttl)),
    ]);
    const excess = Number(count) - maxVectorsPerPartition;
    if (excess <= 0) return;
    const popped = await this.#command(['ZPOPMIN', order, String(excess)]);
    const oldest = pairsOf(popped).map(([exact]) => exact);
    if (oldest.length > 0) await this.#command(['HDEL', key, ...oldest]);
  }

  /** A key lives as long as the longest-lived of what is in it. */
  #keepFor(key: string, ttl: number | undefined): Promise<unknown>[] {
    if (ttl === undefined) return [this.#command(['PERSIST', key])];
    const milliseconds = String(Math.ceil(ttl));
    // `GT` takes a key without expiry for one that lives for ever.
    return [
      this.#command(['PEXPIRE', key, milliseconds, 'NX']),
      this.#command(['PEXPIRE', key, milliseconds, 'GT']),
    ];
  }

  #live(bytes: Buffer | undefined): StoredAnswer | undefined {
    const stored = bytes && decodeEntry(bytes);
    if (stored?.expiresAtMs === undefined) return stored;
    return stored.expiresAtMs > this.#options.clock.now() ? stored : undefined;
  }

  async #get(key: string): Promise<Buffer | undefined> {
    const value = await this.#command(['GET', key]);
    return Buffer.isBuffer(value) ? value : undefined;
  }

  #command(args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.#client.sendCommand<unknown>(args, {
      typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer },
    });
  }

  /** Keys of one partition share a hash tag, for proxies that part keys by it. */
  #names(partition: Partition): {
    readonly entry: (exact: string) => string;
    readonly alias: (canonical: string) => string;
    readonly vectors: (space: string) => string;
  } {
    const start = `${this.#options.keyPrefix}{${partition}}`;
    return {
      entry: (exact) => `${start}:answer:${exact}`,
      alias: (canonical) => `${start}:alike:${canonical}`,
      vectors: (space) => `${start}:vectors:${digest([space])}`,
    };
  }
}

/** Two by two, as Redis lists what a hash or an ordered set holds. */
function pairsOf(reply: unknown): (readonly [Buffer, Buffer])[] {
  const items = Array.isArray(reply) ? (reply as unknown[]) : [];
  const pairs: (readonly [Buffer, Buffer])[] = [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [one, other] = [items[index], items[index + 1]];
    if (Buffer.isBuffer(one) && Buffer.isBuffer(other)) pairs.push([one, other]);
  }
  return pairs;
}

function neighbour(stored: StoredAnswer | undefined, query: Float32Array): Neighbour[] {
  const values = stored?.vector?.values;
  if (stored === undefined || values?.length !== query.length) return [];
  let similarity = 0;
  for (let index = 0; index < query.length; index += 1) {
    similarity += (values[index] ?? 0) * (query[index] ?? 0);
  }
  return [{ similarity, stored }];
}
