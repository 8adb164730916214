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

test('Envoy is asked for these statistics and for no others', async () => {
  let asked = '';
  await createEnvoyAdmin('http://127.0.0.1:1', {
    fetch: (target) => {
      asked = new URL(target).searchParams.get('filter') ?? '';
      return Promise.resolve(new Response(''));
    },
  }).status();
  const names = text.split('\n').map((line) => line.split(':')[0] ?? '');
  const others = ['cluster_manager.cds.update_time', 'cluster_managerXcds.update_failure'];
  expect([...names, ...others].filter((name) => new RegExp(asked).test(name))).toEqual(
    names.slice(0, -1),
  );
});

test('an Envoy that does not answer, or not well, has no status', async () => {
  const admin = (answer: () => Promise<Response>): ReturnType<typeof createEnvoyAdmin> =>
    createEnvoyAdmin('http://127.0.0.1:1', { fetch: answer });
  expect(await admin(() => Promise.reject(new Error('refused'))).status()).toBeUndefined();
  const ill = admin(() => Promise.resolve(new Response('', { status: 503 })));
  expect(await ill.status()).toBeUndefined();
  const well = admin(() => Promise.resolve(new Response(text)));
  expect((await well.status())?.warmingClusters).toBe(3);
});
