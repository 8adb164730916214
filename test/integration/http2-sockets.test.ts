// HTTP/2 on real sockets, plain and TLS: what a connection in memory cannot show.
import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { encodeHeaders } from '../../dataplane/extproc/http2/hpack/encode-headers.ts';
import { flags, frameTypes } from '../../dataplane/extproc/http2/frames.ts';
import { startExtProcServer, type ExtProcServer } from '../../dataplane/extproc/server.ts';
import { bookOfExchanges } from '../kit/extproc-exchange.ts';
import { keepingLog } from '../kit/keeping-log.ts';
import { createAuthority } from '../kit/pki.ts';
import { cutFrames, frame, preface, requestHeaders } from '../kit/raw-http2.ts';

let cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.reverse()) await clean();
  cleanups = [];
});

async function start(
  tls?: Parameters<typeof startExtProcServer>[0]['tls'],
): Promise<ExtProcServer> {
  const server = await startExtProcServer({
    ...{ address: '127.0.0.1:0', openExchange: bookOfExchanges().open, log: keepingLog([]), tls },
    limits: { maxBodyBytes: 1_000_000 },
  });
  cleanups.push(() => server.close());
  return server;
}

/** A socket that has greeted, and what came on it; the socket's error, if any, stands at its end. */
function greeting<Kind extends Socket>(
  socket: Kind,
): { readonly socket: Kind; readonly received: () => Buffer; readonly errors: readonly string[] } {
  const chunks: Buffer[] = [];
  const errors: string[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message));
  socket.write(Buffer.concat([preface, frame('settings')]));
  cleanups.push(() => socket.destroy());
  return { socket, received: () => Buffer.concat(chunks), errors };
}

const process = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
const call = (streamId: number): Buffer =>
  frame('headers', {
    ...{ streamId, flags: flags.endHeaders },
    payload: encodeHeaders({
      ...{ ...requestHeaders, ':path': process, 'content-type': 'application/grpc' },
    }),
  });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(2);
}

test('a client that is sent away reads why, though it was still sending', async () => {
  const server = await start();
  const { socket, received, errors } = greeting(connect(server.port, '127.0.0.1'));
  const ended = once(socket, 'end');
  socket.write(frame('ping', { streamId: 1, payload: Buffer.alloc(8) }));
  socket.write(Buffer.alloc(1_000_000));
  await ended;
  const last = cutFrames(received()).at(-1);
  expect([last?.type, last?.payload.readUInt32BE(4), errors]).toEqual([frameTypes.goaway, 1, []]);
});

test('calls end with a connection that breaks off, and with one that hangs up', async () => {
  const server = await start();
  for (const leave of ['resetAndDestroy', 'end'] as const) {
    const { socket } = greeting(connect(server.port, '127.0.0.1'));
    socket.write(Buffer.concat([call(1), call(3)]));
    await until(() => server.activeStreams() === 2);
    socket[leave]();
    await until(() => server.activeStreams() === 0);
  }
});

test('a client that reads slowly gets all that the server said before it let go', async () => {
  const server = await start();
  const { socket, received } = greeting(connect(server.port, '127.0.0.1'));
  socket.write(call(1));
  await until(() => server.activeStreams() === 1);
  socket.pause();
  const drained = server.drain(60_000);
  socket.write(frame('data', { streamId: 1, flags: flags.endStream }));
  await drained;
  const ended = once(socket, 'end');
  socket.resume();
  await ended;
  const types = cutFrames(received()).map(({ type, streamId }) => [type, streamId]);
  expect(types).toContainEqual([frameTypes.headers, 1]);
  expect(types.filter(([type]) => type === frameTypes.goaway)).toHaveLength(2);
});

test('TLS carries HTTP/2 for a client that asks for it, and nothing for another', async () => {
  const authority = createAuthority('test authority');
  const { certificate, key } = authority.issue(['localhost', '127.0.0.1']);
  const server = await start({ cert: { pem: certificate }, key: { pem: key } });
  const client = (protocols: readonly string[]): TLSSocket =>
    connectTls({
      ...{ host: '127.0.0.1', port: server.port, ca: authority.certificate },
      ALPNProtocols: [...protocols],
    });
  const asking = greeting(client(['http/1.1', 'h2']));
  await until(() => asking.received().length > 0);
  expect(cutFrames(asking.received())[0]?.type).toBe(frameTypes.settings);
  for (const protocols of [[], ['http/1.1']]) {
    const { socket, received } = greeting(client(protocols));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received()).toHaveLength(0);
  }
});
