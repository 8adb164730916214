import { expect, test } from '@jest/globals';
import { createEnvoyAdmin, discoveryStats, parseStats } from './envoy-admin.ts';

const text = `cluster_manager.cds.version_text: "97655067e509a1f2"
extension_config_discovery.http_filter.router.version_text: ""
cluster_manager.cds.update_failure: 1
cluster_manager.cds.update_rejected: 2
cluster_manager.warming_clusters: 3
`;

test('versions, refusals and warming clusters are read', () => {
  const status = parseStats(text);
  expect(status.warmingClusters).toBe(3);
  expect(status.files.get(discoveryStats.clusters)).toEqual({
    version: '97655067e509a1f2',
    refusals: 3,
  });
  expect(status.files.get(discoveryStats.filter('router'))?.version).toBeUndefined();
  expect(status.files.get(discoveryStats.routes)).toEqual({ version: undefined, refusals: 0 });
});

test('the state of the server is told by its gauge', () => {
  expect(parseStats('server.state: 0\n').state).toBe('live');
  expect(parseStats('server.state: 1\n').state).toBe('draining');
  expect(parseStats(text).state).toBe('unknown');
});

test('Envoy is asked for these statistics and for no others', async () => {
  let asked = '';
  await createEnvoyAdmin((_method, path) => {
    asked = new URL(path, 'http://envoy').searchParams.get('filter') ?? '';
    return Promise.resolve('');
  }).status();
  const names = text.split('\n').map((line) => line.split(':')[0] ?? '');
  const others = ['cluster_manager.cds.update_time', 'cluster_managerXcds.update_failure'];
  expect([...names, ...others].filter((name) => new RegExp(asked).test(name))).toEqual(
    names.slice(0, -1),
  );
});

test('an Envoy that does not answer has no status', async () => {
  const admin = (answer: string | undefined): ReturnType<typeof createEnvoyAdmin> =>
    createEnvoyAdmin(() => Promise.resolve(answer));
  expect(await admin(undefined).status()).toBeUndefined();
  expect((await admin(text).status())?.warmingClusters).toBe(3);
});
