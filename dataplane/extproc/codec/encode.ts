// Replies as ProcessingResponse bytes. What never varies is encoded once; what varies is written in
// one pass. Only raw_value is filled, since Envoy reads nothing else.
import { routerMetadataNamespace } from '../../../config/names.ts';
import type { HeaderMutation, ImmediateAnswer } from '../../domain/http.ts';
import type { ExchangeFacts } from '../../pipeline/exchange.ts';
import type { MessageKind } from './decode.ts';
import {
  bodyMutation,
  commonResponse,
  headerMutation,
  headerValue,
  headerValueOption,
  httpStatus,
  immediateResponse,
  mapEntry,
  overwriteOrAdd,
  phaseResponse,
  processingMode,
  processingResponse,
  sendMode,
  streamedBody,
  struct,
  value,
} from './field-numbers.ts';
import { headerValueOf } from './header-value.ts';
import { Writer } from './wire-writer.ts';

const replyField: Readonly<Record<MessageKind, number>> = {
  request_headers: processingResponse.requestHeaders,
  response_headers: processingResponse.responseHeaders,
  request_body: processingResponse.requestBody,
  response_body: processingResponse.responseBody,
  request_trailers: processingResponse.requestTrailers,
  response_trailers: processingResponse.responseTrailers,
};

/** What a reply to headers or to a body asks of Envoy. */
export interface Reply {
  readonly headers?: HeaderMutation | undefined;
  /** Set content-length to this, or remove it, beside `headers`. */
  readonly contentLength?: number | 'remove' | undefined;
  /** Chooses the route anew. Envoy heeds it only beside a header mutation. */
  readonly clearRouteCache?: boolean;
  /**
   * Replaces the body of the message that is answered by one of so many bytes, which are to be sent
   * right behind the reply; not in full-duplex mode.
   */
  readonly bodyLength?: number | undefined;
  /** Only in a reply to headers, and only heeded where the filter allows it. */
  readonly modeOverride?: ModeOverride | undefined;
  readonly facts?: ExchangeFacts | undefined;
}

/**
 * `stream-response`: the response body comes chunk by chunk; `leave-response`: it does not come;
 * `leave-all`: nothing more comes at all.
 */
export type ModeOverride = 'stream-response' | 'leave-response' | 'leave-all';

/** Room for the headers or facts of a usual reply: a guess, since a writer grows where it must. */
const usualReplyBytes = 512;

/** BodySendMode; absent on the wire means NONE. */
const streamed = 1;

/** CONTINUE to a message of each kind, nothing changed. */
export const continueReply: Readonly<Record<MessageKind, Buffer>> = {
  request_headers: encodeReply('request_headers', {}),
  response_headers: encodeReply('response_headers', {}),
  request_body: encodeReply('request_body', {}),
  response_body: encodeReply('response_body', {}),
  request_trailers: encodeReply('request_trailers', {}),
  response_trailers: encodeReply('response_trailers', {}),
};

/** CONTINUE to request headers, and nothing more of this request or its response, if allowed. */
export const leaveAllReply = encodeReply('request_headers', { modeOverride: 'leave-all' });

/** CONTINUE to response headers, and nothing more of the response, if allowed. */
export const leaveResponseReply = encodeReply('response_headers', {
  modeOverride: 'leave-response',
});

export function encodeReply(kind: MessageKind, reply: Reply): Buffer {
  const writer = new Writer(usualReplyBytes, reply.bodyLength);
  // First what stands last, since a body that follows must be the end of all that it is part of.
  if (kind !== 'request_trailers' && kind !== 'response_trailers') {
    writeCommonResponse(writer, reply);
  }
  writer.wrap(replyField[kind], 0);
  writeModeOverride(writer, reply.modeOverride);
  writeFacts(writer, reply.facts);
  return writer.finish();
}

/** One piece of a body in full-duplex mode. */
export function encodeStreamedBody(
  kind: 'request_body' | 'response_body',
  piece: {
    readonly body: Buffer;
    readonly endOfStream: boolean;
    readonly facts?: ExchangeFacts | undefined;
  },
): Buffer {
  const { body, endOfStream, facts } = piece;
  const writer = new Writer(body.length + (facts === undefined ? 32 : 1024));
  writeFacts(writer, facts);
  const start = writer.written;
  if (endOfStream) writer.number(streamedBody.endOfStream, 1);
  if (body.length > 0) writer.bytes(streamedBody.body, body);
  writer.wrap(bodyMutation.streamedResponse, start);
  writer.wrap(commonResponse.bodyMutation, start);
  writer.wrap(phaseResponse.response, start);
  writer.wrap(replyField[kind], start);
  return writer.finish();
}

export function encodeImmediate(answer: ImmediateAnswer, facts?: ExchangeFacts): Buffer {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const writer = new Writer(1024 + body.length);
  writeFacts(writer, facts);
  const start = writer.written;
  writer.text(immediateResponse.details, answer.details);
  writer.bytes(immediateResponse.body, body);
  const headers = writer.written;
  writeSetHeaders(writer, answer.headers);
  writer.wrap(immediateResponse.headers, headers);
  const status = writer.written;
  writer.number(httpStatus.code, answer.status);
  writer.wrap(immediateResponse.status, status);
  writer.wrap(processingResponse.immediateResponse, start);
  return writer.finish();
}

function writeCommonResponse(writer: Writer, reply: Reply): void {
  if (reply.bodyLength !== undefined) {
    // An empty `body` is no mutation for Envoy.
    if (reply.bodyLength === 0) writer.number(bodyMutation.clearBody, 1);
    else writer.tail(bodyMutation.body);
    writer.wrap(commonResponse.bodyMutation, 0);
  }
  if (reply.clearRouteCache === true) writer.number(commonResponse.clearRouteCache, 1);
  writeHeaderMutation(writer, reply);
  if (writer.written > 0) writer.wrap(phaseResponse.response, 0);
}

function writeHeaderMutation(writer: Writer, { headers, contentLength }: Reply): void {
  const start = writer.written;
  for (const name of headers?.remove.toReversed() ?? []) {
    writer.text(headerMutation.removeHeaders, name);
  }
  if (contentLength === 'remove') writer.text(headerMutation.removeHeaders, 'content-length');
  else if (contentLength !== undefined) {
    writeHeader(writer, 'content-length', String(contentLength));
  }
  if (headers !== undefined) writeSetHeaders(writer, headers.set);
  if (writer.written > start) writer.wrap(commonResponse.headerMutation, start);
}

function writeSetHeaders(writer: Writer, headers: HeaderMutation['set']): void {
  for (let index = headers.length - 1; index >= 0; index -= 1) {
    const header = headers[index];
    if (header !== undefined) writeHeader(writer, header[0], headerValueOf(header[1]));
  }
}

/**
 * `append` stays unset: Envoy and agentgateway then both overwrite, and Envoy reads nothing else;
 * the explicit action is for those that heed it.
 */
function writeHeader(writer: Writer, name: string, content: string): void {
  const start = writer.written;
  writer.number(headerValueOption.appendAction, overwriteOrAdd);
  const header = writer.written;
  writer.text(headerValue.rawValue, content);
  writer.text(headerValue.key, name);
  writer.wrap(headerValueOption.header, header);
  writer.wrap(headerMutation.setHeaders, start);
}

function writeModeOverride(writer: Writer, override: ModeOverride | undefined): void {
  if (override === undefined) return;
  const start = writer.written;
  if (override === 'stream-response') writer.number(processingMode.responseBodyMode, streamed);
  else writer.number(processingMode.responseTrailerMode, sendMode.skip);
  if (override === 'leave-all') {
    writer.number(processingMode.requestTrailerMode, sendMode.skip);
    writer.number(processingMode.responseHeaderMode, sendMode.skip);
  }
  writer.wrap(processingResponse.modeOverride, start);
}

/** Facts as dynamic metadata: `{<namespace>: {<name>: <string or number>}}`. */
function writeFacts(writer: Writer, facts: ExchangeFacts | undefined): void {
  if (facts === undefined) return;
  const start = writer.written;
  for (const name in facts) {
    const fact = facts[name];
    if (fact === undefined) continue;
    const entry = writer.written;
    if (typeof fact === 'number') writer.double(value.numberValue, fact);
    else writer.text(value.stringValue, fact);
    writer.wrap(mapEntry.value, entry);
    writer.text(mapEntry.key, name);
    writer.wrap(struct.fields, entry);
  }
  writer.wrap(value.structValue, start);
  writer.wrap(mapEntry.value, start);
  writer.text(mapEntry.key, routerMetadataNamespace);
  writer.wrap(struct.fields, start);
  writer.wrap(processingResponse.dynamicMetadata, start);
}
