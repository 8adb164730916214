import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { authConfigType, serviceMonitorType } from './child-types.ts';
import type { KubeObject } from './kube/port.ts';
import { addResourceMetrics } from './resource-metrics.ts';

const resource = (
  name: string,
  conditions: readonly (readonly [string, string])[],
): KubeObject => ({
  ...{ apiVersion: 'semantic-router.io/v1alpha1', kind: 'SemanticRouterMaas' },
  metadata: { name, namespace: 'team-a' },
  status: { conditions: conditions.map(([type, status]) => ({ type, status })) },
});

/** The series of the page that are about something, with their values. */
async function series(registry: Registry): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => /^\w/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

test('each condition is 1 for the status that holds, as long as its resource is there', async () => {
  const all = [resource('one', [['Ready', 'False']]), resource('two', [])];
  const registry = new Registry();
  addResourceMetrics(registry, { resources: { store: { list: () => all } }, optional: [] });
  const ready = (status: string): string =>
    `semantic_router_maas_condition{namespace="team-a",name="one",type="Ready",status="${status}"}`;
  expect(await series(registry)).toEqual({
    [ready('True')]: 0,
    [ready('False')]: 1,
    [ready('Unknown')]: 0,
    semantic_router_maas_resources: 2,
  });
  all.splice(0);
  expect(await series(registry)).toEqual({ semantic_router_maas_resources: 0 });
});

test('an optional API is 1 while it is served and may be read', async () => {
  const registry = new Registry();
  addResourceMetrics(registry, {
    resources: { store: { list: () => [] } },
    optional: [
      { type: authConfigType, availability: 'served' },
      { type: serviceMonitorType, availability: 'forbidden' },
    ],
  });
  const name = 'semantic_router_maas_dependency_available';
  expect(await series(registry)).toMatchObject({
    [`${name}{kind="AuthConfig",group="authorino.kuadrant.io"}`]: 1,
    [`${name}{kind="ServiceMonitor",group="monitoring.coreos.com"}`]: 0,
  });
});
