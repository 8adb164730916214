// Envoy ends each ext_proc stream by a reset. Servers of HTTP/2 commonly take a thousand of them for an attack
// and close the connection with every stream on it; ours must not.
import { afterEach, expect, test } from '@jest/globals';
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import { startExtProcServer, type ExtProcServer } from '../../dataplane/extproc/server.ts';
import { load } from '../kit/client.ts';
import { bookOfExchanges } from '../kit/extproc-exchange.ts';
import { startExtProcFixture, type ExtProcFixture } from '../kit/extproc-fixture.ts';
import { encodeRequest } from '../kit/extproc-messages.ts';
import { keepingLog } from '../kit/keeping-log.ts';

const total = 3_000;
let started: { readonly stop: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of started) await one.stop();
  started = [];
});

async function startServer(): Promise<ExtProcServer> {
  const server = await startExtProcServer({
    address: '127.0.0.1:0',
    openExchange: bookOfExchanges().open,
    log: keepingLog([]),
    limits: { maxBodyBytes: 1_000_000 },
  });
  started.push({ stop: () => server.close() });
  return server;
}

/** One gRPC message with its frame of five bytes. */
function framed(message: Buffer): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

const message = framed(
  encodeRequest({
    requestHeaders: {
      headers: { headers: [{ key: ':path', rawValue: Buffer.from('/v1/chat/completions') }] },
    },
    protocolConfig: { requestBodyMode: 'BUFFERED', responseBodyMode: 'STREAMED' },
  }),
);

/** A stream as Envoy leads it: request, reply, END_STREAM and RST_STREAM(INTERNAL_ERROR). */
function askAndReset(session: ClientHttp2Session): Promise<'replied' | 'failed'> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/envoy.service.ext_proc.v3.ExternalProcessor/Process',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let outcome: 'replied' | 'failed' = 'failed';
    stream.on('data', () => {
      outcome = 'replied';
      stream.end();
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    });
    // Our own reset comes back to us as an error.
    stream.on('error', () => undefined);
    stream.on('close', () => {
      resolve(outcome);
    });
    stream.write(message);
  });
}

test('3,000 resets on one connection', async () => {
  const server = await startServer();
  const session = connect(`http://127.0.0.1:${server.port}`);
  const lost: string[] = [];
  session.on('goaway', (code) => lost.push(`goaway ${code}`));
  session.on('error', (error: Error) => lost.push(error.message));
  let sent = 0;
  let replied = 0;
  const worker = async (): Promise<void> => {
    while (sent < total && lost.length === 0) {
      sent += 1;
      if ((await askAndReset(session)) === 'replied') replied += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  expect(lost).toEqual([]);
  expect(replied).toBe(total);
  await new Promise<void>((resolve) => {
    session.close(resolve);
  });
});

test('3,000 requests through an Envoy that resets each stream', async () => {
  const chain: ExtProcFixture = await startExtProcFixture({
    requestMode: 'BUFFERED',
    responseMode: 'STREAMED',
    closesGracefully: false,
  });
  started.push(chain);
  const result = await load({
    request: { url: `${chain.url}/v1/chat/completions`, body: { model: 'big' } },
    total,
    concurrency: 16,
  });
  expect([...result.byStatus]).toEqual([[200, total]]);
  expect(result.broken).toBe(0);
  const stats = await chain.envoy.stats('cluster.ext_proc');
  expect(stats.get('cluster.ext_proc.http2.tx_reset')).toBeGreaterThanOrEqual(total - 1);
  expect(stats.get('cluster.ext_proc.upstream_cx_total')).toBe(1);
  expect(stats.get('cluster.ext_proc.upstream_rq_rx_reset')).toBe(0);
  expect(chain.book.notes.filter(({ endings }) => endings[0] !== 'complete')).toEqual([]);
});
