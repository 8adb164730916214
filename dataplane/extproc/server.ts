// The ext_proc server: gRPC streams of Envoy, each driven by a state machine of its own, and the
// gRPC health service. It knows no stage and no configuration file.
import {
  logVerbosity,
  Server,
  setLogVerbosity,
  status,
  type ServerDuplexStream,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Exchange } from '../pipeline/exchange.ts';
import type { Log } from '../ports.ts';
import { createBufferingAlarm } from './buffering-alarm.ts';
import { errorPlace } from './error-place.ts';
import { checkNodeVersion, tuneHttp2Options, tuneHttp2Sessions } from './http2-tuning.ts';
import { listen, serverCredentials, type ServerTls } from './listen.ts';
import { ExtProcStream, type StreamDeps } from './stream.ts';

const serviceName = 'envoy.service.ext_proc.v3.ExternalProcessor';

/** Room in a message for headers, metadata and attributes beside the body. */
const envelopeBytes = 1_048_576;

/** A peer that is gone without a word is noticed after so long, and its streams end as cut. */
const keepaliveMs = 60_000;

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
  checkNodeVersion(process.versions.node);
  // Errors reach us where they happen; grpc-js would print them as well.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': options.limits.maxBodyBytes + envelopeBytes,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.enable_channelz': 0,
  });
  tuneHttp2Options(server);
  const streams = new StreamCount();
  const alarm = createBufferingAlarm(options.log, () => performance.now());
  const { openExchange, log } = options;
  const onEndingFailed = (error: unknown): void => {
    log.error('ending an exchange failed', errorPlace(error));
  };
  const deps: StreamDeps = { openExchange, log, alarm, onEndingFailed };
  server.addService(processService, {
    Process: (call: ExtProcCall) => {
      serve(call, deps, streams);
    },
  });
  const health = new HealthImplementation();
  health.addToServer(server);
  const setServing = (isServing: boolean): void => {
    for (const name of ['', serviceName]) {
      health.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING');
    }
  };
  setServing(false);
  const port = await listen(server, options.address, await serverCredentials(options.tls));
  const breakOff = tuneHttp2Sessions(server);

  const close = async (): Promise<void> => {
    setServing(false);
    server.forceShutdown();
    breakOff();
    await streams.none(endingMs);
  };
  return {
    address: port === 0 ? options.address : options.address.replace(/\d+$/, String(port)),
    port,
    setServing,
    activeStreams: () => streams.running,
    drain: async (graceMs) => {
      setServing(false);
      await shutDownWithin(server, graceMs);
      await close();
    },
    close,
  };
}

type ExtProcCall = ServerDuplexStream<Buffer, Buffer>;

const identity = (bytes: Buffer): Buffer => bytes;

/** Messages pass as bytes; our own codec looks into them. */
const processService: ServiceDefinition = {
  Process: {
    path: `/${serviceName}/Process`,
    requestStream: true,
    responseStream: true,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  },
};

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

function serve(call: ExtProcCall, deps: StreamDeps, streams: StreamCount): void {
  const stream = new ExtProcStream(
    {
      write: (reply) => call.write(reply),
      pause: () => {
        call.pause();
      },
      resume: () => {
        call.resume();
      },
      refuse: (details) => {
        call.emit('error', { code: status.INVALID_ARGUMENT, details });
      },
    },
    deps,
  );
  let isOpen = true;
  streams.opened();
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    const ending = stream.closed();
    const ended = (): void => {
      streams.ended();
    };
    if (ending instanceof Promise) ending.then(ended, ended);
    else ended();
  };
  call.on('data', (bytes: Buffer) => {
    stream.message(bytes);
  });
  call.on('drain', () => {
    stream.drained();
  });
  // `cancelled` comes on every stream, since Envoy resets also those that ended well; `end` only
  // where it half-closes. Neither says why.
  call.on('cancelled', end);
  call.on('error', end);
  call.on('close', end);
  call.on('end', () => {
    end();
    // An Envoy that closes gracefully waits for the answer to its half-close.
    call.end();
  });
}

/** Refuses new streams and waits for the running ones to end, but no longer than `graceMs`. */
function shutDownWithin(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
