// The chart on a real API server, by real Helm: what a release leaves there, step by step of its life.
// The tests of `the life of a release` follow each other as its steps do.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterRules, watchedRules } from '../../operator/rbac.ts';
import { crdText } from '../golden/crd-file.ts';
import type { KubeObject } from '../kit/api-client.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { chartFolder, helm } from '../kit/helm.ts';
import { nextChart, specFields, type Crd } from '../kit/next-chart.ts';
import { until } from '../kit/router-surroundings.ts';
import { thirdPartyCrd } from '../kit/tools/third-party-crds.ts';

let cluster: ControlPlane;
let folder: string;
beforeAll(async () => {
  cluster = await startControlPlane();
  folder = await mkdtemp(join(tmpdir(), 'srm-chart-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await cluster.stop();
});

const samplesFolder = fileURLToPath(new URL('../../crds/samples/', import.meta.url));
const crdPath =
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/semanticroutermaas.semantic-router.io';
const roles = '/apis/rbac.authorization.k8s.io/v1';
const release = 'operator';
/** The name that the chart gives to its objects. */
const name = `${release}-semantic-router-maas`;

function deploymentPath(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
}

/** Runs Helm on the cluster; values go by standard input. */
async function run(
  command: readonly [verb: string, ...rest: string[]],
  namespace: string,
  values?: object,
): Promise<string> {
  return helm([...command, '--namespace', namespace, ...(values ? ['--values', '-'] : [])], {
    kubeconfig: await cluster.kubeconfig(),
    ...(values === undefined ? {} : { input: JSON.stringify(values) }),
  });
}

function resource(namespace: string): object {
  return {
    apiVersion: 'semantic-router.io/v1alpha1',
    kind: 'SemanticRouterMaas',
    metadata: { name: 'kept', namespace },
    spec: {
      config: {
        default_model: 'small',
        vllm_endpoints: [{ name: 'one', address: '127.0.0.1', port: 8000 }],
        model_config: { small: { preferred_endpoints: ['one'] } },
      },
    },
  };
}

async function fieldsOfSpec(): Promise<string[]> {
  const { spec } = await cluster.client.get<KubeObject & Pick<Crd, 'spec'>>(crdPath);
  return Object.keys(specFields(spec));
}

describe('the life of a release', () => {
  const namespace = 'system';
  let uid: string | undefined;

  test('begins with a CRD that is served and an operator that a strict cluster admits', async () => {
    await cluster.createNamespace(namespace, {
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    await run(['install', release, chartFolder], namespace, { replicas: 2 });
    const crd = await cluster.client.get(crdPath);
    expect(crd.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    await until('the resource is served', async () => {
      const list = '/apis/semantic-router.io/v1alpha1/semanticroutermaas';
      return (await cluster.client.find(list)) !== undefined;
    });
    const path = `/apis/semantic-router.io/v1alpha1/namespaces/${namespace}/semanticroutermaas`;
    uid = (await cluster.client.create(path, resource(namespace))).metadata.uid;
    expect(await cluster.client.get(deploymentPath(namespace))).toMatchObject({
      spec: {
        replicas: 2,
        template: { spec: { serviceAccountName: name, containers: [{ name: 'operator' }] } },
      },
    });
    await until('its pods are admitted', async () => {
      const pods = await cluster.client.list(`/api/v1/namespaces/${namespace}/pods`);
      return pods.length === 2;
    });
  });

  test('gives the operator the rights that its code names, and no more', async () => {
    for (const { group, resources, verbs } of [...watchedRules, ...clusterRules]) {
      for (const verb of verbs) {
        for (const resource of resources) {
          const what = { group, resource, verb, namespace: 'default' };
          expect({ ...what, allowed: await may(what) }).toEqual({ ...what, allowed: true });
        }
      }
    }
    const group = 'coordination.k8s.io';
    const lease = { group, resource: 'leases', namespace } as const;
    const refused = [
      { group: 'semantic-router.io', resource: 'semanticroutermaas', verb: 'patch', namespace },
      { ...lease, verb: 'update', name: 'another' },
      { ...lease, verb: 'create', namespace: 'default' },
      { group: '', resource: 'secrets', verb: 'list', namespace },
      { group: '', resource: 'secrets', verb: 'get', namespace: 'default' },
      { group: '', resource: 'pods/exec', verb: 'create', namespace },
      { group: 'rbac.authorization.k8s.io', resource: 'roles', verb: 'patch', namespace },
    ];
    for (const what of refused) {
      expect({ ...what, allowed: await may(what) }).toEqual({ ...what, allowed: false });
    }
    expect(await may({ ...lease, verb: 'update', name })).toBe(true);
  });

  test('writes nothing when it is upgraded to what it is', async () => {
    const before = await cluster.client.get(deploymentPath(namespace));
    await run(['upgrade', release, chartFolder], namespace, { replicas: 2 });
    const after = await cluster.client.get(deploymentPath(namespace));
    expect(after.metadata.generation).toBe(before.metadata.generation);
  });

  test('brings a changed CRD to the server with an upgrade, and keeps the resources', async () => {
    expect(await fieldsOfSpec()).not.toContain('later');
    await run(['upgrade', release, await nextChart(join(folder, 'next'))], namespace, {
      replicas: 2,
    });
    expect(await fieldsOfSpec()).toContain('later');
    expect(await storedUid()).toBe(uid);
  });

  test('takes the CRD back with a rollback', async () => {
    await run(['rollback', release], namespace);
    expect(await fieldsOfSpec()).not.toContain('later');
    expect(await storedUid()).toBe(uid);
  });

  test('refuses an upgrade over a number of replicas that somebody set by hand', async () => {
    await cluster.kubectl(['scale', '-n', namespace, `deployment/${name}`, '--replicas=3']);
    const upgrade = run(['upgrade', release, chartFolder], namespace, { replicas: 2 });
    await expect(upgrade).rejects.toThrow(/conflict with "kubectl".*spec\.replicas/s);
  });

  test('leaves the number alone when the chart is told no number', async () => {
    await run(['upgrade', release, chartFolder], namespace, { replicas: null });
    const { spec } = await cluster.client.get<{ spec: { replicas: number } }>(
      deploymentPath(namespace),
    );
    expect(spec.replicas).toBe(3);
  });

  test('ends with the operator gone, and the CRD and every resource still there', async () => {
    await run(['uninstall', release], namespace);
    await until('the operator is gone', async () => {
      return (await cluster.client.find(deploymentPath(namespace))) === undefined;
    });
    expect(await cluster.client.find(`${roles}/clusterroles/${name}`)).toBeUndefined();
    expect(await storedUid()).toBe(uid);
  });

  test('may begin again under the same name', async () => {
    await run(['install', release, chartFolder], namespace, {});
    expect(await cluster.client.find(deploymentPath(namespace))).toBeDefined();
    expect(await storedUid()).toBe(uid);
    await run(['uninstall', release], namespace);
  });

  /** Asks the server what the operator's account may do. */
  async function may(what: {
    readonly group: string;
    readonly resource: string;
    readonly verb: string;
    readonly namespace: string;
    readonly name?: string;
  }): Promise<boolean> {
    const [resource, subresource = ''] = what.resource.split('/');
    const review = await cluster.client.create<{ status: { allowed: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        spec: {
          user: `system:serviceaccount:${namespace}:${name}`,
          groups: ['system:serviceaccounts', 'system:authenticated'],
          resourceAttributes: { ...what, resource, subresource },
        },
      },
    );
    return review.status.allowed;
  }

  async function storedUid(): Promise<string | undefined> {
    const path = `/apis/semantic-router.io/v1alpha1/namespaces/${namespace}/semanticroutermaas/kept`;
    return (await cluster.client.get(path)).metadata.uid;
  }
});

test('an operator for some namespaces has no right beyond them', async () => {
  for (const namespace of ['narrow', 'team-a', 'team-b']) await cluster.createNamespace(namespace);
  const digest = `sha256:${'a'.repeat(64)}`;
  // The CRD of the cluster may be another release's.
  await run(['install', release, chartFolder], 'narrow', {
    watchNamespaces: ['team-a', 'team-b'],
    image: { repository: 'registry.example/operator', digest },
    crds: { install: false },
  });
  for (const kind of ['clusterroles', 'clusterrolebindings']) {
    const all = await cluster.client.list(`${roles}/${kind}`);
    const ours = all.filter(({ metadata }) => metadata.name.includes('semantic-router-maas'));
    expect(ours).toEqual([]);
  }
  const bound = await cluster.client.list(`${roles}/rolebindings`);
  expect(
    bound
      .filter(({ metadata }) => metadata.name.startsWith(name))
      .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
      .sort(),
  ).toEqual([`narrow/${name}-lease`, `team-a/${name}`, `team-b/${name}`]);
  expect(await cluster.client.get(deploymentPath('narrow'))).toMatchObject({
    spec: {
      template: { spec: { containers: [{ image: `registry.example/operator@${digest}` }] } },
    },
  });
  await run(['uninstall', release], 'narrow');
});

test('a ServiceMonitor is made with the upgrade after its API has come', async () => {
  await cluster.createNamespace('monitored');
  const path = `/apis/monitoring.coreos.com/v1/namespaces/monitored/servicemonitors/${name}`;
  await run(['install', release, chartFolder], 'monitored', { crds: { install: false } });
  expect(await cluster.client.find(path)).toBeUndefined();
  await cluster.applyCrds([thirdPartyCrd('monitoring.coreos.com_servicemonitors')]);
  await run(['upgrade', release, chartFolder], 'monitored', { crds: { install: false } });
  expect(await cluster.client.get(path)).toMatchObject({
    spec: { endpoints: [{ port: 'metrics' }] },
  });
  await run(['uninstall', release], 'monitored');
});

test('the same manifests applied twice leave nothing to diff', async () => {
  await cluster.createNamespace('plain');
  const text = await helm(['template', release, chartFolder, '--namespace', 'plain']);
  const crd = join(folder, 'crd.yaml');
  await writeFile(crd, crdText());
  await cluster.applyCrds([crd]);
  const names = await readdir(samplesFolder);
  const samples = await Promise.all(names.map((file) => readFile(samplesFolder + file, 'utf8')));
  const input = [text, ...samples].join('\n---\n');
  const named = ['--namespace=plain', '-f', '-'];
  const command = ['--server-side', '--force-conflicts', ...named];
  await cluster.kubectl(['apply', ...command], { input });
  // It ends with 1, and so rejects, where there is a difference.
  expect(await cluster.kubectl(['diff', ...command], { input })).toBe('');
  await cluster.kubectl(['delete', '--ignore-not-found', '--wait=false', ...named], { input });
});

test('a CRD that was applied by hand is taken over only when Helm is told so', async () => {
  await cluster.createNamespace('adopting');
  await cluster.client.delete(crdPath);
  await until('it is gone', async () => (await cluster.client.find(crdPath)) === undefined);
  const crd = join(folder, 'by-hand.yaml');
  await writeFile(crd, crdText());
  await cluster.applyCrds([crd]);
  const install = ['install', release, chartFolder] as const;
  await expect(run(install, 'adopting')).rejects.toThrow('invalid ownership metadata');
  await run([...install, '--take-ownership'], 'adopting');
  expect((await cluster.client.get(crdPath)).metadata.annotations).toMatchObject({
    'meta.helm.sh/release-namespace': 'adopting',
  });
  await run(['uninstall', release], 'adopting');
});
