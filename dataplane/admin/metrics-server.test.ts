import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { maasMetrics } from '../../config/metrics.ts';
import { MetricsRegistry } from '../metering/prometheus/registry.ts';
import type { RunningServer } from './http-server.ts';
import { chooseFormat, startMetricsServer } from './metrics-server.ts';

const prometheus2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,' +
  'text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,' +
  'application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,' +
  'text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test.each([
  [undefined, 'text'],
  ['', 'text'],
  ['*/*', 'text'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
  ['text/plain; version=0.0.4', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  [prometheus2, 'openmetrics'],
  [prometheus3, 'openmetrics'],
  ['application/openmetrics-text;q=0.1,text/plain', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;version=2.0.0', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
])('Accept %j chooses %s', (accept, format) => {
  expect(chooseFormat(accept)).toBe(format);
});

describe('the server', () => {
  let server: RunningServer;
  let registry: MetricsRegistry;
  let errors: unknown[];

  beforeEach(async () => {
    registry = new MetricsRegistry();
    errors = [];
    const requests = registry.counter(maasMetrics.requests);
    for (let user = 0; user < 3_000; user += 1) {
      requests.cell([`user-${user}`, 'free', 'small', 'default']).value = user;
    }
    server = await startMetricsServer({
      page: registry,
      port: 0,
      host: '127.0.0.1',
      onError: (_, error) => errors.push(error),
    });
  });

  afterEach(() => server.close());

  interface Reply {
    readonly status: number | undefined;
    readonly headers: NodeJS.Dict<string | string[]>;
    readonly body: Buffer;
  }

  // node:http and not fetch, which would unpack the answer and add headers of its own.
  const get = (headers: Readonly<Record<string, string>>, method = 'GET'): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: server.port, path: '/metrics', method, headers },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () => {
            const body = Buffer.concat(chunks);
            resolve({ status: reply.statusCode, headers: reply.headers, body });
          });
        },
      );
      asked.on('error', reject);
      asked.end();
    });

  test('text', async () => {
    const reply = await get({});
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(reply.body.toString()).toBe(await registry.page('text'));
  });

  test('OpenMetrics', async () => {
    const reply = await get({ accept: prometheus2 });
    expect(reply.headers['content-type']).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(reply.body.toString()).toBe(await registry.page('openmetrics'));
  });

  test('compressed where asked', async () => {
    const reply = await get({ 'accept-encoding': 'deflate, gzip;q=0.5' });
    expect(reply.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(reply.body).toString()).toBe(await registry.page('text'));
    expect((await get({ 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBe(
      undefined,
    );
  });

  test('HEAD has the type and no body', async () => {
    const reply = await get({}, 'HEAD');
    expect(reply.headers['content-type']).toContain('text/plain');
    expect(reply.body.length).toBe(0);
  });

  test('a reader that goes away in the middle is no error', async () => {
    await new Promise<void>((resolve) => {
      const asked = request({ host: '127.0.0.1', port: server.port, path: '/metrics' }, (reply) => {
        reply.once('data', () => {
          asked.destroy();
          resolve();
        });
        reply.on('error', () => undefined);
      });
      asked.on('error', () => undefined);
      asked.end();
    });
    expect((await get({})).status).toBe(200);
    expect(errors).toEqual([]);
  });
});
