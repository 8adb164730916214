import { expect, test } from '@jest/globals';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { discoveryStats, type EnvoyState, type EnvoyStatus } from './envoy-admin.ts';
import { envoyReadiness } from './envoy-readiness.ts';

const options: EnvoyOptions = {
  listen: { host: '127.0.0.1', port: 1 },
  admin: { unixSocket: '/run/admin.sock' },
  extProc: { unixSocket: '/run/ext-proc.sock' },
  directory: '/run',
};
const files = [
  discoveryStats.filter('strip-identity'),
  discoveryStats.filter('router'),
  discoveryStats.clusters,
  discoveryStats.routes,
];
const statusOf = (state: EnvoyState, taken: readonly string[]): EnvoyStatus => ({
  state,
  files: new Map(
    files.map((name) => [name, { version: taken.includes(name) ? 'v1' : undefined, refusals: 0 }]),
  ),
  warmingClusters: 0,
});

test('a live Envoy with all of its files is ready', () => {
  expect(envoyReadiness(statusOf('live', files), options)).toEqual({ ok: true, detail: 'live' });
});

test.each(files)('without %s it is not', (missing) => {
  const taken = files.filter((name) => name !== missing);
  const { ok, detail } = envoyReadiness(statusOf('live', taken), options);
  expect([ok, detail]).toEqual([false, `it has no configuration for ${missing}`]);
});

test('a file of a filter that is not asked for is not missed; one that is, is', () => {
  const authz = { host: '127.0.0.1', port: 2 };
  expect(envoyReadiness(statusOf('live', files), { ...options, authz }).ok).toBe(false);
});

test('one that drains, starts or does not answer is not ready', () => {
  for (const state of ['draining', 'pre-init', 'initialising', 'unknown'] as const) {
    const { ok, detail } = envoyReadiness(statusOf(state, files), options);
    expect([ok, detail]).toEqual([false, `it is ${state}`]);
  }
  expect(envoyReadiness(undefined, options).ok).toBe(false);
});
