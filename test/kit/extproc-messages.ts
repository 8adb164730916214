// ext_proc messages by protobufjs: the other implementation that our codec is compared with, and
// the hand that writes the messages of scripted streams.
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

export const protoFile = fileURLToPath(new URL('protos/ext-proc.proto', import.meta.url));
const root = protobuf.loadSync(protoFile);
const requestType = root.lookupType('envoy.service.ext_proc.v3.ProcessingRequest');
const responseType = root.lookupType('envoy.service.ext_proc.v3.ProcessingResponse');

export type BodyModeName =
  'NONE' | 'STREAMED' | 'BUFFERED' | 'BUFFERED_PARTIAL' | 'FULL_DUPLEX_STREAMED';

interface HeaderEntry {
  readonly key: string;
  readonly value?: string;
  readonly rawValue?: Uint8Array;
}

export interface HeadersPart {
  readonly headers?: { readonly headers: readonly HeaderEntry[] };
  readonly endOfStream?: boolean;
}

interface BodyPart {
  readonly body?: Uint8Array;
  readonly endOfStream?: boolean;
}

interface StructPart {
  readonly fields: Readonly<Record<string, object>>;
}

/** A ProcessingRequest as protobufjs takes it. */
export interface RequestMessage {
  readonly requestHeaders?: HeadersPart;
  readonly responseHeaders?: HeadersPart;
  readonly requestBody?: BodyPart;
  readonly responseBody?: BodyPart;
  readonly requestTrailers?: object;
  readonly responseTrailers?: object;
  readonly metadataContext?: { readonly filterMetadata: Readonly<Record<string, StructPart>> };
  readonly attributes?: Readonly<Record<string, StructPart>>;
  readonly protocolConfig?: {
    readonly requestBodyMode?: BodyModeName;
    readonly responseBodyMode?: BodyModeName;
  };
}

interface SetHeader {
  readonly header: { readonly key: string; readonly value: string; readonly rawValue: string };
  readonly append: unknown;
  readonly appendAction: string;
}

interface HeaderMutationPart {
  readonly setHeaders: readonly SetHeader[];
  readonly removeHeaders: readonly string[];
}

interface PhaseReply {
  readonly response: {
    readonly status: string;
    readonly headerMutation: HeaderMutationPart | null;
    readonly bodyMutation: {
      readonly body?: string;
      readonly clearBody?: boolean;
      readonly streamedResponse?: { readonly body: string; readonly endOfStream: boolean };
    } | null;
    readonly clearRouteCache: boolean;
  } | null;
}

/** A ProcessingResponse as protobufjs reads it; bytes are latin1 text. */
export interface ResponseMessage {
  readonly response?: string;
  readonly requestHeaders?: PhaseReply;
  readonly responseHeaders?: PhaseReply;
  readonly requestBody?: PhaseReply;
  readonly responseBody?: PhaseReply;
  readonly requestTrailers?: object;
  readonly responseTrailers?: object;
  readonly immediateResponse?: {
    readonly status: { readonly code: number };
    readonly headers: HeaderMutationPart;
    readonly body: string;
    readonly details: string;
  };
  readonly dynamicMetadata?: StructPart | null;
  readonly modeOverride?: Readonly<Record<string, string>> | null;
}

export function encodeRequest(message: RequestMessage): Buffer {
  return Buffer.from(requestType.encode(requestType.fromObject(message)).finish());
}

/** The same message with fields that nobody knows, at places that `seeds` choose, at any depth. */
export function encodeWithUnknownFields(message: RequestMessage, seeds: readonly number[]): Buffer {
  let turn = 0;
  const next = (): number => seeds[turn++ % seeds.length] ?? 0;
  return sprinkle(encodeRequest(message), requestType, next);
}

function sprinkle(bytes: Uint8Array, type: protobuf.Type | null, next: () => number): Buffer {
  const reader = protobuf.Reader.create(bytes);
  const parts: Uint8Array[] = [unknownField(next())];
  while (reader.pos < bytes.length) {
    const start = reader.pos;
    const key = reader.uint32();
    const inner = innerType(type?.fieldsById[key >>> 3]);
    if ((key & 7) === 2 && inner !== undefined) {
      const content = sprinkle(reader.bytes(), inner, next);
      parts.push(protobuf.Writer.create().uint32(key).bytes(content).finish());
    } else {
      reader.skipType(key & 7);
      parts.push(bytes.subarray(start, reader.pos));
    }
    parts.push(unknownField(next()));
  }
  return Buffer.concat(parts);
}

/** The type of a field's content; null: a map entry, whose value is of no type that is known. */
function innerType(field: protobuf.Field | undefined): protobuf.Type | null | undefined {
  const resolved = field?.resolve().resolvedType;
  if (field instanceof protobuf.MapField) return null;
  return resolved instanceof protobuf.Type ? resolved : undefined;
}

/** One field that no message has, or none. */
function unknownField(seed: number): Uint8Array {
  const writer = protobuf.Writer.create();
  const number = 100 + (seed % 900);
  switch (seed % 6) {
    case 0:
      writer.uint32((number << 3) | 0).uint64(seed);
      break;
    case 1:
      writer.uint32((number << 3) | 1).double(seed);
      break;
    case 2:
      writer.uint32((number << 3) | 2).string('unknown'.repeat(seed % 40));
      break;
    case 3:
      writer.uint32((number << 3) | 3);
      writer.uint32((7 << 3) | 0).uint32(seed);
      writer.uint32((number << 3) | 4);
      break;
    case 4:
      writer.uint32((number << 3) | 5).fixed32(seed);
      break;
    default:
  }
  return writer.finish();
}

/** The plain object, defaults filled in. Throws what protobufjs throws. */
export function decodeResponse(bytes: Uint8Array): ResponseMessage {
  return latin1(
    responseType.toObject(responseType.decode(bytes), {
      defaults: true,
      oneofs: true,
      enums: String,
    }),
  ) as ResponseMessage;
}

/** Bytes within a decoded message as text, which a test can read and compare. */
function latin1(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(latin1);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, latin1(part)]));
}
