// The two directions of one stream: messages in, one at a time and in order even while something is
// awaited; replies out, no faster than the connection takes them. It knows no message's meaning.
import type { BodyPieces } from '../domain/body-pieces.ts';
import type { MaybePromise } from '../domain/http.ts';
import type { ExchangeFacts } from '../pipeline/exchange.ts';
import type { BodyMessage, ProcessingMessage } from './codec/decode.ts';
import { encodeStreamedBody } from './codec/encode.ts';

/** What a stream asks of the connection below it. */
export interface StreamTransport {
  /** Sends a reply and the body that ends it. False: no more until `drained` is called. */
  write(reply: Buffer, body?: BodyPieces): boolean;
  /** Stops and restarts the delivery of messages. */
  pause(): void;
  resume(): void;
  /** Ends the stream with the gRPC status INVALID_ARGUMENT. */
  refuse(details: string): void;
}

export interface ConversationOwner {
  handle(message: ProcessingMessage): void;
  /** Whether nobody wants to know any more what was awaited. */
  isDone(): boolean;
  /** Called after something was awaited, once no message waits for it. */
  onCaughtUp(): void;
  onError(error: unknown): void;
}

/** Pieces of a body in full-duplex mode; Envoy recommends less than 64 KiB a message. */
const maxPieceBytes = 62_000;

export class Conversation {
  readonly #transport: StreamTransport;
  readonly #owner: ConversationOwner;
  readonly #waiting: ProcessingMessage[] = [];
  #isBusy = false;
  #isBlocked = false;
  #isClosed = false;

  constructor(transport: StreamTransport, owner: ConversationOwner) {
    this.#transport = transport;
    this.#owner = owner;
  }

  /** Whether a promise is awaited. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Hands a message to the owner now, or when what is awaited has come. */
  take(message: ProcessingMessage): void {
    if (this.#isBusy) this.#waiting.push(message);
    else this.#owner.handle(message);
  }

  /** After `close`, nothing is written. */
  write(reply: Buffer, body?: BodyPieces): void {
    if (this.#isClosed || this.#transport.write(reply, body)) return;
    this.#isBlocked = true;
    this.#transport.pause();
  }

  /** Writes a body in full-duplex mode; nothing for an empty one that is not the last. */
  writePieces(
    kind: BodyMessage['kind'],
    whole: {
      readonly body: Buffer;
      readonly endOfStream: boolean;
      readonly facts?: ExchangeFacts | undefined;
    },
  ): void {
    const { body, endOfStream, facts } = whole;
    let start = 0;
    while (body.length - start > maxPieceBytes) {
      const piece = body.subarray(start, start + maxPieceBytes);
      this.write(encodeStreamedBody(kind, { body: piece, endOfStream: false }));
      start += maxPieceBytes;
    }
    if (start === body.length && !endOfStream) return;
    this.write(encodeStreamedBody(kind, { body: body.subarray(start), endOfStream, facts }));
  }

  /** Goes on with `then`, at once or when the promise is settled; what comes meanwhile waits. */
  settle<T>(value: MaybePromise<T>, then: (value: T) => void): void {
    if (!(value instanceof Promise)) {
      then(value);
      return;
    }
    this.#isBusy = true;
    this.#transport.pause();
    value
      .then((settled) => {
        this.#isBusy = false;
        if (this.#owner.isDone()) {
          this.#owner.onCaughtUp();
          return;
        }
        then(settled);
        this.#catchUp();
      })
      .catch((error: unknown) => {
        this.#isBusy = false;
        this.#owner.onError(error);
      });
  }

  /** The connection takes replies again. */
  drained(): void {
    this.#isBlocked = false;
    if (!this.#isBusy) this.#transport.resume();
  }

  close(): void {
    this.#isClosed = true;
  }

  refuse(details: string): void {
    if (!this.#isClosed) this.#transport.refuse(details);
  }

  #catchUp(): void {
    while (!this.#isBusy) {
      const message = this.#waiting.shift();
      if (message === undefined) {
        this.#owner.onCaughtUp();
        if (!this.#isClosed && !this.#isBlocked) this.#transport.resume();
        return;
      }
      this.#owner.handle(message);
    }
  }
}
