// The control plane of the other suites: what they build on holds.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { writingVerbs } from '../kit/control-plane/audit.ts';
import { until } from '../kit/router-surroundings.ts';
import { thirdPartyCrd } from '../kit/tools/third-party-crds.ts';

let cluster: ControlPlane;
beforeAll(async () => {
  cluster = await startControlPlane({ users: [{ name: 'jane', groups: ['devs'] }] });
});
afterAll(() => cluster.stop());

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string): object => ({ metadata: { name }, data: { a: 'b' } });

test('it says its version, which charts read', async () => {
  const { gitVersion } = await cluster.client.get<{ gitVersion: string }>('/version');
  expect(gitVersion).toMatch(/^v1\.\d+\.\d+$/);
});

test('a user has the rights that a binding grants, by token and by kubeconfig', async () => {
  const token = cluster.token('jane');
  await expect(cluster.kubectl(['get', 'configmaps'], { token })).rejects.toThrow('Forbidden');
  const grant = ['create', 'rolebinding', 'jane', '--clusterrole=view', '--group=devs'];
  await cluster.kubectl(grant);
  await until('the binding counts', () =>
    cluster.kubectl(['get', 'configmaps'], { token }).then(
      () => true,
      () => false,
    ),
  );
});

test('a ServiceAccount can ask with a token of its own', async () => {
  await cluster.createNamespace('tokens');
  const token = await cluster.serviceAccountToken('tokens', 'default');
  const whoAmI = await cluster.kubectl(['auth', 'whoami', '-o', 'json'], { token });
  expect(JSON.parse(whoAmI)).toMatchObject({
    status: { userInfo: { username: 'system:serviceaccount:tokens:default' } },
  });
});

test('what an owner leaves behind is collected', async () => {
  const owner = await cluster.client.create(configMaps, configMap('owner'));
  const ownerReferences = [
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid },
  ];
  const child = { metadata: { name: 'child', ownerReferences } };
  await cluster.client.create(configMaps, child);
  await cluster.client.delete(`${configMaps}/owner`);
  await until(
    'the child is gone',
    async () => (await cluster.client.find(`${configMaps}/child`)) === undefined,
  );
});

test('CRDs are served when they have been applied', async () => {
  await cluster.applyCrds([thirdPartyCrd('monitoring.coreos.com_servicemonitors')]);
  const path = '/apis/monitoring.coreos.com/v1/namespaces/default/servicemonitors';
  expect(await cluster.client.list(path)).toEqual([]);
});

test('who wrote what is on record', async () => {
  await cluster.client.create(configMaps, configMap('recorded'));
  await until('it is written down', async () =>
    (await cluster.requests()).some(({ name, verb }) => name === 'recorded' && verb === 'create'),
  );
  const mine = (await cluster.requests()).filter(({ user }) => user === 'jane');
  expect(mine.some(({ code }) => code === 403)).toBe(true);
  expect(mine.filter(({ verb }) => writingVerbs.includes(verb))).toEqual([]);
});

test('over a restart it keeps its state, but watches must begin anew', async () => {
  const kept = await cluster.client.create(configMaps, configMap('kept'));
  for (let edit = 0; edit < 3; edit++) {
    await cluster.client.patch(`${configMaps}/kept`, { data: { edit: String(edit) } });
  }
  await cluster.compactEtcd();
  await cluster.stopApiServer('SIGTERM');
  await expect(cluster.client.get('/version')).rejects.toThrow();
  await cluster.startApiServer();
  expect(await cluster.client.get(`${configMaps}/kept`)).toMatchObject({ data: { edit: '2' } });
  const { resourceVersion = '' } = kept.metadata;
  const seen = async (): Promise<unknown> => {
    for await (const { object } of cluster.client.watch(
      `${configMaps}?watch=1&resourceVersion=${resourceVersion}`,
    )) {
      return object;
    }
    return undefined;
  };
  expect(await seen().catch((error: unknown) => error)).toMatchObject({ code: 410 });
});

test('a slow store makes writes wait', async () => {
  cluster.delayEtcd(300);
  const begun = performance.now();
  await cluster.client.create(configMaps, configMap('slow'));
  expect(performance.now() - begun).toBeGreaterThan(290);
  cluster.delayEtcd(0);
});
