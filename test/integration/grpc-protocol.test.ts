// What the ext_proc server owes any gRPC client, held against raw HTTP/2: what it refuses and how,
// health, and an end that loses no call.
import { afterEach, expect, test } from '@jest/globals';
import { Client, credentials } from '@grpc/grpc-js';
import { once } from 'node:events';
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExtProcServer, type ExtProcServer } from '../../dataplane/extproc/server.ts';
import { bookOfExchanges } from '../kit/extproc-exchange.ts';
import { encodeRequest } from '../kit/extproc-messages.ts';
import { keepingLog } from '../kit/keeping-log.ts';

const process = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
const watch = '/grpc.health.v1.Health/Watch';
const check = '/grpc.health.v1.Health/Check';

let cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.reverse()) await clean();
  cleanups = [];
});

async function start(): Promise<{ server: ExtProcServer; session: ClientHttp2Session }> {
  const server = await startExtProcServer({
    address: '127.0.0.1:0',
    openExchange: bookOfExchanges().open,
    log: keepingLog([]),
    limits: { maxBodyBytes: 1_000_000 },
  });
  cleanups.push(() => server.close());
  return { server, session: sessionTo(server) };
}

function sessionTo(server: ExtProcServer): ClientHttp2Session {
  // What a client may keep unsent, in megabytes.
  const session = connect(`http://${server.address}`, { maxSessionMemory: 100 });
  session.on('error', () => undefined);
  cleanups.push(() => {
    session.destroy();
  });
  return session;
}

function framed(message: Buffer, flags = 0): Buffer {
  const header = Buffer.alloc(5);
  header[0] = flags;
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

const opening = encodeRequest({
  requestHeaders: { headers: { headers: [{ key: ':path', rawValue: Buffer.from('/v1/x') }] } },
  protocolConfig: { requestBodyMode: 'BUFFERED', responseBodyMode: 'STREAMED' },
});

function call(session: ClientHttp2Session, path: string, headers = {}): ClientHttp2Stream {
  const stream = session.request({
    ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    ...headers,
  });
  stream.on('error', () => undefined);
  return stream;
}

/** The response headers and trailers of a call that ends, and what else came. */
async function outcome(stream: ClientHttp2Stream): Promise<{
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}> {
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  const chunks: Buffer[] = [];
  stream.on('response', (given: IncomingHttpHeaders) => (headers = given));
  stream.on('trailers', (given: IncomingHttpHeaders) => (trailers = given));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  return { headers, trailers, body: Buffer.concat(chunks) };
}

test('an unknown method is unimplemented, and what is no gRPC is told so by HTTP', async () => {
  const { session } = await start();
  const unknown = call(session, '/some.Service/Method');
  unknown.end(framed(opening));
  expect((await outcome(unknown)).headers).toMatchObject({
    ':status': 200,
    'content-type': 'application/grpc',
    'grpc-status': '12',
  });
  const json = call(session, process, { 'content-type': 'application/json' });
  json.end('{}');
  expect((await outcome(json)).headers[':status']).toBe(415);
  const get = call(session, process, { ':method': 'GET' });
  get.end();
  expect((await outcome(get)).headers[':status']).toBe(405);
});

test('compressed messages are refused, with the status in the headers or in the trailers', async () => {
  const { session } = await start();
  const first = call(session, process);
  first.write(framed(opening, 1));
  expect((await outcome(first)).headers['grpc-status']).toBe('12');
  const later = call(session, process);
  later.write(framed(opening));
  later.once('data', () => later.write(framed(opening, 1)));
  const { headers, trailers } = await outcome(later);
  expect([headers['grpc-status'], trailers['grpc-status']]).toEqual([undefined, '12']);
  expect(later.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
});

test('messages cut anywhere, and several in one piece, are answered alike', async () => {
  const { session } = await start();
  const stream = call(session, process);
  const replied = once(stream, 'data');
  for (const byte of framed(opening)) {
    stream.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  const [reply] = (await replied) as [Buffer];
  expect(reply.readUInt32BE(1)).toBe(reply.length - 5);
  stream.end();
  expect((await outcome(stream)).trailers['grpc-status']).toBe('0');
});

test('a health watch tells each change, and ends when the server does', async () => {
  const { server, session } = await start();
  const stream = call(session, watch);
  const told: (number | undefined)[] = [];
  stream.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += 7) told.push(chunk[at + 6]);
  });
  const until = async (count: number): Promise<void> => {
    while (told.length < count) await sleep(2);
  };
  stream.write(framed(Buffer.alloc(0)));
  await until(1);
  server.setServing(true);
  await until(2);
  server.setServing(true);
  server.setServing(false);
  await until(3);
  const ended = outcome(stream);
  await server.drain(60_000);
  expect((await ended).trailers['grpc-status']).toBe('14');
  expect(told).toEqual([2, 1, 2]);
});

test('health of a service that is not here', async () => {
  const { session } = await start();
  const name = Buffer.from('other');
  const ask = framed(Buffer.concat([Buffer.from([0x0a, name.length]), name]));
  const asked = call(session, check);
  asked.end(ask);
  expect((await outcome(asked)).headers['grpc-status']).toBe('5');
  const watched = call(session, watch);
  watched.write(ask);
  const [reply] = (await once(watched, 'data')) as [Buffer];
  expect([...reply.subarray(5)]).toEqual([8, 3]);
  const malformed = call(session, check);
  malformed.end(framed(Buffer.from([0x0a, 9])));
  expect((await outcome(malformed)).headers['grpc-status']).toBe('3');
  const missing = call(session, check);
  missing.end();
  expect((await outcome(missing)).headers['grpc-status']).toBe('3');
});

test('draining announces the end, and takes calls that were on their way', async () => {
  const { server, session } = await start();
  const running = call(session, process);
  running.write(framed(opening));
  await once(running, 'data');
  running.resume();
  const goaways: number[] = [];
  session.on('goaway', (_code: number, lastStreamId: number) => goaways.push(lastStreamId));
  const closed = once(session, 'close');
  // In this turn of the loop it is sent and not yet read: neither side has heard of the other.
  const late = call(session, process);
  late.write(framed(opening));
  await new Promise(setImmediate);
  expect(server.activeStreams()).toBe(1);
  const drained = server.drain(60_000);
  await once(late, 'data');
  expect(server.activeStreams()).toBe(2);
  running.end();
  late.end();
  expect((await outcome(late)).trailers['grpc-status']).toBe('0');
  await Promise.all([closed, drained]);
  expect(goaways[0]).toBe(2 ** 31 - 1);
  expect(server.activeStreams()).toBe(0);
});

test('a client that reads nothing holds up its own call and no other', async () => {
  const { server, session } = await start();
  const body = Buffer.alloc(400_000, 'x');
  const full = encodeRequest({
    requestHeaders: { headers: { headers: [{ key: ':path', rawValue: Buffer.from('/v1/x') }] } },
    protocolConfig: {
      requestBodyMode: 'FULL_DUPLEX_STREAMED',
      responseBodyMode: 'FULL_DUPLEX_STREAMED',
    },
  });
  const deaf = call(session, process);
  deaf.pause();
  deaf.write(framed(full));
  deaf.write(framed(encodeRequest({ requestBody: { body, endOfStream: true } })));
  deaf.write(framed(encodeRequest({ responseHeaders: { headers: { headers: [] } } })));
  const piece = framed(encodeRequest({ responseBody: { body } }));
  let unsent = 0;
  for (let count = 0; count < 40; count += 1) {
    unsent += 1;
    deaf.write(piece, () => {
      unsent -= 1;
    });
  }
  const other = new Client(server.address, credentials.createInsecure());
  cleanups.push(() => {
    other.close();
  });
  const identity = (bytes: Buffer): Buffer => bytes;
  const talk = other.makeBidiStreamRequest(process, identity, identity);
  talk.on('error', () => undefined);
  talk.write(opening);
  await once(talk, 'data');
  // Replies wait for a client that does not read; so what it says is not read on either.
  expect(unsent).toBeGreaterThan(20);
  let received = 0;
  deaf.on('data', (chunk: Buffer) => (received += chunk.length));
  deaf.resume();
  while (received < 41 * body.length) await sleep(5);
  talk.cancel();
  deaf.close();
});
