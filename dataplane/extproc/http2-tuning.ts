// What Node's HTTP/2 needs to live behind Envoy, set through fields of grpc-js that are not public:
// checked at start, so that an upgrade cannot lose them silently.
import { createRequire } from 'node:module';
import type { ServerHttp2Session } from 'node:http2';

/**
 * Envoy ends every ext_proc stream by RST_STREAM(INTERNAL_ERROR). nghttp2 takes more than 1,000 of
 * them, then 33 a second, for an attack and closes the connection with all its streams. Both numbers
 * must be given; one alone has no effect.
 */
const resets = { streamResetBurst: 100_000, streamResetRate: 10_000 } as const;

/**
 * Flow control in bytes. With HTTP/2's 64 KiB for a stream and for the whole connection, bodies
 * arrive in small turns: larger windows took 28-41 % off Envoy's processor time at 220 KB.
 */
const streamWindow = 1_048_576;
const connectionWindow = 16_777_216;

interface Http2Options {
  streamResetBurst?: number;
  streamResetRate?: number;
  settings?: object;
}

interface SessionSource {
  on(event: 'session', listener: (session: ServerHttp2Session) => void): unknown;
}

/** Throws when this Node takes Envoy's resets for an attack and cannot be told otherwise. */
export function checkNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 10)) return;
  throw new Error(
    `The ext_proc server needs Node 22.10 or later; this is ${version}, which closes Envoy's connection after a thousand requests.`,
  );
}

/** To be called before the server, one of grpc-js, is bound. */
export function tuneHttp2Options(server: object): void {
  const options = privateField(server, 'commonServerOptions') as Http2Options;
  options.streamResetBurst = resets.streamResetBurst;
  options.streamResetRate = resets.streamResetRate;
  options.settings = { ...options.settings, initialWindowSize: streamWindow };
}

/**
 * To be called once the server is bound, before it has connections. Returns a function that breaks
 * off all connections: with channelz off, grpc-js' own forceShutdown leaves them open.
 */
export function tuneHttp2Sessions(server: object): () => void {
  const servers = privateField(server, 'http2Servers') as ReadonlyMap<SessionSource, unknown>;
  const sessions = new Set<ServerHttp2Session>();
  for (const http2Server of servers.keys()) {
    http2Server.on('session', (session) => {
      session.setLocalWindowSize(connectionWindow);
      sessions.add(session);
      session.once('close', () => sessions.delete(session));
    });
  }
  return () => {
    for (const session of sessions) session.destroy();
  };
}

function privateField(server: object, name: string): object {
  const field = (server as Readonly<Record<string, unknown>>)[name];
  if (typeof field === 'object' && field !== null) return field;
  const manifest = createRequire(import.meta.url)('@grpc/grpc-js/package.json') as {
    readonly version: string;
  };
  throw new Error(
    `@grpc/grpc-js ${manifest.version} has no ${name}, through which the ext_proc server sets its HTTP/2 limits; 1.14 has it.`,
  );
}
