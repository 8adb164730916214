// A gRPC server on Node's own HTTP/2: connections, which method a call is for, and how the server
// ends. It knows no service.
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { Server as NetServer } from 'node:net';
import { GrpcCall } from './call.ts';
import { connectionWindow, http2Options } from './http2-options.ts';
import { codes } from './status.ts';

/** How often a connection is asked whether it is still there, and how long it may take to answer. */
const keepaliveMs = 60_000;
const keepaliveAnswerMs = 20_000;

/** How long a client may take to answer that it has heard of the end. */
const announcementMs = 1_000;

/** The largest stream id: a GOAWAY with it announces the end and refuses nothing yet. */
const largestStreamId = 2 ** 31 - 1;

/** PEM texts. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When given, clients must present a certificate of one of these authorities. */
  readonly clientCa: Buffer | undefined;
}

/** Methods by their path, such as `/grpc.health.v1.Health/Check`. */
export type GrpcMethods = ReadonlyMap<string, (call: GrpcCall) => void>;

export class GrpcServer {
  readonly #methods: GrpcMethods;
  readonly #server: Http2Server | Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  #keepalive: NodeJS.Timeout | undefined;
  /** Calls that run. */
  #calls = 0;
  #onNoCalls: (() => void) | undefined;

  /** Throws for TLS files that cannot be used. */
  constructor(methods: GrpcMethods, tls: TlsFiles | undefined) {
    this.#methods = methods;
    this.#server = tls === undefined ? createServer(http2Options) : createSecureServer(secure(tls));
    this.#server.on('session', (session) => {
      this.#took(session);
    });
    this.#server.on('stream', (stream: ServerHttp2Stream, headers) => {
      this.#dispatch(stream, headers);
    });
  }

  /** Resolves with the port, 0 for a socket file; rejects with the system's error. */
  async listen(
    where: { readonly path: string } | { readonly host: string; readonly port: number },
  ): Promise<number> {
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(where, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#keepalive = setInterval(() => {
      for (const session of this.#sessions) askForLife(session);
    }, keepaliveMs).unref();
    const bound = server.address();
    return bound !== null && typeof bound === 'object' ? bound.port : 0;
  }

  /** Takes no new connections and soon no new calls; resolves when the last call has ended. */
  async drain(): Promise<void> {
    // HTTP/2's own `close` would refuse calls that are on their way.
    NetServer.prototype.close.call(this.#server);
    await Promise.all([...this.#sessions].map(closeGracefully));
    if (this.#calls === 0) return;
    await new Promise<void>((resolve) => {
      this.#onNoCalls = resolve;
    });
  }

  /** Breaks off every connection and lets go of the port. */
  destroy(): void {
    clearInterval(this.#keepalive);
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
  }

  readonly #onCallClosed = (): void => {
    this.#calls -= 1;
    if (this.#calls === 0) this.#onNoCalls?.();
  };

  #took(session: ServerHttp2Session): void {
    session.setLocalWindowSize(connectionWindow);
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
  }

  #dispatch(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    this.#calls += 1;
    const call = new GrpcCall(stream, this.#onCallClosed);
    if (headers[':method'] !== 'POST') {
      stream.respond({ ':status': 405 }, { endStream: true });
      return;
    }
    if (headers['content-type']?.startsWith('application/grpc') !== true) {
      stream.respond({ ':status': 415 }, { endStream: true });
      return;
    }
    const method = this.#methods.get(headers[':path'] ?? '');
    if (method === undefined) {
      call.end({ code: codes.unimplemented, message: 'there is no such method here' });
    } else method(call);
  }
}

function secure({ cert, key, clientCa }: TlsFiles): Parameters<typeof createSecureServer>[0] {
  const client = clientCa === undefined ? {} : { ca: clientCa, requestCert: true };
  return { ...http2Options, cert, key, ...client };
}

/**
 * Announces the end first, so that calls which are on their way are still taken, and closes when the
 * client has heard of it; a client that is leaving itself may not say so. Resolves then.
 */
function closeGracefully(session: ServerHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    if (session.destroyed || session.closed) {
      resolve();
      return;
    }
    const close = (): void => {
      clearTimeout(timer);
      session.close();
      resolve();
    };
    const timer = setTimeout(close, announcementMs);
    session.goaway(0, largestStreamId);
    session.ping(close);
  });
}

/** A peer that is gone without a word would keep its calls forever. */
function askForLife(session: ServerHttp2Session): void {
  if (session.destroyed) return;
  const timer = setTimeout(() => {
    session.destroy();
  }, keepaliveAnswerMs).unref();
  session.ping((error) => {
    clearTimeout(timer);
    if (error !== null) session.destroy();
  });
}
