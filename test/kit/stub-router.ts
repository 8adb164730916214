// A stand-in for the router where a test is about Envoy's side only: an ext_proc server that does
// what a function says. Its protocol is protobufjs's, not ours.
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

/** What Envoy showed of one request; header names are lower case. */
export interface SeenRequest {
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Namespace to fields. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Empty while only the headers have come. */
  readonly body: Buffer;
}

/** What the stand-in does with it; nothing: lets it pass. */
export type StubAnswer =
  | { readonly setHeaders: Readonly<Record<string, string>> }
  | { readonly status: number; readonly body: string; readonly details: string }
  /** Ends the stream with a gRPC error. */
  | 'fail'
  /** Never answers. */
  | 'hang'
  | undefined;

export interface StubRouter {
  close(): void;
}

/** `address` is `host:port` or `unix:/path`. `onBody` is asked once for each request with a body. */
export async function startStubRouter(options: {
  readonly address: string;
  readonly credentials?: ServerCredentials;
  readonly onHeaders?: (request: SeenRequest) => StubAnswer;
  readonly onBody?: (request: SeenRequest) => StubAnswer;
  /** Told when the stream of a request has ended, in whatever way. */
  readonly onEnd?: (request: SeenRequest) => void;
}): Promise<StubRouter> {
  const server = new Server({
    'grpc.max_receive_message_length': -1,
  });
  const process = (call: ServerDuplexStream<Message, object>): void => {
    let seen: SeenRequest = { headers: {}, metadata: {}, body: Buffer.alloc(0) };
    call.on('error', () => undefined);
    call.on('end', () => {
      call.end();
    });
    // grpc-js says so at every end of a stream, also of one that went well.
    call.once('cancelled', () => options.onEnd?.(seen));
    call.on('data', (message: Message) => {
      const { requestHeaders, requestBody } = message;
      if (requestHeaders !== undefined) {
        seen = { ...seen, headers: headersOf(requestHeaders), metadata: metadataOf(message) };
        reply(call, 'requestHeaders', options.onHeaders?.(seen));
      } else if (requestBody !== undefined) {
        seen = { ...seen, body: requestBody.body ?? seen.body };
        reply(call, 'requestBody', options.onBody?.(seen));
      } else if (message.responseHeaders !== undefined) call.write({ responseHeaders: {} });
      else if (message.responseBody !== undefined) call.write({ responseBody: {} });
      else if (message.responseTrailers !== undefined) call.write({ responseTrailers: {} });
    });
  };
  server.addService(service, { Process: process as UntypedHandleCall });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(
      options.address,
      options.credentials ?? ServerCredentials.createInsecure(),
      (error) => {
        if (error === null) resolve();
        else reject(error);
      },
    );
  });
  return {
    close: () => {
      server.forceShutdown();
    },
  };
}

function reply(
  call: ServerDuplexStream<Message, object>,
  kind: 'requestHeaders' | 'requestBody',
  answer: StubAnswer,
): void {
  if (answer === 'hang') return;
  if (answer === 'fail') {
    call.emit('error', { code: 13, details: 'stub failed' });
    return;
  }
  if (answer === undefined) {
    call.write({ [kind]: {} });
    return;
  }
  if ('status' in answer) {
    const setHeaders = headerOptions({ 'content-type': 'application/json' });
    call.write({
      immediateResponse: {
        status: { code: answer.status },
        headers: { setHeaders },
        body: Buffer.from(answer.body),
        details: answer.details,
      },
    });
    return;
  }
  const headerMutation = { setHeaders: headerOptions(answer.setHeaders) };
  call.write({ [kind]: { response: { headerMutation, clearRouteCache: true } } });
}

interface Message {
  readonly requestHeaders?: HttpHeaders;
  readonly requestBody?: { readonly body?: Buffer };
  readonly responseHeaders?: object;
  readonly responseBody?: object;
  readonly responseTrailers?: object;
  readonly metadataContext?: { readonly filterMetadata?: Readonly<Record<string, Struct>> };
}

interface HttpHeaders {
  readonly headers?: {
    readonly headers?: readonly { readonly key: string; readonly rawValue?: Buffer }[];
  };
}

interface Struct {
  readonly fields?: Readonly<Record<string, StructValue>>;
}

interface StructValue {
  readonly stringValue?: string;
  readonly numberValue?: number;
  readonly structValue?: Struct;
}

function headersOf(message: HttpHeaders): SeenRequest['headers'] {
  const found: Record<string, string[]> = {};
  for (const { key, rawValue } of message.headers?.headers ?? []) {
    (found[key] ??= []).push(rawValue?.toString() ?? '');
  }
  return found;
}

function metadataOf(message: Message): SeenRequest['metadata'] {
  const spaces = Object.entries(message.metadataContext?.filterMetadata ?? {});
  return Object.fromEntries(spaces.map(([name, struct]) => [name, structOf(struct)]));
}

function structOf(struct: Struct): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(struct.fields ?? {}).map(([name, value]) => [
      name,
      value.structValue === undefined
        ? (value.stringValue ?? value.numberValue)
        : structOf(value.structValue),
    ]),
  );
}

function headerOptions(headers: Readonly<Record<string, string>>): object[] {
  return Object.entries(headers).map(([key, value]) => ({
    header: { key, rawValue: Buffer.from(value) },
  }));
}

type Fields = Record<string, { id: number; type: string; rule?: string; keyType?: string }>;

function message(fields: Fields, oneof?: readonly string[]): object {
  return { fields, ...(oneof === undefined ? {} : { oneofs: { kind: { oneof } } }) };
}

function field(id: number, type: string): Fields[string] {
  return { id, type };
}

function list(id: number, type: string): Fields[string] {
  return { id, type, rule: 'repeated' };
}

function map(id: number, type: string): Fields[string] {
  return { id, type, keyType: 'string' };
}

// The fields that this stand-in uses, numbered as in Envoy's API; the others are skipped.
const requestKinds = {
  requestHeaders: field(2, 'HttpHeaders'),
  responseHeaders: field(3, 'HttpHeaders'),
  requestBody: field(4, 'HttpBody'),
  responseBody: field(5, 'HttpBody'),
  requestTrailers: field(6, 'Empty'),
  responseTrailers: field(7, 'Empty'),
};
const replyKinds = {
  requestHeaders: field(1, 'CommonReply'),
  responseHeaders: field(2, 'CommonReply'),
  requestBody: field(3, 'CommonReply'),
  responseBody: field(4, 'CommonReply'),
  requestTrailers: field(5, 'Empty'),
  responseTrailers: field(6, 'Empty'),
  immediateResponse: field(7, 'ImmediateResponse'),
};
const types = {
  Empty: message({}),
  ProcessingRequest: message(
    { ...requestKinds, metadataContext: field(8, 'Metadata') },
    Object.keys(requestKinds),
  ),
  ProcessingResponse: message(replyKinds, Object.keys(replyKinds)),
  HttpHeaders: message({ headers: field(1, 'HeaderMap'), endOfStream: field(3, 'bool') }),
  HttpBody: message({ body: field(1, 'bytes'), endOfStream: field(2, 'bool') }),
  HeaderMap: message({ headers: list(1, 'HeaderValue') }),
  HeaderValue: message({ key: field(1, 'string'), rawValue: field(3, 'bytes') }),
  HeaderValueOption: message({ header: field(1, 'HeaderValue') }),
  HeaderMutation: message({ setHeaders: list(1, 'HeaderValueOption') }),
  CommonReply: message({ response: field(1, 'CommonResponse') }),
  CommonResponse: message({
    headerMutation: field(2, 'HeaderMutation'),
    clearRouteCache: field(5, 'bool'),
  }),
  ImmediateResponse: message({
    status: field(1, 'HttpStatus'),
    headers: field(2, 'HeaderMutation'),
    body: field(3, 'bytes'),
    details: field(5, 'string'),
  }),
  HttpStatus: message({ code: field(1, 'uint32') }),
  Metadata: message({ filterMetadata: map(1, 'Struct') }),
  Struct: message({ fields: map(1, 'Value') }),
  Value: message({
    numberValue: field(2, 'double'),
    stringValue: field(3, 'string'),
    structValue: field(5, 'Struct'),
  }),
  ExternalProcessor: {
    methods: {
      Process: {
        requestType: 'ProcessingRequest',
        requestStream: true,
        responseType: 'ProcessingResponse',
        responseStream: true,
      },
    },
  },
};

const serviceName = 'envoy.service.ext_proc.v3.ExternalProcessor';
const packages = serviceName.split('.').slice(0, -1).reverse();
const descriptor = packages.reduce<object>((inner, name) => ({ [name]: { nested: inner } }), types);
const definitions = fromJSON({ nested: descriptor } as Parameters<typeof fromJSON>[0], {
  oneofs: false,
  keepCase: true,
});
const service = definitions[serviceName] as Parameters<Server['addService']>[0];
