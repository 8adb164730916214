import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { interpretConfig } from '../../config/interpret.ts';
import { specStructure } from '../../operator/crd/resource-schema.ts';
import { toStoredForm } from '../../operator/crd/stored-form.ts';
import { parseResource } from '../../operator/resource/parse-resource.ts';
import { apiVersion, kind } from '../../operator/resource/semantic-router-maas.ts';
import { crdFile } from '../golden/crd-file.ts';
import { ApiError, type KubeObject } from '../kit/api-client.ts';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { rows } from './crd-rows.ts';

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
