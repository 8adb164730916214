// What holds for the objects of every resource, over all golden pairs; and what changes the pods.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import {
  operatorGoldenFolder,
  operatorGoldenNames,
  operatorGoldenText,
  renderGolden,
} from '../../test/golden/operator-golden.ts';
import type { KubeObject } from '../kube/port.ts';
import { renderResource } from '../render-resource.ts';
import type { ClusterFacts } from './context.ts';

const names = operatorGoldenNames();
const goldens = names.flatMap((name) => {
  const { desired } = renderGolden(name);
  return desired === undefined ? [] : [{ name, ...desired }];
});

test.each(names)('%s: the objects are those in the golden file', (name) => {
  const text = readFileSync(`${operatorGoldenFolder}${name}.out.yaml`, 'utf8');
  expect(operatorGoldenText(renderGolden(name))).toBe(text);
});

test.each(goldens)('$name: each object can be found, and goes with its resource', (golden) => {
  const { resource } = golden.context;
  for (const { metadata } of golden.objects) {
    expect(metadata.namespace).toBe(resource.namespace);
    expect(metadata.labels).toMatchObject({
      'app.kubernetes.io/name': 'semantic-router-maas',
      'app.kubernetes.io/instance': resource.name,
      'app.kubernetes.io/component': expect.any(String),
      'app.kubernetes.io/part-of': 'semantic-router-maas',
      'app.kubernetes.io/managed-by': 'semantic-router-maas',
    });
    expect(metadata.ownerReferences).toEqual([
      {
        apiVersion: 'semantic-router.io/v1alpha1',
        kind: 'SemanticRouterMaas',
        name: resource.name,
        uid: resource.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  }
  const ids = golden.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(new Set(ids).size).toBe(ids.length);
});

/** Paths at which there is nothing, though a field is there. */
function* hollow(value: unknown, path = ''): Generator<string> {
  if (value === null || value === undefined) yield path;
  if (typeof value !== 'object' || value === null) return;
  const members: [string, unknown][] = Object.entries(value);
  if (members.length === 0) yield path;
  for (const [key, member] of members) yield* hollow(member, `${path}.${key}`);
}

test.each(goldens)('$name: no field is null or empty', ({ objects }) => {
  // A selector of everything is written as an empty one.
  const empty = objects.flatMap((object) => [...hollow(object, object.kind)]);
  expect(empty.filter((path) => !path.endsWith('.namespaceSelector'))).toEqual([]);
});

test('nothing that other tools put on the resource is copied', () => {
  expect(operatorGoldenText(renderGolden('pod-template'))).not.toMatch(/argo|kubectl/);
});

const resource = (spec: object, config: object = {}): KubeObject => ({
  apiVersion: 'semantic-router.io/v1alpha1',
  kind: 'SemanticRouterMaas',
  metadata: { name: 'demo', namespace: 'team-a', uid: 'u' },
  spec: {
    config: {
      default_model: 'small',
      vllm_endpoints: [{ name: 'local', address: 'vllm', port: 8000 }],
      model_config: { small: {} },
      ...config,
    },
    ...spec,
  },
});

function objectsOf(given: KubeObject, cluster: Partial<ClusterFacts> = {}): readonly KubeObject[] {
  const rendered = renderResource({
    resource: given,
    configMaps: [],
    cluster: {
      served: { authConfig: false, serviceMonitor: false },
      isOpenShift: false,
      prometheuses: undefined,
      namespaceLabels: undefined,
      ...cluster,
    },
    defaults: { images: { router: 'router:1', envoy: 'envoy:1' }, operatorNamespace: undefined },
  });
  if (rendered.desired === undefined) throw new Error(rendered.problems.join('\n'));
  return rendered.desired.objects;
}

function find(objects: readonly KubeObject[], kind: string, name = 'demo'): KubeObject | undefined {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

const templateOf = (objects: readonly KubeObject[]): unknown =>
  (find(objects, 'Deployment')?.['spec'] as { template: unknown }).template;

const plain = templateOf(objectsOf(resource({})));

test.each([
  [
    'a decision',
    { decisions: [], keyword_rules: [{ name: 'k', operator: 'OR', keywords: ['x'] }] },
  ],
  ['billing', { maas_integration: { enabled: true } }],
  ['a limit', { router: { max_request_body_bytes: 4096 } }],
])(
  'a change of %s in the configuration reaches the ConfigMap and leaves the pods',
  (_what, more) => {
    const changed = objectsOf(resource({}, more));
    expect(templateOf(changed)).toEqual(plain);
    expect(find(changed, 'ConfigMap', 'demo-config')).not.toEqual(
      find(objectsOf(resource({})), 'ConfigMap', 'demo-config'),
    );
  },
);

test.each([
  ['the ledger', { usage_ledger: { max_bytes: 2_097_152 } }],
  ['the grace at shutdown', { router: { shutdown_grace_seconds: 60 } }],
])('a change of %s, which is read at start, replaces the pods', (_what, more) => {
  expect(templateOf(objectsOf(resource({}, more)))).not.toEqual(plain);
});

test('optional APIs that come or go leave the pods', () => {
  const served = { authConfig: true, serviceMonitor: true };
  expect(templateOf(objectsOf(resource({}), { served }))).toEqual(plain);
});

test('the hash of the start-up keys is what it was in earlier versions', () => {
  // Another value here replaces every pod of every cluster when the operator is upgraded.
  expect(plain).toMatchObject({
    metadata: { annotations: { 'semantic-router.io/startup-hash': '4f2d475b5c675d35' } },
  });
});

test('only one Service has a port for metrics, so that no pod is scraped twice', () => {
  const services = objectsOf(resource({})).filter(({ kind }) => kind === 'Service');
  const portNames = services.map(({ spec }) =>
    (spec as { ports: { name: string }[] }).ports.map(({ name }) => name),
  );
  expect(portNames).toEqual([
    ['http', 'metrics', 'admin'],
    ['http', 'admin'],
  ]);
});

test('there is a budget for disruptions where more than one pod may be', () => {
  const has = (spec: object): boolean =>
    find(objectsOf(resource(spec)), 'PodDisruptionBudget') !== undefined;
  expect(has({})).toBe(false);
  expect(has({ replicas: 2 })).toBe(true);
  expect(has({ autoscaling: { maxReplicas: 3 } })).toBe(true);
  expect(has({ replicas: 2, podDisruptionBudget: { enabled: false } })).toBe(false);
  expect(has({ podDisruptionBudget: { enabled: true } })).toBe(true);
});

test('with an autoscaler the Deployment names no number of pods', () => {
  const spec = (given: object): unknown => find(objectsOf(resource(given)), 'Deployment')?.['spec'];
  expect(spec({ autoscaling: { maxReplicas: 3 } })).not.toHaveProperty('replicas');
  expect(spec({})).toHaveProperty('replicas', 1);
  expect(spec({ replicas: 0 })).toHaveProperty('replicas', 0);
});

test('a ledger folder below a volume of the user’s own needs none of ours', () => {
  const podTemplate = {
    volumes: [{ name: 'data', emptyDir: {} }],
    volumeMounts: [{ name: 'data', mountPath: '/data/' }],
  };
  const text = JSON.stringify(
    objectsOf(resource({ podTemplate }, { usage_ledger: { directory: '/data/usage' } })),
  );
  expect(text).not.toContain('"name":"usage-ledger"');
  const beside = JSON.stringify(
    objectsOf(resource({ podTemplate }, { usage_ledger: { directory: '/database' } })),
  );
  expect(beside).toContain('"mountPath":"/database"');
});
