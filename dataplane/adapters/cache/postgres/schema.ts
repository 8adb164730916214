// The table that answers lie in, made where it is missing. Several replicas may start at once.

/** Any number, the same for all replicas: who holds the lock makes the table. */
const lockId = 7_236_411_093;

/** In one transaction. The name of the table needs no quoting. `vector` must be there already, or may be created by this user. */
export function schemaStatements(table: string): readonly string[] {
  return [
    `SELECT pg_advisory_xact_lock(${lockId})`,
    'CREATE EXTENSION IF NOT EXISTS vector',
    `CREATE TABLE IF NOT EXISTS ${table} (
      partition text NOT NULL,
      exact text NOT NULL,
      canonical text,
      space text,
      embedding vector,
      entry bytea NOT NULL,
      stored_at double precision NOT NULL,
      expires_at double precision NOT NULL,
      PRIMARY KEY (partition, exact)
    )`,
    `CREATE INDEX IF NOT EXISTS ${table}_canonical ON ${table} (partition, canonical)`,
    `CREATE INDEX IF NOT EXISTS ${table}_expires ON ${table} (expires_at)`,
    `CREATE INDEX IF NOT EXISTS ${table}_stored ON ${table} (stored_at)`,
  ];
}
