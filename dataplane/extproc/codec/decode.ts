// ProcessingRequest bytes to one small record. It copies nothing: bodies and headers stay views of
// the message, and what nobody asks for is skipped.
import type { HeaderList } from '../../domain/http.ts';
import {
  httpBody,
  httpHeaders,
  processingRequest,
  protocolConfiguration,
  wireType,
} from './field-numbers.ts';
import { WireHeaders } from './header-list.ts';
import { MalformedMessage, Reader } from './wire-reader.ts';

export interface HeadersMessage {
  readonly kind: 'request_headers' | 'response_headers';
  readonly headers: HeaderList;
  readonly endOfStream: boolean;
}

export interface BodyMessage {
  readonly kind: 'request_body' | 'response_body';
  /** A view of the message. */
  readonly body: Buffer;
  readonly endOfStream: boolean;
}

interface TrailersMessage {
  readonly kind: 'request_trailers' | 'response_trailers';
}

export type ProcessingMessage = HeadersMessage | BodyMessage | TrailersMessage;
export type MessageKind = ProcessingMessage['kind'];

/** BodySendMode by number. */
export const bodyModes = [
  'NONE',
  'STREAMED',
  'BUFFERED',
  'BUFFERED_PARTIAL',
  'FULL_DUPLEX_STREAMED',
  'GRPC',
] as const;
export type BodyMode = (typeof bodyModes)[number];

/** The body modes that Envoy names in the first message of a stream. */
export interface ProtocolConfig {
  readonly requestBodyMode: BodyMode;
  readonly responseBodyMode: BodyMode;
}

/** Throws MalformedMessage. Where the same part came twice, the last one counts. */
export function decodeMessage(bytes: Buffer): ProcessingMessage {
  const reader = new Reader(bytes);
  let field = 0;
  let start = 0;
  let end = 0;
  while (reader.at < reader.end) {
    const key = reader.key();
    if ((key & 7) !== wireType.delimited) {
      reader.skip(key);
      continue;
    }
    const stop = reader.delimited();
    const number = key >>> 3;
    if (
      number >= processingRequest.requestHeaders &&
      number <= processingRequest.responseTrailers
    ) {
      field = number;
      start = reader.at;
      end = stop;
    }
    reader.at = stop;
  }
  switch (field) {
    case processingRequest.responseBody:
      return decodeBody('response_body', new Reader(bytes, start, end));
    case processingRequest.requestBody:
      return decodeBody('request_body', new Reader(bytes, start, end));
    case processingRequest.requestHeaders:
      return decodeHeaders('request_headers', new Reader(bytes, start, end));
    case processingRequest.responseHeaders:
      return decodeHeaders('response_headers', new Reader(bytes, start, end));
    case processingRequest.requestTrailers:
      return { kind: 'request_trailers' };
    case processingRequest.responseTrailers:
      return { kind: 'response_trailers' };
    default:
      throw new MalformedMessage('the message is about no part of a request or a response');
  }
}

/** The protocol configuration of a stream's first message; undefined when Envoy gave none. */
export function decodeProtocolConfig(bytes: Buffer): ProtocolConfig | undefined {
  const reader = new Reader(bytes);
  let found: ProtocolConfig | undefined;
  while (reader.at < reader.end) {
    const key = reader.key();
    if (key === ((processingRequest.protocolConfig << 3) | wireType.delimited)) {
      const end = reader.delimited();
      found = decodeModes(new Reader(bytes, reader.at, end));
      reader.at = end;
    } else reader.skip(key);
  }
  return found;
}

function decodeModes(reader: Reader): ProtocolConfig {
  let request = 0;
  let response = 0;
  while (reader.at < reader.end) {
    const key = reader.key();
    if (key === protocolConfiguration.requestBodyMode << 3) request = reader.varint();
    else if (key === protocolConfiguration.responseBodyMode << 3) response = reader.varint();
    else reader.skip(key);
  }
  return { requestBodyMode: bodyMode(request), responseBodyMode: bodyMode(response) };
}

function bodyMode(number: number): BodyMode {
  const mode = bodyModes[number];
  if (mode === undefined) throw new MalformedMessage(`${number} is no known body mode`);
  return mode;
}

function decodeBody(kind: BodyMessage['kind'], reader: Reader): BodyMessage {
  let start = 0;
  let end = 0;
  let endOfStream = false;
  while (reader.at < reader.end) {
    const key = reader.key();
    if (key === ((httpBody.body << 3) | wireType.delimited)) {
      end = reader.delimited();
      start = reader.at;
      reader.at = end;
    } else if (key === httpBody.endOfStream << 3) endOfStream = reader.varint() !== 0;
    else reader.skip(key);
  }
  return { kind, body: reader.bytes.subarray(start, end), endOfStream };
}

function decodeHeaders(kind: HeadersMessage['kind'], reader: Reader): HeadersMessage {
  let start = 0;
  let end = 0;
  let endOfStream = false;
  while (reader.at < reader.end) {
    const key = reader.key();
    if (key === ((httpHeaders.headers << 3) | wireType.delimited)) {
      end = reader.delimited();
      start = reader.at;
      reader.at = end;
    } else if (key === httpHeaders.endOfStream << 3) endOfStream = reader.varint() !== 0;
    else reader.skip(key);
  }
  return { kind, headers: new WireHeaders(reader.bytes, start, end), endOfStream };
}
