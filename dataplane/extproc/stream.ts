// One ext_proc stream, that is one HTTP request: turns Envoy's messages into the calls of an
// exchange and its verdicts into replies. It knows no gRPC, no stage and no configuration.
import { apiError } from '../domain/api-errors.ts';
import { joinPieces, piecesLength, type BodyPieces } from '../domain/body-pieces.ts';
import type { HeaderMutation, ImmediateAnswer, MaybePromise } from '../domain/http.ts';
import type {
  Ending,
  Exchange,
  ExchangeFacts,
  RequestVerdict,
  ResponseVerdict,
} from '../pipeline/exchange.ts';
import type { Log } from '../ports.ts';
import {
  decodeMessage,
  decodeProtocolConfig,
  type BodyMessage,
  type BodyMode,
  type HeadersMessage,
  type ProcessingMessage,
} from './codec/decode.ts';
import {
  continueReply,
  encodeImmediate,
  encodeReply,
  leaveAllReply,
  leaveResponseReply,
} from './codec/encode.ts';
import { WireFacts } from './codec/proxy-facts.ts';
import { MalformedMessage } from './codec/wire-reader.ts';
import type { BufferingAlarm } from './buffering-alarm.ts';
import { CollectedBody, type RequestPart, type WholeRequest } from './collected-body.ts';
import { Conversation, type StreamTransport } from './conversation.ts';
import { errorPlace } from './error-place.ts';
import { assumedConfig, canOverride, unsupportedMode } from './modes.ts';

export interface StreamDeps {
  readonly openExchange: () => Exchange;
  readonly log: Log;
  readonly alarm: BufferingAlarm;
  readonly onEndingFailed: (error: unknown) => void;
}

/**
 * - `first`: no message came yet;
 * - `request`: the exchange waits for the whole request;
 * - `forwarded`: the request is decided and on its way;
 * - `response`: response headers came, of the backend or of Envoy in its place;
 * - `passing`: CONTINUE to whatever comes, since nobody wants to know of it (any more);
 * - `over`: Envoy was given an answer or an error, and nothing more is said.
 */
type Phase = 'first' | 'request' | 'forwarded' | 'response' | 'passing' | 'over';

const nothing = Buffer.alloc(0);
const unchanged: HeaderMutation = { set: [], remove: [] };

export class ExtProcStream {
  readonly #deps: StreamDeps;
  readonly #talk: Conversation;
  #phase: Phase = 'first';
  #exchange: Exchange | undefined;
  #isFinalized = false;
  /** What the exchange gave for its end, and who waits for it. */
  #ending: MaybePromise<ExchangeFacts | undefined>;
  #onEnding: ((ending: MaybePromise<unknown>) => void) | undefined;
  #config = assumedConfig;
  /** Whether Envoy named no modes. */
  #isAssumed = false;
  /** The response mode in force: the configured one, or what it was overridden by. */
  #responseMode: BodyMode = assumedConfig.responseBodyMode;
  /** When the override to STREAMED was sent, until a body message came. */
  #overriddenAtMs: number | undefined;
  readonly #collected = new CollectedBody();
  #requestHadLength = false;
  #responseHadLength = false;

  constructor(transport: StreamTransport, deps: StreamDeps) {
    this.#deps = deps;
    this.#talk = new Conversation(transport, {
      handle: (message) => {
        this.#handle(message);
      },
      isDone: () => this.#phase === 'over' || (this.#talk.isClosed && this.#isFinalized),
      onCaughtUp: () => {
        if (this.#talk.isClosed) this.#cut();
      },
      onError: (error) => {
        this.#crash(error);
      },
    });
  }

  /** Takes the next message. Never throws. */
  message(bytes: Buffer): void {
    if (this.#phase === 'over' || this.#talk.isClosed) return;
    try {
      const message = decodeMessage(bytes);
      if (this.#phase === 'first') this.#begin(message, bytes);
      else this.#talk.take(message);
    } catch (error) {
      if (error instanceof MalformedMessage) this.#refuse(error.message);
      else this.#crash(error);
    }
  }

  /** The transport takes replies again. */
  drained(): void {
    this.#talk.drained();
  }

  /** The stream is over, for whatever reason. Returns a promise while its exchange still ends. */
  closed(): MaybePromise<unknown> {
    this.#talk.close();
    // What came of the response before the end still tells of usage: it is read first.
    if (this.#talk.isBusy && this.#phase === 'response') {
      return new Promise((resolve) => {
        this.#onEnding = resolve;
      });
    }
    this.#cut();
    return this.#ending;
  }

  #begin(message: ProcessingMessage, bytes: Buffer): void {
    const config = decodeProtocolConfig(bytes);
    this.#isAssumed = config === undefined;
    this.#config = config ?? assumedConfig;
    this.#responseMode = this.#config.responseBodyMode;
    if (message.kind.startsWith('response')) {
      // A local reply of an earlier filter: there is no request that we could account for.
      this.#phase = 'passing';
      this.#pass(message);
      return;
    }
    const exchange = this.#deps.openExchange();
    this.#exchange = exchange;
    if (message.kind === 'request_headers') this.#requestHeaders(exchange, message, bytes);
    else this.#answer(exchange.unsupported('The ext_proc filter must send request headers.'));
  }

  #handle(message: ProcessingMessage): void {
    if (this.#phase === 'over') return;
    const exchange = this.#exchange;
    if (this.#phase === 'passing' || exchange === undefined) {
      this.#pass(message);
      return;
    }
    const { kind } = message;
    if (kind === 'request_body') this.#requestBody(exchange, message);
    else if (kind === 'request_trailers') this.#requestTrailers(exchange);
    else if (kind === 'request_headers') this.#refuse('request headers came twice');
    else if (kind === 'response_headers') this.#responseHeaders(exchange, message);
    else if (this.#phase !== 'response') {
      this.#answer(exchange.unsupported('The ext_proc filter must send response headers.'));
    } else if (kind === 'response_body') this.#responseBody(exchange, message);
    else this.#responseTrailers(exchange);
  }

  #requestHeaders(exchange: Exchange, message: HeadersMessage, bytes: Buffer): void {
    const { headers, endOfStream } = message;
    const verdict = exchange.requestHeaders({ headers, facts: new WireFacts(bytes), endOfStream });
    if (verdict.kind === 'answer') {
      this.#answer(verdict.answer);
      return;
    }
    if (verdict.kind === 'pass') {
      this.#conclude('complete', () => {
        const leave = canOverride(this.#config);
        this.#talk.write(leave ? leaveAllReply : continueReply.request_headers);
      });
      return;
    }
    const problem = unsupportedMode(this.#config);
    if (problem !== undefined) {
      this.#answer(exchange.unsupported(problem));
      return;
    }
    this.#phase = 'request';
    if (endOfStream) {
      this.#decide(exchange, nothing, 'request_headers');
      return;
    }
    this.#requestHadLength = headers.get('content-length') !== undefined;
    // In full duplex a reply would send the headers on their way, so it waits for the decision.
    if (this.#config.requestBodyMode === 'BUFFERED')
      this.#talk.write(continueReply.request_headers);
  }

  #requestBody(exchange: Exchange, { body, endOfStream }: BodyMessage): void {
    const isBuffered = this.#config.requestBodyMode === 'BUFFERED';
    if (this.#phase !== 'request') {
      // Envoy answered in the backend's place before the request was whole.
      if (isBuffered) this.#talk.write(continueReply.request_body);
      return;
    }
    if (this.#isAssumed && !endOfStream) {
      this.#answer(
        exchange.unsupported('The ext_proc filter must have request_body_mode BUFFERED.'),
      );
      return;
    }
    if (this.#collected.add(body) > exchange.maxRequestBodyBytes) {
      this.#answer(exchange.tooLarge());
      return;
    }
    // A buffered body is whole in its one message, even where trailers hold the end of stream.
    if (isBuffered || endOfStream) this.#decide(exchange, this.#collected.take(), 'request_body');
  }

  #requestTrailers(exchange: Exchange): void {
    if (this.#phase !== 'request') this.#talk.write(continueReply.request_trailers);
    else if (this.#config.requestBodyMode === 'FULL_DUPLEX_STREAMED') {
      this.#decide(exchange, this.#collected.take(), 'request_trailers');
    } else {
      // Nothing that Envoy lets us say in reply to trailers could route the request.
      this.#answer(exchange.unsupported('A request with trailers must have a body.'));
    }
  }

  /** `last` is the message that made the request whole, which is the one to be answered. */
  #decide(exchange: Exchange, body: Buffer, last: RequestPart): void {
    this.#talk.settle(exchange.requestBody(body), (verdict) => {
      this.#decided(exchange, verdict, { body, last });
    });
  }

  #decided(exchange: Exchange, verdict: RequestVerdict, request: WholeRequest): void {
    if (verdict.kind === 'answer') this.#answer(verdict.answer);
    else if (verdict.kind === 'pass') {
      this.#conclude('complete', () => {
        this.#forward(unchanged, undefined, request);
      });
    } else if (request.last === 'request_headers' && piecesLength(verdict.body ?? []) > 0) {
      this.#answer(exchange.unsupported('A request without a body cannot be given one.'));
    } else {
      this.#phase = 'forwarded';
      this.#forward(verdict.headers, verdict.body, request);
    }
  }

  #forward(headers: HeaderMutation, changed: BodyPieces | undefined, request: WholeRequest): void {
    // Envoy wants the two together, or neither.
    const clearRouteCache = headers.set.length + headers.remove.length > 0;
    if (
      request.last === 'request_headers' ||
      this.#config.requestBodyMode === 'FULL_DUPLEX_STREAMED'
    ) {
      this.#talk.write(encodeReply('request_headers', { headers, clearRouteCache }));
      if (request.last === 'request_headers') return;
      const endOfStream = request.last === 'request_body';
      const body = joinPieces(changed ?? [request.body]);
      this.#talk.writePieces('request_body', { body, endOfStream });
      if (!endOfStream) this.#talk.write(continueReply.request_trailers);
      return;
    }
    const bodyLength = changed && piecesLength(changed);
    const contentLength = this.#requestHadLength ? bodyLength : undefined;
    const reply = { headers, clearRouteCache, bodyLength, contentLength };
    this.#talk.write(encodeReply('request_body', reply), changed);
  }

  #responseHeaders(exchange: Exchange, message: HeadersMessage): void {
    if (this.#phase === 'response') {
      this.#refuse('response headers came twice');
      return;
    }
    this.#phase = 'response';
    this.#talk.settle(exchange.responseHeaders(message), (verdict) => {
      this.#annotate(verdict, message);
    });
  }

  #annotate({ headers, eventStream }: ResponseVerdict, message: HeadersMessage): void {
    if (message.endOfStream) {
      this.#conclude('complete', (facts) => {
        this.#talk.write(encodeReply('response_headers', { headers, facts }));
      });
      return;
    }
    const isHeldBack = eventStream && this.#responseMode === 'BUFFERED';
    if (isHeldBack && canOverride(this.#config)) {
      this.#responseMode = 'STREAMED';
      this.#overriddenAtMs = this.#deps.alarm.now();
      const asStream = { contentLength: 'remove', modeOverride: 'stream-response' } as const;
      this.#talk.write(encodeReply('response_headers', { headers, ...asStream }));
      return;
    }
    if (isHeldBack) this.#deps.alarm.cannotStream();
    this.#responseHadLength = message.headers.get('content-length') !== undefined;
    this.#talk.write(encodeReply('response_headers', { headers }));
  }

  #responseBody(exchange: Exchange, message: BodyMessage): void {
    if (this.#overriddenAtMs !== undefined) {
      if (message.endOfStream) this.#deps.alarm.cameWhole(this.#overriddenAtMs);
      this.#overriddenAtMs = undefined;
    }
    if (this.#isAssumed && !message.endOfStream) this.#responseMode = 'STREAMED';
    // A buffered body is whole in its one message, even where trailers hold the end of stream.
    const isLast = message.endOfStream || this.#responseMode === 'BUFFERED';
    const bytes = exchange.responseBody(message.body, isLast);
    // Spelled out, since a function for each piece of a stream would be made in vain.
    if (bytes instanceof Promise) {
      this.#talk.settle(bytes, (settled) => {
        this.#handOn(message.body, settled, isLast);
      });
    } else this.#handOn(message.body, bytes, isLast);
  }

  #handOn(came: Buffer, changed: Buffer | undefined, isLast: boolean): void {
    if (isLast) {
      this.#conclude('complete', (facts) => {
        this.#writeLast(came, changed, facts);
      });
    } else if (this.#responseMode === 'FULL_DUPLEX_STREAMED') {
      this.#talk.writePieces('response_body', { body: changed ?? came, endOfStream: false });
    } else if (changed === undefined) this.#talk.write(continueReply.response_body);
    else this.#talk.write(encodeReply('response_body', { bodyLength: changed.length }), [changed]);
  }

  #writeLast(came: Buffer, changed: Buffer | undefined, facts: ExchangeFacts | undefined): void {
    if (this.#responseMode === 'FULL_DUPLEX_STREAMED') {
      this.#talk.writePieces('response_body', { body: changed ?? came, endOfStream: true, facts });
      return;
    }
    const isBuffered = this.#responseMode === 'BUFFERED';
    const bodyLength = changed?.length;
    const contentLength = isBuffered && this.#responseHadLength ? bodyLength : undefined;
    const reply = encodeReply('response_body', { bodyLength, contentLength, facts });
    this.#talk.write(reply, changed && [changed]);
  }

  #responseTrailers(exchange: Exchange): void {
    this.#talk.settle(exchange.responseBody(nothing, true), (rest) => {
      if (rest !== undefined && rest.length > 0) {
        if (this.#responseMode === 'FULL_DUPLEX_STREAMED') {
          this.#talk.writePieces('response_body', { body: rest, endOfStream: false });
        } else this.#deps.log.warn('the end of a response with trailers was lost');
      }
      this.#conclude('complete', (facts) => {
        this.#talk.write(encodeReply('response_trailers', { facts }));
      });
    });
  }

  /** CONTINUE, and an echo where Envoy has let go of the body. */
  #pass(message: ProcessingMessage): void {
    const { kind } = message;
    if (kind === 'request_body' || kind === 'response_body') {
      const mode = kind === 'request_body' ? this.#config.requestBodyMode : this.#responseMode;
      if (mode === 'FULL_DUPLEX_STREAMED') this.#talk.writePieces(kind, message);
      else this.#talk.write(continueReply[kind]);
    } else if (kind === 'response_headers' && canOverride(this.#config)) {
      this.#talk.write(leaveResponseReply);
    } else this.#talk.write(continueReply[kind]);
  }

  #answer(answer: ImmediateAnswer): void {
    this.#conclude('answered', (facts) => {
      this.#talk.write(encodeImmediate(answer, facts));
      this.#phase = 'over';
    });
  }

  /** Ends the exchange, then replies with what its end tells. */
  #conclude(ending: Ending, reply: (facts: ExchangeFacts | undefined) => void): void {
    this.#isFinalized = true;
    this.#phase = 'passing';
    this.#ending = this.#exchange?.finalize(ending);
    this.#talk.settle(this.#ending, reply);
  }

  /** Ends the exchange of a stream that has no last message. */
  #cut(): void {
    if (!this.#isFinalized) {
      this.#isFinalized = true;
      this.#ending = this.#exchange?.finalize('cut');
      if (this.#ending instanceof Promise) this.#ending.catch(this.#deps.onEndingFailed);
    }
    this.#onEnding?.(this.#ending);
  }

  #refuse(details: string): void {
    this.#phase = 'over';
    this.#cut();
    this.#talk.refuse(`ext_proc: ${details}`);
  }

  /** An exchange does not throw; if it does, a stream error could let the request pass unseen. */
  #crash(error: unknown): void {
    this.#deps.log.error('an exchange failed', errorPlace(error));
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    try {
      this.#cut();
    } catch (second) {
      this.#deps.onEndingFailed(second);
    }
    this.#talk.write(encodeImmediate(apiError('internal_error', 'The router failed.')));
  }
}
