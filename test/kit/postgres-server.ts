// PostgreSQL for tests: PGlite, which is PostgreSQL in WebAssembly, behind a socket that speaks its
// protocol. With or without pgvector.
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { freePorts } from './ports.ts';

export interface PostgresServer {
  readonly port: number;
  /** Runs a statement beside all connections. */
  query<Row>(statement: string): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

export async function startPostgresServer(
  options: { readonly pgvector?: boolean } = {},
): Promise<PostgresServer> {
  const [port = 0] = await freePorts(1);
  const database = await PGlite.create({
    extensions: options.pgvector === false ? {} : { vector },
  });
  const server = new PGLiteSocketServer({
    db: database,
    host: '127.0.0.1',
    port,
    maxConnections: 10,
  });
  await server.start();
  return {
    port,
    query: async <Row>(statement: string) => (await database.query<Row>(statement)).rows,
    stop: async () => {
      await server.stop();
      await database.close();
    },
  };
}
