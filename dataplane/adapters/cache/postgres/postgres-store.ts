// Answers in PostgreSQL with the extension pgvector, shared by all replicas. A search looks at all
// vectors of its partition, so that none is missed; other partitions are not read.
import { Pool, type PoolClient } from 'pg';
import type { Partition } from '../../../domain/cache/key.ts';
import type { Clock, FoundAnswer, Neighbour, NearestQuery, StoredAnswer } from '../../../ports.ts';
import { decodeEntry, encodeEntry } from '../entry-codec.ts';
import type { RemoteStore } from '../guarded-store.ts';
import { schemaStatements } from './schema.ts';

export interface PostgresOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Asked before each connection, so that a changed password is found. */
  readonly password: () => Promise<string | undefined>;
  /** PEM of the authorities to trust; undefined: the system's. Without `tls` nothing is encrypted. */
  readonly tls: { readonly ca: string | undefined } | undefined;
  /** A name that needs no quoting: it is written into statements as it stands. */
  readonly table: string;
  readonly maxConnections: number;
  /** Answers kept, all replicas together. */
  readonly maxEntries: number;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

const connectTimeoutMs = 2_000;
/** Ends on the server what nobody waits for any more. */
const statementTimeoutMs = 2_000;
/** How often this replica removes what has expired or is too much. */
const sweepEveryMs = 60_000;

interface Row {
  readonly entry: Buffer;
  readonly similarity?: number;
}

export function openPostgresStore(options: PostgresOptions): RemoteStore {
  const pool = new Pool({
    host: options.host,
    port: options.port,
    database: options.database,
    user: options.user,
    password: async () => (await options.password()) ?? '',
    ssl: options.tls === undefined ? false : { ca: options.tls.ca },
    max: options.maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
    application_name: 'semantic-router',
  });
  pool.on('error', options.onError);
  // A connection that breaks while it is in use tells only whoever listens to itself.
  pool.on('connect', (client) => {
    client.on('error', options.onError);
  });
  return new PostgresStore(pool, options);
}

class PostgresStore implements RemoteStore {
  readonly backend = 'postgres';
  readonly #pool: Pool;
  readonly #options: PostgresOptions;
  #ready: Promise<void> | undefined;
  #sweptAtMs: number;
  #entries: number | undefined;
  #bytes: number | undefined;

  constructor(pool: Pool, options: PostgresOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#sweptAtMs = options.clock.monotonic();
    this.#prepared().catch(options.onError);
  }

  // Statements have no names: poolers before the server share connections among clients.
  async find(
    partition: Partition,
    { exact, canonical }: Pick<StoredAnswer, 'exact' | 'canonical'>,
  ): Promise<FoundAnswer | undefined> {
    await this.#prepared();
    const { rows } = await this.#pool.query<Row & { readonly exact: string }>({
      text: `SELECT exact, entry FROM ${this.#options.table}
        WHERE partition = $1 AND (exact = $2 OR canonical = $3) AND expires_at > $4
        ORDER BY exact = $2 DESC, stored_at DESC LIMIT 1`,
      values: [partition, exact, canonical ?? null, this.#options.clock.now()],
    });
    const [row] = rows;
    const stored = row && decodeEntry(row.entry);
    if (row === undefined || stored === undefined) return undefined;
    return { match: row.exact === exact ? 'exact' : 'canonical', stored };
  }

  async nearest(
    partition: Partition,
    { vector, atLeast, limit }: NearestQuery,
  ): Promise<readonly Neighbour[]> {
    await this.#prepared();
    // Rows of other lengths, which cannot be compared, are left out before they are.
    const { rows } = await this.#pool.query<Row>({
      text: `SELECT entry, similarity FROM (
          SELECT entry, CASE WHEN vector_dims(embedding) = $4
            THEN -(embedding <#> $3::vector) ELSE -2 END AS similarity
          FROM ${this.#options.table}
          WHERE partition = $1 AND space = $2 AND expires_at > $5
        ) AS near WHERE similarity >= $6 ORDER BY similarity DESC LIMIT $7`,
      values: [
        partition,
        vector.space,
        vectorText(vector.values),
        vector.values.length,
        this.#options.clock.now(),
        atLeast,
        limit,
      ],
    });
    return rows.flatMap(({ entry, similarity = 0 }) => {
      const stored = decodeEntry(entry);
      return stored === undefined ? [] : [{ similarity, stored }];
    });
  }

  async put(partition: Partition, stored: StoredAnswer): Promise<void> {
    await this.#prepared();
    const { exact, canonical, vector, storedAtMs, expiresAtMs } = stored;
    await this.#pool.query({
      text: `INSERT INTO ${this.#options.table}
          (partition, exact, canonical, space, embedding, entry, stored_at, expires_at)
        VALUES ($1, $2, $3, $4, $5::vector, $6, $7, $8)
        ON CONFLICT (partition, exact) DO UPDATE SET
          canonical = excluded.canonical, space = excluded.space,
          embedding = excluded.embedding, entry = excluded.entry,
          stored_at = excluded.stored_at, expires_at = excluded.expires_at`,
      values: [
        partition,
        exact,
        canonical ?? null,
        vector?.space ?? null,
        vector === undefined ? null : vectorText(vector.values),
        encodeEntry(stored),
        storedAtMs,
        expiresAtMs ?? Number.POSITIVE_INFINITY,
      ],
    });
    await this.#sweep();
  }

  size(): { readonly entries: number | undefined; readonly bytes: number | undefined } {
    return { entries: this.#entries, bytes: this.#bytes };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** Tried again by the next operation where it failed. */
  #prepared(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #prepare(): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await this.#createTable(client);
      client.release();
    } catch (error) {
      client.release(true);
      throw explained(error);
    }
  }

  async #createTable(client: PoolClient): Promise<void> {
    await client.query('BEGIN');
    for (const statement of schemaStatements(this.#options.table)) await client.query(statement);
    await client.query('COMMIT');
  }

  async #sweep(): Promise<void> {
    const { clock, maxEntries, table } = this.#options;
    if (clock.monotonic() - this.#sweptAtMs < sweepEveryMs) return;
    this.#sweptAtMs = clock.monotonic();
    await this.#pool.query(`DELETE FROM ${table} WHERE expires_at <= $1`, [clock.now()]);
    await this.#pool.query(
      `DELETE FROM ${table} WHERE (partition, exact) IN (
        SELECT partition, exact FROM ${table} ORDER BY stored_at DESC OFFSET $1)`,
      [maxEntries],
    );
    const { rows } = await this.#pool.query<{ readonly entries: string; readonly bytes: string }>(
      `SELECT count(*) AS entries, pg_total_relation_size('${table}') AS bytes FROM ${table}`,
    );
    this.#entries = Number(rows[0]?.entries);
    this.#bytes = Number(rows[0]?.bytes);
  }
}

function vectorText(values: Float32Array): string {
  return `[${values.join(',')}]`;
}

/** Says of the errors that administrators cause what they can do about it. */
function explained(error: unknown): unknown {
  const { code, message = '' } = error as { code?: string; message?: string };
  // feature_not_supported, undefined_file: the extension is not installed on the server.
  if ((code === '0A000' || code === '58P01') && message.includes('vector')) {
    return new Error(
      'PostgreSQL has no extension `vector`: install pgvector on its server, version 0.5 or newer',
      { cause: error },
    );
  }
  if (code === '42501') {
    return new Error(
      'this PostgreSQL user may not create the extension `vector` or the table: have an ' +
        'administrator run CREATE EXTENSION vector, and grant CREATE on the schema',
      { cause: error },
    );
  }
  return error;
}
