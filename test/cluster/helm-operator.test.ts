// The operator as the chart installs it, with the rights that the chart grants and no others: what a
// person with Helm and Argo CD sees of it. Its tests follow each other as the steps of one life.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Status } from '../../operator/resource/status.ts';
import type { KubeObject } from '../kit/api-client.ts';
import { argoHealth } from '../kit/argo-health.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { chartFolder, helm } from '../kit/helm.ts';
import { writingVerbs, type AuditedRequest } from '../kit/control-plane/audit.ts';
import { startKubelet, type Kubelet } from '../kit/kubelet/kubelet.ts';
import { startModelServer, type ModelServer } from '../kit/model-server.ts';
import { productProgram } from '../kit/product-programs.ts';
import { until } from '../kit/router-surroundings.ts';
import { systemConfig } from '../kit/system.ts';

let cluster: ControlPlane;
let kubelet: Kubelet;
let model: ModelServer;
let folder: string;
const system = 'system';
const team = 'team-a';
const account = 'operator';
const operatorValues = { replicas: 2, serviceAccount: { create: false, name: account } };

beforeAll(async () => {
  cluster = await startControlPlane();
  model = await startModelServer();
  folder = await mkdtemp(join(tmpdir(), 'srm-release-'));
  for (const namespace of [system, team]) await cluster.createNamespace(namespace);
  // A pod's token has a path that only a container can have: the operator gets its account's here.
  const accounts = `/api/v1/namespaces/${system}/serviceaccounts`;
  await cluster.client.create(accounts, { metadata: { name: account } });
  const token = await cluster.serviceAccountToken(system, account);
  const KUBECONFIG = await cluster.kubeconfig(token);
  kubelet = await startKubelet({
    ...cluster,
    programs: (call) => ({
      ...productProgram(call),
      ...(call.container === 'operator' ? { env: { KUBECONFIG } } : {}),
    }),
  });
});
afterAll(async () => {
  await kubelet.stop();
  await model.close();
  await rm(folder, { recursive: true, force: true });
  await cluster.stop();
});

async function run(command: readonly string[], values?: object): Promise<string> {
  return helm([...command, ...(values === undefined ? [] : ['--values', '-'])], {
    kubeconfig: await cluster.kubeconfig(),
    ...(values === undefined ? {} : { input: JSON.stringify(values) }),
  });
}

/** Another chart, as a team would write it: one router, whose spec is the values. */
async function routerChart(): Promise<string> {
  const chart = join(folder, 'router');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: router\nversion: 1.0.0\n');
  await writeFile(
    join(chart, 'templates/router.yaml'),
    `apiVersion: semantic-router.io/v1alpha1
kind: SemanticRouterMaas
metadata:
  name: router
spec: {{- toYaml .Values.spec | nindent 2 }}
`,
  );
  return chart;
}

function routerValues(defaultModel: string): object {
  const config = systemConfig(
    { small: model.port, big: model.port },
    { default_model: defaultModel },
  );
  // The pods end at once: how they drain is another suite's matter.
  return { spec: { config, podTemplate: { terminationGracePeriodSeconds: 2 } } };
}

function resource(): Promise<KubeObject> {
  const path = `/apis/semantic-router.io/v1alpha1/namespaces/${team}/semanticroutermaas/router`;
  return cluster.client.get(path);
}

async function requestsOfOperator(): Promise<AuditedRequest[]> {
  const name = `system:serviceaccount:${system}:${account}`;
  return (await cluster.requests()).filter(({ user }) => user === name);
}

function operatorLogs(): string {
  return kubelet
    .pods(system)
    .map(({ name }) => kubelet.logs(system, name, 'operator'))
    .join('');
}

test('the operator becomes ready while Helm waits, two replicas and one leader', async () => {
  await run(
    ['install', 'operator', chartFolder, '-n', system, '--wait', '--timeout', '60s'],
    operatorValues,
  );
  const lease = `/apis/coordination.k8s.io/v1/namespaces/${system}/leases`;
  await until('one of them leads', async () => {
    const held = await cluster.client.find<KubeObject & { spec: { holderIdentity?: string } }>(
      `${lease}/operator-semantic-router-maas`,
    );
    return (held?.spec.holderIdentity ?? '') !== '';
  });
});

test('a router is Ready when Helm says that its release is', async () => {
  await run(
    ['install', 'router', await routerChart(), '-n', team, '--wait', '--timeout', '60s'],
    routerValues('small'),
  );
  const { conditions } = (await resource())['status'] as Required<Status>;
  expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
  expect(await argoHealth(await resource())).toMatchObject({ status: 'Healthy' });
});

test('a configuration that cannot be meant fails the upgrade, with the reason', async () => {
  const upgrade = run(
    ['upgrade', 'router', await routerChart(), '-n', team, '--wait', '--timeout', '60s'],
    routerValues('nowhere'),
  );
  await expect(upgrade).rejects.toThrow(/nowhere/);
  const { status, message } = await argoHealth(await resource());
  expect(status).toBe('Degraded');
  expect(message).toMatch(/^InvalidConfig: .*nowhere/);
});

test('a rollback makes it whole again', async () => {
  await run(['rollback', 'router', '1', '-n', team, '--wait', '--timeout', '60s']);
  expect(await argoHealth(await resource())).toMatchObject({ status: 'Healthy' });
});

test('the operator never lacked a right, and took none that is not in its roles', async () => {
  const own = await requestsOfOperator();
  expect(own).not.toHaveLength(0);
  expect(own.filter(({ code }) => code === 403)).toEqual([]);
  expect(operatorLogs()).not.toMatch(/forbidden/i);
});

test('Helm and the operator never wrote the same object', async () => {
  const requests = await cluster.requests();
  const written = (is: (request: AuditedRequest) => boolean): string[] =>
    requests
      .filter((request) => writingVerbs.includes(request.verb) && is(request))
      .map(({ resource: of, namespace, name }) => `${of} ${namespace}/${name}`);
  const byHelm = new Set(written(({ userAgent }) => userAgent.startsWith('Helm/')));
  const byOperator = written(({ user }) => user === `system:serviceaccount:${system}:${account}`);
  expect([...byHelm]).toContain(`semanticroutermaas.semantic-router.io ${team}/router`);
  expect(byOperator).toContain(`deployments.apps ${team}/router`);
  expect(byOperator.filter((object) => byHelm.has(object))).toEqual([]);
});

test('nothing is left of a router whose release is uninstalled', async () => {
  await run(['uninstall', 'router', '-n', team]);
  await until('its objects and pods are gone', async () => {
    const kinds = 'deployments,services,configmaps,networkpolicies,serviceaccounts';
    const left = await cluster.kubectl([
      ...['get', kinds, '-n', team, '-o', 'name'],
      ...['-l', 'app.kubernetes.io/instance=router'],
    ]);
    return left === '' && kubelet.pods(team).length === 0;
  });
});

test('an operator for one namespace makes a router Ready without any right beyond it', async () => {
  await run(['uninstall', 'operator', '-n', system]);
  await until('the operators have ended', () => kubelet.pods(system).length === 0);
  const since = new Date();
  await run(['install', 'operator', chartFolder, '-n', system, '--wait', '--timeout', '60s'], {
    ...operatorValues,
    watchNamespaces: [team],
  });
  await run(
    ['install', 'router', await routerChart(), '-n', team, '--wait', '--timeout', '60s'],
    routerValues('small'),
  );
  const { conditions } = (await resource())['status'] as Required<Status>;
  expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
  const roles = await cluster.kubectl(['get', 'clusterrolebindings', '-o', 'name']);
  expect(roles).not.toContain('semantic-router-maas');
  // What is of the whole cluster it may not see, and must do without.
  const refused = (await requestsOfOperator()).filter(({ code, at }) => code === 403 && at > since);
  const ofTheCluster = ['customresourcedefinitions.apiextensions.k8s.io', 'namespaces'];
  expect(refused.filter(({ resource: kind }) => !ofTheCluster.includes(kind))).toEqual([]);
});
