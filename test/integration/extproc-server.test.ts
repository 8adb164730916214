// The ext_proc server as a process sees it: addresses, TLS, health, and how it ends.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client, credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startExtProcServer,
  type ExtProcServer,
  type ExtProcServerOptions,
} from '../../dataplane/extproc/server.ts';
import { send, sendSse } from '../kit/client.ts';
import { bookOfExchanges } from '../kit/extproc-exchange.ts';
import { startExtProcFixture } from '../kit/extproc-fixture.ts';
import {
  decodeResponse,
  encodeRequest,
  type RequestMessage,
  type ResponseMessage,
} from '../kit/extproc-messages.ts';
import { keepingLog } from '../kit/keeping-log.ts';
import { sseReply } from '../kit/model-replies.ts';
import { createAuthority } from '../kit/pki.ts';

let directory: string;
let cleanups: (() => unknown)[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'srm-server-'));
});
afterEach(async () => {
  for (const clean of cleanups.reverse()) await clean();
  cleanups = [];
  await rm(directory, { recursive: true, force: true });
});

async function start(options: Partial<ExtProcServerOptions> = {}): Promise<ExtProcServer> {
  const server = await startExtProcServer({
    address: '127.0.0.1:0',
    openExchange: bookOfExchanges().open,
    log: keepingLog([]),
    limits: { maxBodyBytes: 1_000_000 },
    ...options,
  });
  cleanups.push(() => server.close());
  return server;
}

const identity = (bytes: Buffer): Buffer => bytes;
const method = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';

interface Talk {
  readonly say: (message: RequestMessage | Buffer) => void;
  /** The next reply; rejects when the stream ends instead. */
  readonly hear: () => Promise<ResponseMessage>;
  readonly call: ClientDuplexStream<Buffer, Buffer>;
}

/** A stream of a stock gRPC client. */
function talkTo(address: string, channel = credentials.createInsecure()): Talk {
  const client = new Client(address, channel);
  cleanups.push(() => {
    client.close();
  });
  const call = client.makeBidiStreamRequest(method, identity, identity);
  call.on('error', () => undefined);
  return {
    call,
    say: (message) => {
      call.write(Buffer.isBuffer(message) ? message : encodeRequest(message));
    },
    hear: async () => {
      const [bytes] = (await Promise.race([
        once(call, 'data'),
        once(call, 'end').then(() => {
          throw new Error('the stream ended');
        }),
      ])) as [Buffer];
      return decodeResponse(bytes);
    },
  };
}

const opening: RequestMessage = {
  requestHeaders: { headers: { headers: [{ key: ':path', rawValue: Buffer.from('/v1/x') }] } },
  protocolConfig: { requestBodyMode: 'BUFFERED', responseBodyMode: 'STREAMED' },
};

/** Whether the server answers the first message of a stream. */
async function answers(address: string, channel = credentials.createInsecure()): Promise<boolean> {
  const { say, hear, call } = talkTo(address, channel);
  say(opening);
  try {
    return (await hear()).response === 'requestHeaders';
  } catch {
    return false;
  } finally {
    call.cancel();
  }
}

async function health(address: string, service: string): Promise<string> {
  const client = new Client(address, credentials.createInsecure());
  cleanups.push(() => {
    client.close();
  });
  const name = Buffer.from(service);
  const ask = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      identity,
      identity,
      ask,
      (error, reply) => {
        if (error !== null) reject(error);
        // HealthCheckResponse { ServingStatus status = 1 }
        else resolve(['UNKNOWN', 'SERVING', 'NOT_SERVING'][reply?.[1] ?? 0] ?? '?');
      },
    );
  });
}

test('a free port is found and told', async () => {
  const server = await start();
  expect(server.address).toBe(`127.0.0.1:${server.port}`);
  expect(await answers(server.address)).toBe(true);
});

test('a port in use is one clear sentence', async () => {
  const { address } = await start();
  await expect(start({ address })).rejects.toThrow(
    `The ext_proc server cannot listen on ${address}: it is in use by another program.`,
  );
  await expect(start({ address: '192.0.2.1:0' })).rejects.toThrow(
    'The ext_proc server cannot listen on 192.0.2.1:0: EADDRNOTAVAIL.',
  );
});

test('a socket file is listened on, and gone afterwards', async () => {
  const path = join(directory, 'ext.sock');
  const server = await start({ address: `unix:${path}` });
  expect([server.address, server.port]).toEqual([`unix:${path}`, 0]);
  expect(await answers(`unix:${path}`)).toBe(true);
  await server.close();
  expect(existsSync(path)).toBe(false);
});

test('Envoy reaches it by a socket file', async () => {
  const path = join(directory, 'ext.sock');
  const book = bookOfExchanges();
  await start({ address: `unix:${path}`, openExchange: book.open });
  const chain = await startExtProcFixture({
    ...{ requestMode: 'BUFFERED', responseMode: 'STREAMED', extProc: path },
  });
  cleanups.push(() => chain.stop());
  const reply = await send({ url: `${chain.url}/v1/x`, body: { model: 'big' } });
  expect([reply.status, reply.headers['x-routed-to']]).toEqual([200, 'big']);
  expect(book.notes).toHaveLength(1);
});

test('a stale socket file is replaced; one in use, or no socket, is left alone', async () => {
  const path = join(directory, 'ext.sock');
  const address = `unix:${path}`;
  const other: Server = createServer().listen(path);
  await once(other, 'listening');
  cleanups.push(() => other.close());
  await expect(start({ address })).rejects.toThrow(
    `The ext_proc server cannot listen on ${address}: it is in use by another program.`,
  );
  expect(existsSync(path)).toBe(true);
  const stale = join(directory, 'stale.sock');
  leaveStaleSocket(stale);
  await start({ address: `unix:${stale}` });
  expect(await answers(`unix:${stale}`)).toBe(true);
  const file = join(directory, 'file');
  await writeFile(file, 'precious');
  await expect(start({ address: `unix:${file}` })).rejects.toThrow('it is no socket');
});

test('TLS and mutual TLS, with a real Envoy', async () => {
  const authority = createAuthority('test authority');
  const mine = authority.issue(['localhost', '127.0.0.1']);
  const envoys = authority.issue(['envoy']);
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const caFile = await file('ca.pem', authority.certificate);
  const certFile = await file('envoy.pem', envoys.certificate);
  const keyFile = await file('envoy.key', envoys.key);
  const server = await start({
    tls: {
      cert: { pem: mine.certificate },
      key: { file: await file('own.key', mine.key) },
      clientCa: { file: caFile },
    },
  });
  const statusWith = async (tls: object): Promise<number> => {
    const chain = await startExtProcFixture({
      ...{ requestMode: 'BUFFERED', responseMode: 'STREAMED', extProc: server.port },
      tls: { caFile, ...tls },
    });
    cleanups.push(() => chain.stop());
    return (await send({ url: `${chain.url}/v1/x`, body: { model: 'big' } })).status;
  };
  expect(await statusWith({ certFile, keyFile })).toBe(200);
  expect(await statusWith({})).toBe(500);
  const ca = Buffer.from(authority.certificate);
  const withoutCert = credentials.createSsl(ca);
  const byName = (address: string): string => address.replace('127.0.0.1', 'localhost');
  expect(await answers(byName(server.address), withoutCert)).toBe(false);
  expect(await answers(server.address)).toBe(false);
  const plain = await start({ tls: { cert: { pem: mine.certificate }, key: { pem: mine.key } } });
  expect(await answers(byName(plain.address), withoutCert)).toBe(true);
});

test('TLS files that cannot be used are named', async () => {
  const missing = join(directory, 'missing.pem');
  await expect(start({ tls: { cert: { file: missing }, key: { file: missing } } })).rejects.toThrow(
    `The TLS file ${missing} cannot be read (ENOENT).`,
  );
  await expect(start({ tls: { cert: { pem: 'x' }, key: { pem: 'y' } } })).rejects.toThrow(
    /^The ext_proc server cannot listen on 127\.0\.0\.1:0: /,
  );
});

test('health tells what it was told', async () => {
  const server = await start();
  const names = ['', 'envoy.service.ext_proc.v3.ExternalProcessor'];
  const both = (): Promise<string[]> =>
    Promise.all(names.map((name) => health(server.address, name)));
  expect(await both()).toEqual(['NOT_SERVING', 'NOT_SERVING']);
  server.setServing(true);
  expect(await both()).toEqual(['SERVING', 'SERVING']);
  server.setServing(false);
  expect(await both()).toEqual(['NOT_SERVING', 'NOT_SERVING']);
});

test('malformed messages end their stream with a status, not the server', async () => {
  const book = bookOfExchanges();
  const server = await start({ openExchange: book.open });
  const { say, hear, call } = talkTo(server.address);
  say(opening);
  await hear();
  const failed = once(call, 'error') as Promise<[{ code: number; details: string }]>;
  say(Buffer.from([0x22, 0x7f]));
  const [{ code, details }] = await failed;
  expect(code).toBe(3);
  expect(details).toBe('ext_proc: a length reaches past the end of its message');
  expect(await answers(server.address)).toBe(true);
  expect(book.notes[0]?.endings).toEqual(['cut']);
});

test('a message over the limit ends its stream', async () => {
  const server = await start({ limits: { maxBodyBytes: 1_000 } });
  const { say, hear, call } = talkTo(server.address);
  const failed = once(call, 'error') as Promise<[{ code: number }]>;
  say(opening);
  await hear();
  say({ requestBody: { body: Buffer.alloc(2_000_000) } });
  expect((await failed)[0].code).toBe(8);
});

test('a client that says nothing more is answered when it half-closes', async () => {
  const server = await start();
  const { say, hear, call } = talkTo(server.address);
  say(opening);
  await hear();
  const status = once(call, 'status') as Promise<[{ code: number }]>;
  call.end();
  expect((await status)[0].code).toBe(0);
  await untilIdle(server);
});

test('draining lets a stream end and takes no new one', async () => {
  const { gate, chain, events, reply } = await openStream();
  await events(1);
  const drained = chain.server.drain(60_000);
  await untilRefused(chain.server);
  const late = await send({ url: `${chain.url}/v1/x`, body: { model: 'big' } });
  expect(late.status).toBe(500);
  expect(chain.server.activeStreams()).toBe(1);
  gate.resolve(undefined);
  const { complete, events: seen } = await reply;
  expect([complete, seen]).toEqual([true, ['a', 'b', '[DONE]']]);
  await drained;
  expect(chain.server.activeStreams()).toBe(0);
  expect(chain.book.notes[0]?.endings).toEqual(['complete']);
});

test('what has not ended within the grace is cut, and accounted for', async () => {
  const { chain, events, reply } = await openStream();
  await events(1);
  await chain.server.drain(100);
  expect(chain.server.activeStreams()).toBe(0);
  expect(chain.book.notes[0]?.endings).toEqual(['cut']);
  expect((await reply).complete).toBe(false);
});

test('closing waits for the end of exchanges that take their time', async () => {
  let hasEnded = false;
  const book = bookOfExchanges({
    onFinalize: async () => {
      await sleep(50);
      hasEnded = true;
      return undefined;
    },
  });
  const server = await start({ openExchange: book.open });
  const { say, hear } = talkTo(server.address);
  say(opening);
  await hear();
  await server.close();
  expect(hasEnded).toBe(true);
  expect(book.notes[0]?.endings).toEqual(['cut']);
});

/** An event stream through Envoy that stops after its first event until the gate opens. */
async function openStream() {
  const chain = await startExtProcFixture({ requestMode: 'BUFFERED', responseMode: 'STREAMED' });
  cleanups.push(() => chain.stop());
  const gate = Promise.withResolvers<undefined>();
  cleanups.push(() => {
    gate.resolve(undefined);
  });
  const stream = sseReply(['a', 'b']);
  chain.big.next({
    ...stream,
    steps: (stream.steps ?? []).flatMap((step, index) =>
      index === 0 ? [step, { until: gate.promise }] : [step],
    ),
  });
  let count = 0;
  const reply = sendSse(
    { url: `${chain.url}/v1/x`, body: { model: 'big' } },
    {
      onEvent: () => {
        count += 1;
      },
    },
  );
  const events = async (wanted: number): Promise<void> => {
    while (count < wanted) await sleep(5);
  };
  return { gate, chain, events, reply };
}

async function untilIdle(server: ExtProcServer): Promise<void> {
  while (server.activeStreams() > 0) await sleep(5);
}

async function untilRefused(server: ExtProcServer): Promise<void> {
  while (await answers(server.address)) await sleep(5);
}

/** Leaves the file of a socket whose server is gone, as a killed process would. */
function leaveStaleSocket(path: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  expect(existsSync(path)).toBe(true);
}
