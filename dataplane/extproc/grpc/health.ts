// The health service of gRPC: whoever asks, or watches, is told whether a service is served.
import { MalformedMessage, Reader } from '../codec/wire-reader.ts';
import { wireType } from '../codec/field-numbers.ts';
import type { GrpcCall } from './call.ts';
import type { GrpcMethods } from './server.ts';
import { codes, ok } from './status.ts';

/** HealthCheckResponse.ServingStatus. */
const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

/** HealthCheckRequest { string service = 1 }. */
const serviceKey = (1 << 3) | wireType.delimited;

const maxRequestBytes = 4096;

export class HealthService {
  readonly #services: ReadonlySet<string>;
  #isServing = false;
  /** Who watches, and what: a service that we have or not. */
  readonly #watchers = new Map<GrpcCall, string>();

  /** All services are served, or none; the empty name stands for the server. */
  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services]);
  }

  get methods(): GrpcMethods {
    return new Map([
      [
        '/grpc.health.v1.Health/Check',
        (call) => {
          this.#serve(call, (service) => {
            this.#check(call, service);
          });
        },
      ],
      [
        '/grpc.health.v1.Health/Watch',
        (call) => {
          this.#serve(call, (service) => {
            this.#watch(call, service);
          });
        },
      ],
    ]);
  }

  setServing(isServing: boolean): void {
    if (this.#isServing === isServing) return;
    this.#isServing = isServing;
    for (const [call, service] of this.#watchers) {
      if (this.#services.has(service)) call.write(this.#answerFor(service));
    }
  }

  /** Ends what would go on for as long as the server does. */
  endWatches(): void {
    for (const call of this.#watchers.keys()) {
      call.end({ code: codes.unavailable, message: 'the server ends' });
    }
  }

  #serve(call: GrpcCall, answer: (service: string) => void): void {
    let isAsked = false;
    call.serve(
      {
        message: (bytes) => {
          if (isAsked) return;
          isAsked = true;
          const service = serviceOf(bytes);
          if (service === undefined) {
            call.end({ code: codes.invalidArgument, message: 'the request is malformed' });
          } else answer(service);
        },
        halfClosed: () => {
          if (!isAsked)
            call.end({ code: codes.invalidArgument, message: 'the request is missing' });
        },
        drained: () => undefined,
        closed: () => {
          this.#watchers.delete(call);
        },
      },
      maxRequestBytes,
    );
  }

  #check(call: GrpcCall, service: string): void {
    if (!this.#services.has(service)) {
      call.end({ code: codes.notFound, message: 'there is no such service here' });
      return;
    }
    call.write(this.#answerFor(service));
    call.end(ok);
  }

  #watch(call: GrpcCall, service: string): void {
    this.#watchers.set(call, service);
    call.write(this.#answerFor(service));
  }

  /** HealthCheckResponse { ServingStatus status = 1 }. */
  #answerFor(service: string): Buffer {
    const known = this.#isServing ? serving : notServing;
    return Buffer.from([1 << 3, this.#services.has(service) ? known : serviceUnknown]);
  }
}

function serviceOf(request: Buffer): string | undefined {
  try {
    const reader = new Reader(request);
    let service = '';
    while (reader.at < reader.end) {
      const key = reader.key();
      if (key === serviceKey) {
        const end = reader.delimited();
        service = request.toString('utf8', reader.at, end);
        reader.at = end;
      } else reader.skip(key);
    }
    return service;
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}
