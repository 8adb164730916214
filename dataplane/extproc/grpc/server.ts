// A gRPC server: connections, which method a call is for, and how the server ends. It knows no service.
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { Http2Connection } from '../http2/connection.ts';
import { errorCodes } from '../http2/frames.ts';
import { encodeHeaders } from '../http2/hpack/encode-headers.ts';
import type { HeaderField } from '../http2/hpack/static-table.ts';
import type { Http2Stream } from '../http2/stream.ts';
import { GrpcCall } from './call.ts';
import { codes } from './status.ts';

/** How often a connection is asked whether it is still there, and how long it may take to answer. */
const keepaliveMs = 60_000;
const keepaliveAnswerMs = 20_000;

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
  readonly #server: Server;
  readonly #connections = new Set<Http2Connection>();
  #keepalive: NodeJS.Timeout | undefined;
  /** Calls that run. */
  #calls = 0;
  #onNoCalls: (() => void) | undefined;
  #isDraining = false;
  #isDestroyed = false;

  /** Throws for TLS files that cannot be used. */
  constructor(methods: GrpcMethods, tls: TlsFiles | undefined) {
    this.#methods = methods;
    this.#server = tls === undefined ? createServer(this.#took) : this.#createSecure(tls);
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
      // A client that is gone without a word would keep its calls forever.
      for (const connection of this.#connections) void connection.askForLife(keepaliveAnswerMs);
    }, keepaliveMs).unref();
    const bound = server.address();
    return bound !== null && typeof bound === 'object' ? bound.port : 0;
  }

  /** Takes no new connections and soon no new calls; resolves when the last call has ended. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#server.close();
    await Promise.all([...this.#connections].map((connection) => connection.close()));
    if (this.#calls === 0) return;
    await new Promise<void>((resolve) => {
      this.#onNoCalls = resolve;
    });
  }

  /** Breaks off every connection and lets go of the port. */
  destroy(): void {
    this.#isDestroyed = true;
    clearInterval(this.#keepalive);
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
  }

  #createSecure({ cert, key, clientCa }: TlsFiles): Server {
    const client = clientCa === undefined ? {} : { ca: clientCa, requestCert: true };
    const options = { cert, key, ALPNProtocols: ['h2'], ...client };
    return createTlsServer(options, (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') this.#took(socket);
      else socket.destroy();
    });
  }

  readonly #took = (socket: Socket): void => {
    // Its handshake was under way when the server ended.
    if (this.#isDestroyed) {
      socket.destroy();
      return;
    }
    // Replies are put together before they are written; nothing is gained by waiting for more.
    socket.setNoDelay(true);
    const connection: Http2Connection = new Http2Connection(socket, {
      opened: (stream, headers) => {
        this.#dispatch(stream, headers);
      },
      closed: () => {
        this.#connections.delete(connection);
      },
    });
    this.#connections.add(connection);
    if (this.#isDraining) void connection.close();
  };

  readonly #onCallClosed = (): void => {
    this.#calls -= 1;
    if (this.#calls === 0) this.#onNoCalls?.();
  };

  #dispatch(stream: Http2Stream, headers: readonly HeaderField[]): void {
    const header = (name: string): string => headers.find((one) => one.name === name)?.value ?? '';
    if (header(':method') !== 'POST') {
      stream.end(methodNotAllowed, errorCodes.noError);
      return;
    }
    if (!header('content-type').startsWith('application/grpc')) {
      stream.end(unsupportedMediaType, errorCodes.noError);
      return;
    }
    this.#calls += 1;
    const call = new GrpcCall(stream, this.#onCallClosed);
    const method = this.#methods.get(header(':path'));
    if (method === undefined) {
      call.end({ code: codes.unimplemented, message: 'there is no such method here' });
    } else method(call);
  }
}

const methodNotAllowed = encodeHeaders({ ':status': '405' });
const unsupportedMediaType = encodeHeaders({ ':status': '415' });
