// The health check for Argo CD, by real Lua, on resources of test/golden/argo-health.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { conditionReasons } from '../../operator/reasons.ts';
import { argoHealth, type ArgoHealth } from '../kit/argo-health.ts';

const folder = fileURLToPath(new URL('../golden/argo-health/', import.meta.url));

interface Case {
  readonly health: ArgoHealth;
  readonly resource: {
    readonly status?: {
      readonly conditions: readonly { readonly type: string; readonly reason: string }[];
    };
  };
}

const cases = readdirSync(folder).map((file): [string, Case] => [
  file.replace('.yaml', ''),
  parseYaml(readFileSync(`${folder}${file}`, 'utf8')) as Case,
]);

describe('Argo CD', () => {
  test.each(cases)('shows the health of a resource: %s', async (_, { health, resource }) => {
    expect(await argoHealth(resource)).toEqual(health);
  });

  test.each(cases)('is asked only about what the operator may say: %s', (_, { resource }) => {
    for (const { type, reason } of resource.status?.conditions ?? []) {
      expect(conditionReasons).toHaveProperty(type, expect.arrayContaining([reason]));
    }
  });

  test('gets a message with whatever a user wrote, whole', async () => {
    const message = 'spec.config: "ä\\" ]] \n $(x)';
    const ready = { type: 'Ready', status: 'False', reason: 'InvalidConfig', message };
    const resource = {
      metadata: { generation: 1 },
      status: { observedGeneration: 1, conditions: [ready] },
    };
    expect(await argoHealth(resource)).toEqual({
      status: 'Degraded',
      message: `InvalidConfig: ${message}`,
    });
  });

  test.each(['string.upper("a")', '("a"):upper()', 'os.getenv("HOME")', 'io.read()'])(
    'would refuse a check that uses what it does not open: %s',
    async (expression) => {
      const check = `return { status = ${expression}, message = "" }`;
      await expect(argoHealth({}, check)).rejects.toThrow('Lua ended with');
    },
  );
});
