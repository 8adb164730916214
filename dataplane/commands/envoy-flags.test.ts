import { expect, test } from '@jest/globals';
import { parseArgs } from 'node:util';
import { envoyFlags, readEnvoyFlags, type EnvoyBeside } from './envoy-flags.ts';

function read(...args: string[]): EnvoyBeside | undefined {
  return readEnvoyFlags(parseArgs({ args, options: envoyFlags }).values);
}

test('without a folder there is no Envoy beside the router', () => {
  expect(read('--ext-proc', '0.0.0.0:50051')).toBeUndefined();
});

test('a folder alone is enough: sockets in it, clients from everywhere, nobody trusted', () => {
  expect(read('--envoy-directory', '/run/x')).toEqual({
    extProcAddress: 'unix:/run/x/ext-proc.sock',
    envoy: {
      directory: '/run/x',
      listen: { host: '0.0.0.0', port: 8801 },
      admin: { unixSocket: '/run/x/admin.sock' },
      extProc: { unixSocket: '/run/x/ext-proc.sock' },
      incomingIdentityHeaders: 'strip',
      accessLog: 'stdout',
    },
  });
});

test('a router that listens everywhere is called on this machine', () => {
  const beside = read('--envoy-directory', '/run/x', '--ext-proc', '0.0.0.0:50051');
  expect(beside?.extProcAddress).toBe('0.0.0.0:50051');
  expect(beside?.envoy.extProc).toEqual({ host: '127.0.0.1', port: 50051 });
});

test('an authorization service has its rules, its authorities and its time', () => {
  const service = ['--authz-grpc', 'authorino:50051', '--authz-host', 'demo.team-a'];
  const more = ['--authz-ca', '/ca.pem', '--authz-timeout', '0.5'];
  expect(read('--envoy-directory', '/run/x', ...service, ...more)?.envoy.authz).toEqual({
    protocol: 'grpc',
    host: 'authorino',
    port: 50051,
    hostKey: 'demo.team-a',
    caFile: '/ca.pem',
    timeoutSeconds: 0.5,
  });
});

test.each([
  [['--envoy-directory', 'run'], '--envoy-directory must be absolute'],
  [['--envoy-listen', 'nowhere'], '--envoy-listen must be HOST:PORT'],
  [['--envoy-admin', 'unix:admin.sock'], '--envoy-admin must be unix:'],
  [['--ext-proc', `unix:/${'x'.repeat(107)}`], 'at most 107 bytes'],
  [['--identity-headers', 'trust'], '--identity-headers must be strip or keep'],
  [['--access-log', 'somewhere'], '--access-log must be'],
  [['--authz-grpc', 'authorino:50051'], '--authz-grpc needs --authz-host'],
  [['--authz-host', 'demo'], '--authz-host needs --authz-grpc'],
])('%j is refused with a sentence', (args, sentence) => {
  const all = args[0] === '--envoy-directory' ? args : ['--envoy-directory', '/run/x', ...args];
  expect(() => read(...all)).toThrow(sentence);
});
