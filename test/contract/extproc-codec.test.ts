// Our ext_proc codec beside protobufjs: what one writes the other must read, whatever is in it.
import { describe, expect, test } from '@jest/globals';
import { loadSync } from '@grpc/proto-loader';
import fc from 'fast-check';
import type { HeaderMutation } from '../../dataplane/domain/http.ts';
import {
  bodyModes,
  decodeMessage,
  decodeProtocolConfig,
  type MessageKind,
} from '../../dataplane/extproc/codec/decode.ts';
import {
  encodeImmediate,
  encodeReply,
  encodeStreamedBody,
  type ModeOverride,
} from '../../dataplane/extproc/codec/encode.ts';
import { WireFacts } from '../../dataplane/extproc/codec/proxy-facts.ts';
import { MalformedMessage } from '../../dataplane/extproc/codec/wire-reader.ts';
import {
  decodeResponse,
  encodeRequest,
  encodeWithUnknownFields,
  protoFile,
  type RequestMessage,
} from '../kit/extproc-messages.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const name = fc.constantFrom(':path', 'content-type', 'x-a', 'x-b', 'content-length', 'x-é');
const headers = fc.array(
  fc.record(
    { key: name, value: fc.string({ unit: 'binary' }), rawValue: bytes },
    { requiredKeys: ['key'] },
  ),
  { maxLength: 12 },
);
const headersPart = fc.record(
  { headers: fc.record({ headers }), endOfStream: fc.boolean() },
  { requiredKeys: [] },
);
const bodyPart = fc.record({ body: bytes, endOfStream: fc.boolean() }, { requiredKeys: [] });
const part = fc.oneof(
  headersPart.map((value) => ({ requestHeaders: value })),
  headersPart.map((value) => ({ responseHeaders: value })),
  bodyPart.map((value) => ({ requestBody: value })),
  bodyPart.map((value) => ({ responseBody: value })),
  fc.constant({ requestTrailers: {} }),
  fc.constant({ responseTrailers: {} }),
);

const key = fc.constantFrom('identity', 'user', 'tier', '', 'a.b', 'ключ');
const struct = fc.letrec((tie) => ({
  struct: fc.record({ fields: fc.dictionary(key, tie('value'), { maxKeys: 4 }) }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ stringValue: fc.string({ unit: 'binary' }) }),
    fc.record({ numberValue: fc.double() }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ nullValue: fc.constant('NULL_VALUE') }),
    fc.record({ structValue: tie('struct') }),
    fc.record({ listValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
  ),
})).struct as fc.Arbitrary<{ fields: Record<string, object> }>;
const mode = fc.constantFrom(...bodyModes.slice(0, 5)) as fc.Arbitrary<'NONE' | 'BUFFERED'>;
const surroundings = fc.record(
  {
    metadataContext: fc.record({
      filterMetadata: fc.dictionary(fc.constantFrom('ns', 'other', ''), struct),
    }),
    attributes: fc.dictionary(fc.constantFrom('envoy.filters.http.ext_proc', 'other'), struct),
    protocolConfig: fc.record(
      { requestBodyMode: mode, responseBodyMode: mode },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const message: fc.Arbitrary<RequestMessage> = fc
  .tuple(part, surroundings)
  .map(([given, around]) => ({ ...given, ...around }));

interface Seen {
  readonly kind: string;
  readonly endOfStream?: boolean | undefined;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

const names = [':path', 'content-type', 'x-a', 'x-b', 'content-length', 'absent'];

/** What our decoder says of a message, all of it asked for. */
function decoded(wire: Buffer): Seen {
  const { kind, ...rest } = decodeMessage(wire);
  if ('body' in rest) return { kind, ...rest, body: rest.body.toString('hex') };
  if (!('headers' in rest)) return { kind };
  const list = rest.headers;
  for (const one of names) {
    const first = list.raw(one)[0];
    expect(list.get(one)).toBe(first && Buffer.from(first).toString());
  }
  const values = names.map((one) => list.raw(one).map((raw) => Buffer.from(raw).toString('hex')));
  return {
    kind,
    endOfStream: rest.endOfStream,
    headers: Object.fromEntries(names.map((one, index) => [one, values[index] ?? []])),
  };
}

/** The same, from what the message was made of. */
function expected(given: RequestMessage): Seen {
  const inBody = (
    kind: string,
    { body, endOfStream }: NonNullable<RequestMessage['requestBody']>,
  ): Seen => ({
    kind,
    endOfStream: endOfStream ?? false,
    body: Buffer.from(body ?? []).toString('hex'),
  });
  const inHeaders = (kind: string, value: NonNullable<RequestMessage['requestHeaders']>): Seen => {
    const entries = value.headers?.headers ?? [];
    const valueOf = ({ rawValue, value: text }: (typeof entries)[number]): string =>
      Buffer.from(rawValue?.length ? rawValue : (text ?? '')).toString('hex');
    const of = (one: string): string[] => entries.filter((e) => e.key === one).map(valueOf);
    return {
      kind,
      endOfStream: value.endOfStream ?? false,
      headers: Object.fromEntries(names.map((one) => [one, of(one)])),
    };
  };
  if (given.requestHeaders) return inHeaders('request_headers', given.requestHeaders);
  if (given.responseHeaders) return inHeaders('response_headers', given.responseHeaders);
  if (given.requestBody) return inBody('request_body', given.requestBody);
  if (given.responseBody) return inBody('response_body', given.responseBody);
  return { kind: given.requestTrailers ? 'request_trailers' : 'response_trailers' };
}

const paths = [
  'user',
  'identity.user',
  'identity.tier',
  'identity',
  '',
  'a.b',
  'identity.identity.user',
];

interface WrittenValue {
  readonly stringValue?: string;
  readonly listValue?: { readonly values: readonly WrittenValue[] };
}

function valueAt(
  container: { fields: Record<string, object> } | undefined,
  keys: string[],
): WrittenValue {
  let at: unknown = { structValue: container };
  for (const one of keys) {
    const { fields } = (at as { structValue?: { fields: object } }).structValue ?? { fields: {} };
    at = Object.hasOwn(fields, one) ? (fields as Record<string, unknown>)[one] : {};
  }
  return at as WrittenValue;
}

/** Text as it survives UTF-8: a lone surrogate does not. */
const onWire = (text: unknown): unknown =>
  typeof text === 'string' ? Buffer.from(text).toString() : text;

function checkFacts(wire: Buffer, given: RequestMessage): void {
  const facts = new WireFacts(wire);
  const { metadataContext, attributes } = given;
  for (const path of paths) {
    for (const namespace of ['ns', 'other', '', 'absent']) {
      const held = metadataContext?.filterMetadata[namespace];
      const { stringValue, listValue } = valueAt(held, path.split('.'));
      expect(facts.metadata(namespace, path)).toBe(onWire(stringValue));
      const strings = listValue?.values.flatMap((one) => one.stringValue ?? []);
      expect(facts.metadataList(namespace, path)).toEqual(strings?.map(onWire));
    }
    const group = attributes?.['envoy.filters.http.ext_proc'];
    expect(facts.attribute(path)).toBe(onWire(valueAt(group, [path]).stringValue));
  }
}

describe('decoding', () => {
  test('reads every message as it was written', () => {
    fc.assert(
      fc.property(message, (given) => {
        const wire = encodeRequest(given);
        expect(decoded(wire)).toEqual(expected(given));
        checkFacts(wire, given);
        const { protocolConfig } = given;
        expect(decodeProtocolConfig(wire)).toEqual(
          protocolConfig && {
            requestBodyMode: 'NONE',
            responseBodyMode: 'NONE',
            ...protocolConfig,
          },
        );
      }),
      { numRuns: 500 },
    );
  });

  test('unknown fields anywhere change nothing', () => {
    fc.assert(
      fc.property(message, fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (given, seeds) => {
        const wire = encodeWithUnknownFields(given, seeds);
        expect(decoded(wire)).toEqual(expected(given));
        checkFacts(wire, given);
        expect(decodeProtocolConfig(wire)).toEqual(decodeProtocolConfig(encodeRequest(given)));
      }),
      { numRuns: 500 },
    );
  });

  test('reads what a stock gRPC client writes', () => {
    const definition = loadSync(protoFile, { keepCase: false });
    const service = definition['envoy.service.ext_proc.v3.ExternalProcessor'];
    const process = (service as Record<string, { requestSerialize(value: object): Buffer }>)[
      'Process'
    ];
    const wire = process?.requestSerialize({
      responseBody: { body: Buffer.from('data: x\n\n'), endOfStream: true },
    });
    expect(decoded(wire ?? Buffer.alloc(0))).toEqual({
      kind: 'response_body',
      body: Buffer.from('data: x\n\n').toString('hex'),
      endOfStream: true,
    });
  });

  test('bytes that are no message end in the one typed error', () => {
    const total = (wire: Buffer): void => {
      const facts = new WireFacts(wire);
      for (const path of paths) {
        facts.metadata('ns', path);
        facts.metadataList('ns', path);
        facts.attribute(path);
      }
      for (const read of [decoded, decodeProtocolConfig]) {
        try {
          read(wire);
        } catch (error) {
          if (!(error instanceof MalformedMessage)) throw error;
        }
      }
    };
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (given, at, byte) => {
        const wire = encodeRequest(given);
        total(wire.subarray(0, at % (wire.length + 1)));
        wire[at % wire.length] = byte;
        total(wire);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        total(Buffer.from(noise));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['nothing at all', Buffer.alloc(0), 'about no part'],
    ['only unknown fields', Buffer.from([0x62, 0]), 'about no part'],
    ['a cut length', Buffer.from([0x22, 5, 1]), 'past the end'],
    ['a field numbered 0', Buffer.from([0x02, 0]), 'number 0'],
    ['an endless varint', Buffer.alloc(11, 0xff), 'ten bytes'],
    ['a wire type that is none', Buffer.from([0x0f]), 'wire type 7'],
    ['a hundred open groups', Buffer.alloc(100, 0x0b), 'too deeply'],
  ])('%s is malformed', (_, wire, why) => {
    expect(() => decodeMessage(wire)).toThrow(MalformedMessage);
    expect(() => decodeMessage(wire)).toThrow(why);
  });

  test('a body is a view of the message, not a copy', () => {
    const wire = encodeRequest({ requestBody: { body: Buffer.from('abc') } });
    const { body } = decodeMessage(wire) as { body: Buffer };
    expect(body.buffer).toBe(wire.buffer);
  });
});

const plainText = fc.string({ unit: 'grapheme-ascii' }).map((text) => text.trim());
const mutation: fc.Arbitrary<HeaderMutation> = fc.record({
  set: fc.array(fc.tuple(fc.constantFrom('x-a', 'x-b', 'content-type'), plainText)),
  remove: fc.array(fc.constantFrom('x-c', 'x-d')),
});
const facts = fc.dictionary(plainText, fc.oneof(plainText, fc.double({ noNaN: true })));
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const camel = {
  request_headers: 'requestHeaders',
  response_headers: 'responseHeaders',
  request_body: 'requestBody',
  response_body: 'responseBody',
  request_trailers: 'requestTrailers',
  response_trailers: 'responseTrailers',
} as const;

const overrides = {
  'stream-response': { responseBodyMode: 'STREAMED' },
  'leave-response': { responseTrailerMode: 'SKIP' },
  'leave-all': {
    responseHeaderMode: 'SKIP',
    requestTrailerMode: 'SKIP',
    responseTrailerMode: 'SKIP',
  },
} as const;
const noOverride = {
  requestHeaderMode: 'DEFAULT',
  responseHeaderMode: 'DEFAULT',
  requestBodyMode: 'NONE',
  responseBodyMode: 'NONE',
  requestTrailerMode: 'DEFAULT',
  responseTrailerMode: 'DEFAULT',
};

const setHeader = (header: string, content: string): object => ({
  header: { key: header, value: '', rawValue: Buffer.from(content).toString('latin1') },
  append: null,
  appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD',
});

function factsStruct(given: Readonly<Record<string, string | number>> | undefined): unknown {
  if (given === undefined) return null;
  const fields = Object.entries(given).map(([one, fact]) => [
    one,
    typeof fact === 'number'
      ? { numberValue: fact, kind: 'numberValue' }
      : { stringValue: fact, kind: 'stringValue' },
  ]);
  return {
    fields: {
      'io.semantic-router': {
        structValue: { fields: Object.fromEntries(fields) as object },
        kind: 'structValue',
      },
    },
  };
}

describe('encoding', () => {
  test('replies to headers and bodies', () => {
    const reply = fc.record({
      headers: maybe(mutation),
      contentLength: maybe(fc.oneof(fc.nat(), fc.constant('remove' as const))),
      clearRouteCache: fc.boolean(),
      body: maybe(bytes),
      modeOverride: maybe(
        fc.constantFrom<ModeOverride>('stream-response', 'leave-response', 'leave-all'),
      ),
      facts: maybe(facts),
    });
    const kinds = fc.constantFrom<MessageKind>(
      'request_headers',
      'response_headers',
      'request_body',
      'response_body',
    );
    fc.assert(
      fc.property(kinds, reply, (kind, given) => {
        const { body: sent = Buffer.alloc(0) } = given;
        const head = encodeReply(kind, { ...given, bodyLength: given.body?.length });
        const seen = decodeResponse(Buffer.concat([head, sent]));
        expect(seen.response).toBe(camel[kind]);
        expect(seen.dynamicMetadata).toEqual(factsStruct(given.facts));
        expect(seen.modeOverride).toEqual(
          given.modeOverride === undefined
            ? null
            : { ...noOverride, ...overrides[given.modeOverride] },
        );
        const { response } = seen[camel[kind] as 'requestBody'] ?? {};
        const { contentLength } = given;
        const set = [
          ...(given.headers?.set ?? []).map((pair) => setHeader(...pair)),
          ...(typeof contentLength === 'number'
            ? [setHeader('content-length', String(contentLength))]
            : []),
        ];
        const remove = [
          ...(contentLength === 'remove' ? ['content-length'] : []),
          ...(given.headers?.remove ?? []),
        ];
        expect(response?.headerMutation?.setHeaders ?? []).toEqual(set);
        expect([...(response?.headerMutation?.removeHeaders ?? [])].sort()).toEqual(remove.sort());
        expect(response?.clearRouteCache ?? false).toBe(given.clearRouteCache);
        const body = response?.bodyMutation;
        expect(body?.body).toBe(given.body?.length ? given.body.toString('latin1') : undefined);
        expect(body?.clearBody).toBe(given.body?.length === 0 ? true : undefined);
      }),
    );
  });

  test('pieces of a body in full duplex', () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), maybe(facts), (body, endOfStream, given) => {
        const wire = encodeStreamedBody('response_body', { body, endOfStream, facts: given });
        const seen = decodeResponse(wire);
        expect(seen.responseBody?.response?.bodyMutation?.streamedResponse).toMatchObject({
          body: body.toString('latin1'),
          endOfStream,
        });
        expect(seen.dynamicMetadata).toEqual(factsStruct(given));
      }),
    );
  });

  test('immediate answers', () => {
    const answer = fc.record({
      status: fc.constantFrom(200, 400, 413, 500),
      headers: mutation.map(({ set }) => set),
      body: fc.oneof(bytes, fc.string({ unit: 'grapheme' })),
      details: plainText,
    });
    fc.assert(
      fc.property(answer, maybe(facts), (given, about) => {
        const seen = decodeResponse(encodeImmediate(given, about));
        expect(seen.immediateResponse).toMatchObject({
          status: { code: given.status },
          headers: { setHeaders: given.headers.map((pair) => setHeader(...pair)) },
          body: Buffer.from(given.body as string).toString('latin1'),
          details: given.details,
        });
        expect(seen.dynamicMetadata).toEqual(factsStruct(about));
      }),
    );
  });

  test('trailers are answered by trailers', () => {
    const seen = decodeResponse(encodeReply('response_trailers', { facts: { tokens: 3 } }));
    expect(seen.response).toBe('responseTrailers');
    expect(seen.dynamicMetadata).toEqual(factsStruct({ tokens: 3 }));
  });
});
