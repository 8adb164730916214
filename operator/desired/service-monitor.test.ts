import { describe, expect, test } from '@jest/globals';
import { desiredContext, prometheusFacts as prometheus } from '../../test/kit/desired-context.ts';
import type { ClusterFacts, LabelSelector, PrometheusFacts } from './context.ts';
import { selects } from './label-selector.ts';
import { buildServiceMonitor } from './service-monitor.ts';
import { buildHeadlessService, buildService } from './services.ts';

function labelsOf(
  prometheuses: readonly PrometheusFacts[] | undefined,
  given: { monitoring?: object; cluster?: Partial<ClusterFacts> } = {},
): Readonly<Record<string, string>> {
  const built = buildServiceMonitor(
    desiredContext({
      spec: { monitoring: given.monitoring ?? {} },
      cluster: { prometheuses, ...given.cluster },
    }),
  );
  const labels = Object.entries(built?.metadata.labels ?? {});
  return Object.fromEntries(labels.filter(([key]) => !key.startsWith('app.kubernetes.io/')));
}

test('there is none where it is disabled or its API is not served', () => {
  const disabled = { monitoring: { mode: 'Disabled' } };
  expect(buildServiceMonitor(desiredContext({ spec: disabled }))).toBeUndefined();
  const served = { authConfig: true, serviceMonitor: false };
  expect(buildServiceMonitor(desiredContext({ cluster: { served } }))).toBeUndefined();
});

test('every pod is scraped once, by the port that the Service names', () => {
  const context = desiredContext({ spec: { monitoring: { interval: '15s' } } });
  const built = buildServiceMonitor(context);
  expect(built).toMatchObject({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { namespace: 'team-a', ownerReferences: [{ name: 'chat' }] },
    spec: {
      jobLabel: 'app.kubernetes.io/instance',
      endpoints: [{ port: 'metrics', path: '/metrics', interval: '15s', honorLabels: false }],
    },
  });
  const { selector } = built?.['spec'] as { selector: LabelSelector };
  const services = [buildService(context), buildHeadlessService(context)].filter(
    (service) => service !== undefined,
  );
  const scraped = services.filter(({ metadata, spec }) => {
    const { ports } = spec as { ports: readonly { name: string }[] };
    return selects(selector, metadata.labels ?? {}) && ports.some(({ name }) => name === 'metrics');
  });
  expect(scraped.map(({ metadata }) => metadata.name)).toEqual(['chat']);
  expect(scraped[0]?.metadata.labels).toHaveProperty(['app.kubernetes.io/instance'], 'chat');
});

describe('Auto adds the labels that are asked for', () => {
  const kps = { matchLabels: { release: 'kps' } };
  const added = { release: 'kps' };

  test.each<[string, readonly PrometheusFacts[] | undefined, object]>([
    ['by the one Prometheus', [prometheus(kps)], added],
    ['by an expression with one value', [prometheus(expressionIn('kps'))], added],
    ['by two that ask for the same', [prometheus(kps), prometheus(kps, { name: 'b' })], added],
    [
      'and not by one that does not look here',
      [prometheus(kps), prometheus({ matchLabels: { x: 'y' } }, elsewhere())],
      added,
    ],
    ['and not by one that selects nothing', [prometheus(kps), prometheus(undefined)], added],
    ['and none where any ServiceMonitor will do', [prometheus({})], {}],
    ['and none where one selects it as it is', [prometheus({}), prometheus(kps)], {}],
    ['and none where two ask for different ones', [prometheus(kps), prometheus(want('x'))], {}],
    ['and none where they would not suffice', [prometheus(unmeetable())], {}],
    ['and none where the choice is the user’s', [prometheus(expressionIn('a', 'b'))], {}],
    ['and none where there is no Prometheus', [], {}],
    ['and none where they may not be read', undefined, {}],
    ['and none that no label can be', [prometheus(want('not a value'))], {}],
    ['and none in place of our own', [prometheus({ matchLabels: ourName() })], {}],
  ])('%s', (_name, prometheuses, labels) => {
    expect(labelsOf(prometheuses)).toEqual(labels);
  });

  test('where the namespace’s labels let it look here', () => {
    const choosy = prometheus(kps, {
      serviceMonitorNamespaceSelector: { matchLabels: { monitored: 'yes' } },
    });
    expect(labelsOf([choosy], { cluster: { namespaceLabels: { monitored: 'yes' } } })).toEqual(
      added,
    );
    expect(labelsOf([choosy], { cluster: { namespaceLabels: {} } })).toEqual({});
    expect(labelsOf([choosy])).toEqual({});
  });

  test('beside the user’s, and never over them', () => {
    const labels = { team: 'a' };
    expect(labelsOf([prometheus(kps)], { monitoring: { labels } })).toEqual({
      ...labels,
      ...added,
    });
    const other = { release: 'mine' };
    expect(labelsOf([prometheus(kps)], { monitoring: { labels: other } })).toEqual(other);
  });

  test('and Enabled leaves them to the user', () => {
    expect(labelsOf([prometheus(kps)], { monitoring: { mode: 'Enabled' } })).toEqual({});
  });
});

function expressionIn(...values: string[]): LabelSelector {
  return { matchExpressions: [{ key: 'release', operator: 'In', values }] };
}

function want(value: string): LabelSelector {
  return { matchLabels: { release: value } };
}

function elsewhere(): Partial<PrometheusFacts> {
  return { name: 'other', namespace: 'elsewhere', serviceMonitorNamespaceSelector: undefined };
}

function unmeetable(): LabelSelector {
  return { ...want('kps'), matchExpressions: [{ key: 'team', operator: 'Exists' }] };
}

function ourName(): Record<string, string> {
  return { 'app.kubernetes.io/instance': 'somebody-else', release: 'kps' };
}
