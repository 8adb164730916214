import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { interpretConfig } from '../../config/interpret.ts';
import { resourceSchema, specStructure } from '../../operator/crd/resource-schema.ts';
import type { StructuralSchema } from '../../operator/crd/schema-types.ts';
import { toStoredForm } from '../../operator/crd/stored-form.ts';
import { parseResource } from '../../operator/resource/parse-resource.ts';
import { apiVersion, kind } from '../../operator/resource/semantic-router-maas.ts';
import { crdFile } from '../golden/crd-file.ts';
import { ApiError, type KubeObject } from '../kit/api-client.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { rows } from './crd-rows.ts';
import { alteredConfig, rightConfig } from './random-config.ts';

const nested = `
version: v0.3
providers:
  defaults: {default_model: a}
  models:
    - {name: a, backend_refs: [{name: e, endpoint: "10.0.0.1:80"}], pricing: {prompt_per_1m: 0.5}}
routing:
  signals: {keywords: [{name: k, operator: OR, keywords: [x]}]}
  decisions:
    - name: d
      rules: {operator: AND, conditions: [{type: keyword, name: k}]}
      modelRefs: [{model: a}]
global: {router: {auto_model_name: x, clear_route_cache: true}, stores: {response_cache: {enabled: false}}}
maas_integration: {enabled: true}
`;
const older = `
default_model: a
vllm_endpoints: [{name: e, address: 10.0.0.1, port: 80}]
model_config: {a: {preferred_endpoints: [e], pii_policy: {allow_by_default: false, pii_types_allowed: []}}}
categories:
  - name: law
    system_prompt: Be exact.
    semantic_cache_enabled: false
    model_scores: [{model: a, score: 0.7, use_reasoning: false}]
semantic_cache: {enabled: false}
`;
const oldest = `
default_model: a
vllm_endpoints: [{name: e, address: 10.0.0.1, port: 80, models: [a]}]
categories: [{name: law, model_scores: [{model: a, score: 1}]}]
`;

const resources = '/apis/semantic-router.io/v1alpha1/namespaces/default/semanticroutermaas';

let cluster: ControlPlane;
beforeAll(async () => {
  cluster = await startControlPlane({ controllerManager: false });
  await cluster.applyCrds([crdFile]);
});
afterAll(() => cluster.stop());

function resourceOf(spec: unknown, name = 'demo'): KubeObject {
  return { apiVersion, kind, metadata: { name }, spec };
}

/** What the API server would store, or why it refuses. */
async function serverVerdict(resource: KubeObject): Promise<{ spec?: unknown; refusal?: string }> {
  try {
    return { spec: (await cluster.client.create(`${resources}?dryRun=All`, resource))['spec'] };
  } catch (error) {
    if (error instanceof ApiError && error.code === 422) return { refusal: error.message };
    throw error;
  }
}

function configOf(spec: unknown): unknown {
  return typeof spec === 'object' && spec !== null && 'config' in spec ? spec.config : undefined;
}

/** What the operator finds wrong. */
function operatorProblems(resource: unknown): unknown[] {
  const parsed = parseResource(resource);
  if (!parsed.ok) return [...parsed.problems];
  const { config } = parsed.spec;
  const result = config === undefined ? undefined : interpretConfig(config);
  return result === undefined || result.ok ? [] : [...result.problems];
}

describe('the API server and the operator agree', () => {
  test('the table is long enough, and names each row once', () => {
    expect(rows.length).toBeGreaterThan(120);
    expect(new Set(rows.map(([, name]) => name)).size).toBe(rows.length);
  });

  test.each(rows)('%s: %s', async (verdict, _name, spec) => {
    const resource = JSON.parse(JSON.stringify(resourceOf(spec))) as KubeObject;
    const server = await serverVerdict(resource);
    const problems = operatorProblems(resource);
    expect({ server: server.refusal, operator: problems }).toEqual({
      server: verdict === 'refused' ? expect.stringContaining('spec') : undefined,
      operator: verdict === 'accepted' ? [] : expect.arrayContaining([expect.anything()]),
    });
    if (server.refusal !== undefined) return;
    // What our own code makes of a file is what the server makes of it.
    expect(server.spec).toEqual(toStoredForm(resource['spec'], specStructure()).value);
  });

  test('each rule of the definition refuses a row, in its own words', async () => {
    const refused = rows.filter(([verdict]) => verdict === 'refused');
    const named = resourceOf({ configFrom: { configMap: { name: 'c' } } }, 'a.b');
    const resources = [named, ...refused.map(([, , spec]) => resourceOf(spec))];
    const said = await Promise.all(
      resources.map(async (one) => (await serverVerdict(one)).refusal),
    );
    const told = said.join('\n');
    const silent = [...rulesOf(resourceSchema())].filter(({ message }) => !told.includes(message));
    expect(silent).toEqual([]);
  });

  test('random right configurations are accepted, and mean the same when they are stored', async () => {
    await fc.assert(
      fc.asyncProperty(rightConfig, async (config) => {
        const resource = resourceOf({ config });
        const server = await serverVerdict(resource);
        expect([server.refusal, operatorProblems(resource)]).toEqual([undefined, []]);
        expect(interpretConfig(configOf(server.spec))).toEqual(interpretConfig(config));
      }),
      { numRuns: 60 },
    );
  });

  test('what the operator accepts, the API server does not refuse', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(alteredConfig, async (config) => {
        const resource = resourceOf({ config });
        const { refusal } = await serverVerdict(resource);
        if (refusal === undefined) return;
        refused += 1;
        expect([refusal, operatorProblems(resource)]).not.toEqual([refusal, []]);
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  test.each([
    ['a', true],
    ['a-1', true],
    ['a'.repeat(45), true],
    ['a'.repeat(46), false],
    ['1a', false],
    ['a.b', false],
  ])('the name %s', async (name, isRight) => {
    const resource = resourceOf({ configFrom: { configMap: { name: 'c' } } }, name);
    expect((await serverVerdict(resource)).refusal === undefined).toBe(isRight);
    expect(operatorProblems(resource).length === 0).toBe(isRight);
  });
});

/** Rules that look at more than one value, wherever they stand. */
function* rulesOf(schema: StructuralSchema): Generator<{ readonly message: string }> {
  yield* schema['x-kubernetes-validations'] ?? [];
  for (const part of Object.values(schema.properties ?? {})) yield* rulesOf(part);
  if (schema.items !== undefined) yield* rulesOf(schema.items);
  if (schema.additionalProperties !== undefined) yield* rulesOf(schema.additionalProperties);
}

describe('the samples', () => {
  const folder = fileURLToPath(new URL('../../crds/samples/', import.meta.url));

  test('are right, warn of nothing, and are the same when they are applied again', async () => {
    const files = await readdir(folder);
    expect(files.toSorted()).toEqual([
      'hybrid.yaml',
      'maas.yaml',
      'minimal.yaml',
      'standalone.yaml',
    ]);
    for (const file of files) {
      const path = join(folder, file);
      const resource = parse(await readFile(path, 'utf8')) as KubeObject;
      expect([file, operatorProblems(resource), warningsOf(resource)]).toEqual([file, [], []]);
      for (const flags of [[], ['--server-side']]) {
        const apply = ['apply', '--validate=strict', ...flags, '-f', path];
        await cluster.kubectl(apply);
        const { generation } = (await cluster.client.get(`${resources}/${resource.metadata.name}`))
          .metadata;
        const again = await cluster.kubectl(apply);
        expect(again).toMatch(flags.length === 0 ? / unchanged$/m : / serverside-applied$/m);
        // kubectl ends with 1 where there is something to tell.
        await cluster.kubectl(['diff', ...flags, '-f', path]);
        const after = await cluster.client.get(`${resources}/${resource.metadata.name}`);
        expect(after.metadata.generation).toBe(generation);
      }
      await cluster.client.delete(`${resources}/${resource.metadata.name}`);
    }
  });
});

function warningsOf(resource: unknown): unknown[] {
  const parsed = parseResource(resource);
  if (!parsed.ok || parsed.spec.config === undefined) return [];
  return [...parsed.warnings, ...interpretConfig(parsed.spec.config).warnings];
}

describe('other forms of the configuration', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['nested', nested],
    ['older', older],
    ['oldest', oldest],
  ];

  test.each(forms)('the %s form is stored as it means', async (_name, text) => {
    const config: unknown = parse(text);
    const { spec, refusal } = await serverVerdict(resourceOf({ config }));
    expect(refusal).toBeUndefined();
    const meant = interpretConfig(config);
    expect(meant).toMatchObject({ ok: true });
    expect(interpretConfig(configOf(spec))).toEqual(meant);
  });

  test.each(['config.yaml', 'config.maas.yaml', 'config.hybrid.yaml'])(
    '%s is stored as it means',
    async (file) => {
      const path = new URL(`../../config/${file}`, import.meta.url);
      const config: unknown = parse(await readFile(path, 'utf8'));
      const { spec, refusal } = await serverVerdict(resourceOf({ config }));
      expect(refusal).toBeUndefined();
      expect(interpretConfig(configOf(spec))).toEqual(interpretConfig(config));
    },
  );
});

describe('what users see', () => {
  test('kubectl explain reads like documentation', async () => {
    const text = await cluster.kubectl([
      'explain',
      'srm.spec.config.maas_integration.authentication',
    ]);
    expect(text).toContain('Where the caller identity comes from.');
    expect(text).toMatch(/user_header\s+<string>\s+Request header that carries the user\./);
    expect(text).toMatch(/enum: fallback, reject/);
  });

  test('the table shows how a resource is', async () => {
    const sample = fileURLToPath(new URL('../../crds/samples/minimal.yaml', import.meta.url));
    await cluster.kubectl(['apply', '-f', sample]);
    const condition = (type: string, reason: string): object => ({
      ...{ type, reason, status: 'True', message: '', observedGeneration: 1 },
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    await cluster.client.patch(`${resources}/minimal/status`, {
      status: {
        mode: 'maas',
        observedGeneration: 1,
        configHash: '0123456789abcdef',
        replicas: 3,
        readyReplicas: 2,
        selector: 'a=b',
        conditions: [
          condition('Ready', 'Progressing'),
          condition('AuthReady', 'Linked'),
          condition('MonitoringReady', 'Selected'),
          condition('GatewayReady', 'Sidecar'),
        ],
      },
    });
    const table = await cluster.kubectl(['get', 'srm', '-o', 'wide']);
    const [head, line] = table.split('\n').map((text) => text.trim().split(/\s+/));
    expect(head).toEqual([
      ...['NAME', 'MODE', 'READY', 'REASON', 'REPLICAS', 'CONFIG', 'AGE'],
      ...['AUTH', 'MONITORING', 'GATEWAY'],
    ]);
    expect(line?.toSpliced(6, 1)).toEqual([
      ...['minimal', 'maas', 'True', 'Progressing', '2', '0123456789abcdef'],
      ...['Linked', 'Selected', 'Sidecar'],
    ]);
    expect(await cluster.kubectl(['get', 'all'])).toContain('minimal');
  });

  test('kubectl scale sets the replicas', async () => {
    const sample = fileURLToPath(new URL('../../crds/samples/standalone.yaml', import.meta.url));
    await cluster.kubectl(['apply', '-f', sample]);
    await cluster.kubectl(['scale', 'srm/standalone', '--replicas=5']);
    const scaled = await cluster.client.get(`${resources}/standalone`);
    expect(scaled['spec']).toMatchObject({ replicas: 5 });
  });
});
