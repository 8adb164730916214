// The ext_proc server: gRPC streams of Envoy, each driven by a state machine of its own, and the
// gRPC health service. It knows no stage and no configuration file.
import type { Exchange } from '../pipeline/exchange.ts';
import type { Log } from '../ports.ts';
import { createBufferingAlarm } from './buffering-alarm.ts';
import { errorPlace } from './error-place.ts';
import type { CallHandler, GrpcCall } from './grpc/call.ts';
import { HealthService } from './grpc/health.ts';
import { codes, ok } from './grpc/status.ts';
import { listen, readTls, type ServerTls } from './listen.ts';
import { ExtProcStream, type StreamDeps } from './stream.ts';

const serviceName = 'envoy.service.ext_proc.v3.ExternalProcessor';

/** Room in a message for headers, metadata and attributes beside the body. */
const envelopeBytes = 1_048_576;

/** How long exchanges whose streams were cut may take to end. */
const endingMs = 5_000;

export interface ExtProcServerOptions {
  /** `host:port`, port 0 for any free one, or `unix:/path`. */
  readonly address: string;
  /** Plaintext when left out. */
  readonly tls?: ServerTls | undefined;
  /** Called once for each HTTP request, at its first message. */
  readonly openExchange: () => Exchange;
  readonly log: Log;
  readonly limits: {
    /**
     * Largest body in bytes that Envoy may send in one message, of a request or a buffered
     * response: its buffer limit, at least the exchange's own. Fixed while the server runs.
     */
    readonly maxBodyBytes: number;
  };
}

export interface ExtProcServer {
  /** Where it listens: `host:port` with the real port, or `unix:/path`. */
  readonly address: string;
  /** 0 for a socket file. */
  readonly port: number;
  /** What gRPC health checks are told; NOT_SERVING until set. */
  setServing(isServing: boolean): void;
  /** Streams that run, or whose exchange has still to end. */
  activeStreams(): number;
  /**
   * Not serving, no new streams, and running ones may end within `graceMs`; then the rest is cut.
   * Resolves when no stream runs any more and every exchange has ended.
   */
  drain(graceMs: number): Promise<void>;
  /** Cuts all streams and lets go of the port. */
  close(): Promise<void>;
}

/** Rejects with a sentence for the user when it cannot listen. */
export async function startExtProcServer(options: ExtProcServerOptions): Promise<ExtProcServer> {
  const streams = new StreamCount();
  const alarm = createBufferingAlarm(options.log, () => performance.now());
  const { openExchange, log } = options;
  const onEndingFailed = (error: unknown): void => {
    log.error('ending an exchange failed', errorPlace(error));
  };
  const deps: StreamDeps = { openExchange, log, alarm, onEndingFailed };
  const maxMessageBytes = options.limits.maxBodyBytes + envelopeBytes;
  const health = new HealthService([serviceName]);
  const serveProcess = (call: GrpcCall): void => {
    call.serve(new ServedStream(call, deps, streams), maxMessageBytes);
  };
  const methods = new Map([...health.methods, [`/${serviceName}/Process`, serveProcess]]);
  const { server, port } = await listen(options.address, methods, await readTls(options.tls));

  const close = async (): Promise<void> => {
    health.setServing(false);
    server.destroy();
    await streams.none(endingMs);
  };
  return {
    address: port === 0 ? options.address : options.address.replace(/\d+$/, String(port)),
    port,
    setServing: (isServing) => {
      health.setServing(isServing);
    },
    activeStreams: () => streams.running,
    drain: async (graceMs) => {
      health.setServing(false);
      health.endWatches();
      await within(graceMs, server.drain());
      await close();
    },
    close,
  };
}

/** Counts streams and tells when there are none. */
class StreamCount {
  running = 0;
  #waiting: (() => void)[] = [];

  opened(): void {
    this.running += 1;
  }

  ended(): void {
    this.running -= 1;
    if (this.running > 0) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  /** Resolves when there are none, or after `limitMs`. */
  async none(limitMs: number): Promise<void> {
    if (this.running === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** One call of Process, and the stream that it is. */
class ServedStream implements CallHandler {
  readonly #call: GrpcCall;
  readonly #streams: StreamCount;
  readonly #stream: ExtProcStream;
  #isOpen = true;

  constructor(call: GrpcCall, deps: StreamDeps, streams: StreamCount) {
    this.#call = call;
    this.#streams = streams;
    this.#stream = new ExtProcStream(
      {
        write: (reply, body) => call.write(reply, body),
        pause: () => {
          call.pause();
        },
        resume: () => {
          call.resume();
        },
        refuse: (message) => {
          call.end({ code: codes.invalidArgument, message });
        },
      },
      deps,
    );
    streams.opened();
  }

  message(bytes: Buffer): void {
    this.#stream.message(bytes);
  }

  drained(): void {
    this.#stream.drained();
  }

  /** Only an Envoy that closes gracefully says so, and it waits for an answer. */
  halfClosed(): void {
    this.closed();
    this.#call.end(ok);
  }

  /** Envoy resets also those streams that ended well: that they are over says nothing of how. */
  closed(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const ending = this.#stream.closed();
    const ended = (): void => {
      this.#streams.ended();
    };
    if (ending instanceof Promise) ending.then(ended, ended);
    else ended();
  }
}

/** Waits for something to be done, but no longer than `limitMs`. */
async function within(limitMs: number, done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([done, limit]);
  clearTimeout(timer);
}
