import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { memoryIo } from '../../test/kit/command-io.ts';
import type { KubeObject } from '../kube/port.ts';
import { render } from './render.ts';

const config = `
    default_model: small
    vllm_endpoints: [{ name: local, address: vllm, port: 8000 }]
    model_config: { small: {} }`;
const head = (name: string): string =>
  `apiVersion: semantic-router.io/v1alpha1\nkind: SemanticRouterMaas\nmetadata: { name: ${name} }\n`;
const demo = `${head('demo')}spec:\n  config:${config}\n`;

async function run(
  files: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ code: number; out: string; err: string; objects: readonly KubeObject[] }> {
  const { io, written } = memoryIo(files);
  const code = await render(args, io);
  const { out, err } = written();
  const objects = parseAllDocuments(out).map((document) => document.toJS() as KubeObject);
  return { code, out, err, objects };
}

test('every object of a resource is printed, ready to be applied', async () => {
  const { code, err, objects } = await run({ 'demo.yaml': demo }, 'demo.yaml');
  expect([code, err]).toEqual([0, '']);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
    expect.arrayContaining(['ConfigMap demo-config', 'Service demo', 'Deployment demo']),
  );
  for (const { metadata } of objects) {
    expect(metadata.namespace).toBe('default');
    expect(metadata).not.toHaveProperty('ownerReferences');
  }
});

test('facts of a cluster are flags', async () => {
  const flags = ['--openshift', '--namespace', 'team-a', '--operator-namespace', 'operators'];
  const images = ['--router-image', 'r:1', '--envoy-image', 'e:1', '--with', 'authconfig'];
  const { out, objects } = await run({ '-': demo }, '-', ...flags, ...images);
  expect(out).not.toContain('runAsUser');
  expect(out).toContain('image: r:1');
  expect(out).toContain('image: e:1');
  expect(out).toContain('kubernetes.io/metadata.name: operators');
  expect(objects[0]?.metadata.namespace).toBe('team-a');
});

test('a configuration in a ConfigMap is looked for in the files', async () => {
  const from = `${head('demo')}spec:\n  configFrom: { configMap: { name: models } }\n`;
  const models = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: models }\ndata:\n  config.yaml: |${config}\n`;
  const found = await run({ 'demo.yaml': `${from}---\n${models}` }, 'demo.yaml');
  expect([found.code, found.err]).toEqual([0, '']);
  const missing = await run({ 'demo.yaml': from }, 'demo.yaml');
  expect(missing.code).toBe(1);
  expect(missing.err).toBe(
    'SemanticRouterMaas default/demo: spec.configFrom.configMap: there is no ConfigMap models\n',
  );
});

test('every problem of every resource is told, and the others are rendered', async () => {
  const bad = `${head('bad')}spec:\n  replicas: -1\n  config:${config}\n`;
  const worse = `${head('worse')}spec:\n  config: { default_model: none }\n`;
  const files = { 'all.yaml': [bad, worse, demo].join('---\n') };
  const { code, err, objects } = await run(files, 'all.yaml');
  expect(code).toBe(1);
  expect(err).toMatch(/^SemanticRouterMaas default\/bad: spec\.replicas: /m);
  expect(err).toMatch(/^SemanticRouterMaas default\/worse: spec\.config\.vllm_endpoints: /m);
  expect(objects.length).toBeGreaterThan(3);
});

test('what kubectl prints of several resources is read as they stand', async () => {
  const items = ['one', 'two'].map(
    (name) => `- ${demo.replace('demo', name).trim().replaceAll('\n', '\n  ')}`,
  );
  const list = `apiVersion: v1\nkind: List\nitems:\n${items.join('\n')}\n`;
  const { code, err, objects } = await run({ '-': list }, '-');
  expect([code, err]).toEqual([0, '']);
  const names = objects
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ metadata }) => metadata.name);
  expect(names).toEqual(['one', 'two']);
  const bad = await run({ '-': 'kind: List\nitems: [{}]\n' }, '-');
  expect([bad.code, bad.err]).toEqual([1, expect.stringMatching(/^stdin:1: is no Kubernetes/)]);
});

test('a warning does not make a resource invalid', async () => {
  const { code, err } = await run(
    { 'a.yaml': demo.replace('  config:', '  replcas: 2\n  config:') },
    'a.yaml',
  );
  expect(code).toBe(0);
  expect(err).toMatch(/^SemanticRouterMaas default\/demo: warning: spec\.replcas: .*replicas/);
});

test.each([
  ['no resource', 'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n', 'there is no'],
  ['no object', 'just text\n', 'a.yaml:1: is no Kubernetes object'],
  ['no YAML', 'a: [\n', 'a.yaml:'],
  ['another version', demo.replace('v1alpha1', 'v9'), 'apiVersion: must be'],
])('a file with %s is a problem', async (_what, text, sentence) => {
  const { code, out, err } = await run({ 'a.yaml': text }, 'a.yaml');
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(sentence);
});

test.each([[[]], [['gone.yaml']], [['--frobnicate']], [['a.yaml', '--with', 'everything']]])(
  'called as %j, it says how',
  async (args) => {
    const { code, out, err } = await run({ 'a.yaml': demo }, ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^semantic-router-maas render: .+\n$/);
  },
);

test('help', async () => {
  const { code, out } = await run({}, '--help');
  expect([code, out.split('\n')[0]]).toEqual([
    0,
    'Usage: semantic-router-maas render FILE... [OPTIONS]',
  ]);
});

test('the samples are rendered', async () => {
  const names = ['minimal', 'standalone', 'maas', 'hybrid'];
  for (const name of names) {
    const text = await readFile(`crds/samples/${name}.yaml`, 'utf8');
    expect(await run({ '-': text }, '-')).toMatchObject({ code: 0 });
  }
});
