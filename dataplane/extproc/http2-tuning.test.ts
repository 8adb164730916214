import { expect, test } from '@jest/globals';
import { Server } from '@grpc/grpc-js';
import { checkNodeVersion, tuneHttp2Options, tuneHttp2Sessions } from './http2-tuning.ts';

test.each(['22.10.0', '22.21.1', '24.0.0', '25.1.0'])('Node %s will do', (version) => {
  expect(() => {
    checkNodeVersion(version);
  }).not.toThrow();
});

test.each(['22.9.9', '20.20.2', '18.0.0'])('Node %s will not', (version) => {
  expect(() => {
    checkNodeVersion(version);
  }).toThrow(`needs Node 22.10 or later; this is ${version}`);
});

test('a grpc-js without the fields that we set is named', () => {
  expect(() => {
    tuneHttp2Options({});
  }).toThrow(/^@grpc\/grpc-js \d+\.\d+\.\d+ has no commonServerOptions/);
  expect(() => tuneHttp2Sessions({})).toThrow('has no http2Servers');
});

test('this grpc-js has them, and keeps what it had set', () => {
  const server = new Server({ 'grpc.max_concurrent_streams': 7 });
  tuneHttp2Options(server);
  expect(server).toMatchObject({
    commonServerOptions: {
      streamResetBurst: 100_000,
      streamResetRate: 10_000,
      settings: { maxConcurrentStreams: 7, initialWindowSize: 1_048_576 },
    },
  });
});
