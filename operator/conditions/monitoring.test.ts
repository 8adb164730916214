import { describe, expect, test } from '@jest/globals';
import { prometheusFacts as prometheus } from '../../test/kit/desired-context.ts';
import type { KubeObject } from '../kube/port.ts';
import { judgeMonitoring, type MonitoringFacts } from './monitoring.ts';

function live(labels: Record<string, string>, bindings?: readonly object[]): KubeObject {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'chat', namespace: 'team-a', generation: 3, labels },
    ...(bindings === undefined ? {} : { status: { bindings } }),
  };
}

const binding = (
  name: string,
  accepted: object | undefined,
  resource = 'prometheuses',
): object => ({
  group: 'monitoring.coreos.com',
  resource,
  namespace: 'monitoring',
  name,
  ...(accepted === undefined ? {} : { conditions: [{ type: 'Accepted', ...accepted }] }),
});

const kps = { matchLabels: { release: 'kps' } };

function verdict(facts: Partial<MonitoringFacts>): readonly [string, string, string] {
  const { status, reason, message } = judgeMonitoring({
    ...{ wanted: true, served: true, outdated: false, namespace: 'team-a' },
    live: live({ release: 'kps' }),
    prometheuses: [prometheus(kps)],
    namespaceLabels: undefined,
    ...facts,
  });
  return [status, reason, message];
}

describe('MonitoringReady is', () => {
  test.each<[string, Partial<MonitoringFacts>, readonly [string, string]]>([
    ['true when nothing is wanted', { wanted: false, served: false }, ['True', 'NotRequested']],
    ['false when the API is not served', { served: false }, ['False', 'ApiNotServed']],
    ['unknown when ours is not there', { live: undefined }, ['Unknown', 'Unknown']],
    ['unknown when ours is not as desired', { outdated: true }, ['Unknown', 'Unknown']],
    ['unknown when nobody may look', { prometheuses: undefined }, ['Unknown', 'Unknown']],
    ['false when there is no Prometheus', { prometheuses: [] }, ['False', 'NoPrometheus']],
    ['true when one selects it', {}, ['True', 'Selected']],
    [
      'true when one of several selects it',
      { prometheuses: [prometheus({ matchLabels: { x: 'y' } }), prometheus({})] },
      ['True', 'Selected'],
    ],
    [
      'unknown when the namespace’s labels would tell',
      {
        prometheuses: [
          prometheus(kps, { serviceMonitorNamespaceSelector: { matchLabels: { a: '1' } } }),
        ],
      },
      ['Unknown', 'Unknown'],
    ],
    [
      'true when the namespace’s name tells, which is always known',
      {
        prometheuses: [
          prometheus(kps, {
            serviceMonitorNamespaceSelector: {
              matchLabels: { 'kubernetes.io/metadata.name': 'team-a' },
            },
          }),
        ],
      },
      ['True', 'Selected'],
    ],
    [
      'true when a Prometheus without a namespace selector is in the same namespace',
      {
        prometheuses: [
          prometheus(kps, { namespace: 'team-a', serviceMonitorNamespaceSelector: undefined }),
        ],
      },
      ['True', 'Selected'],
    ],
    [
      'true when a PrometheusAgent selects it',
      { prometheuses: [prometheus(kps, { kind: 'PrometheusAgent' })] },
      ['True', 'Selected'],
    ],
    [
      'no more than selected when the binding is of another kind of the same name',
      {
        live: live({ release: 'kps' }, [binding('k8s', { status: 'True', observedGeneration: 3 })]),
        prometheuses: [prometheus(kps, { kind: 'PrometheusAgent' })],
      },
      ['True', 'Selected'],
    ],
    [
      'no more than selected when a binding is for an older version of ours',
      {
        live: live({ release: 'kps' }, [binding('k8s', { status: 'True', observedGeneration: 2 })]),
      },
      ['True', 'Selected'],
    ],
    [
      'no more than selected when a binding says nothing',
      { live: live({ release: 'kps' }, [binding('k8s', undefined)]) },
      ['True', 'Selected'],
    ],
    [
      'no more than selected when somebody else than a Prometheus has accepted it',
      {
        live: live({ release: 'kps' }, [
          binding('k8s', { status: 'True', observedGeneration: 3 }, 'prometheusagents'),
        ]),
      },
      ['True', 'Selected'],
    ],
  ])('%s', (_name, facts, expected) => {
    expect(verdict(facts).slice(0, 2)).toEqual(expected);
  });

  test('true by the Prometheus Operator’s own word, and says that it proves no scrape', () => {
    const bindings = [binding('k8s', { status: 'True', observedGeneration: 3 })];
    expect(verdict({ live: live({}, bindings), prometheuses: undefined })).toEqual([
      'True',
      'AcceptedByPrometheus',
      'Accepted for Prometheus monitoring/k8s; whether pods are scraped, its metric up tells.',
    ]);
  });

  // Labels make no new generation, and only a running Prometheus Operator takes a binding back.
  test.each<[string, Partial<MonitoringFacts>, string]>([
    ['that is gone', { prometheuses: [] }, 'NoPrometheus'],
    [
      'that wants another label now',
      { prometheuses: [prometheus({ matchLabels: { release: 'b' } })] },
      'NotSelected',
    ],
    [
      'that looks elsewhere now',
      { prometheuses: [prometheus(kps, { serviceMonitorNamespaceSelector: undefined })] },
      'NotSelected',
    ],
  ])('not taken from the binding of a Prometheus %s', (_name, facts, reason) => {
    for (const status of ['True', 'False']) {
      const bindings = [binding('k8s', { status, observedGeneration: 3 })];
      const seen = verdict({ live: live({ release: 'kps' }, bindings), ...facts });
      expect(seen.slice(0, 2)).toEqual(['False', reason]);
    }
  });

  test('taken from a binding where the namespace’s labels would tell, and may not be read', () => {
    const bindings = [binding('k8s', { status: 'True', observedGeneration: 3 })];
    const prometheuses = [
      prometheus(kps, { serviceMonitorNamespaceSelector: { matchLabels: { a: '1' } } }),
    ];
    const seen = verdict({ live: live({ release: 'kps' }, bindings), prometheuses });
    expect(seen.slice(0, 2)).toEqual(['True', 'AcceptedByPrometheus']);
  });

  test('false where one refuses it, although another accepts it', () => {
    const refusal = {
      ...{ status: 'False', reason: 'InvalidConfiguration', message: 'bad regex' },
      observedGeneration: 3,
    };
    const bindings = [
      binding('a', { status: 'True', observedGeneration: 3 }),
      binding('b', refusal),
    ];
    const prometheuses = [prometheus({}, { name: 'a' }), prometheus({}, { name: 'b' })];
    expect(verdict({ live: live({}, bindings), prometheuses })).toEqual([
      'False',
      'RejectedByPrometheus',
      'Refused for Prometheus monitoring/b (InvalidConfiguration: bad regex).',
    ]);
  });

  test('false with everything that is missing where nobody selects it', () => {
    const prometheuses = [
      prometheus(kps),
      prometheus(undefined, { name: 'none' }),
      prometheus(
        {},
        {
          kind: 'PrometheusAgent',
          name: 'own',
          serviceMonitorNamespaceSelector: undefined,
        },
      ),
      prometheus(
        { matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'b'] }] },
        { name: 'choosy', serviceMonitorNamespaceSelector: { matchLabels: { monitored: 'yes' } } },
      ),
    ];
    const [status, reason, message] = verdict({
      ...{ live: live({}), prometheuses, namespaceLabels: { a: 'b' } },
    });
    expect([status, reason]).toEqual(['False', 'NotSelected']);
    expect(message).toBe(
      'No Prometheus selects the ServiceMonitor: ' +
        'Prometheus monitoring/choosy wants team in (a,b) on the ServiceMonitor and wants ' +
        'monitored=yes on the namespace team-a; ' +
        'Prometheus monitoring/k8s wants release=kps on the ServiceMonitor; ' +
        'Prometheus monitoring/none selects no ServiceMonitors (it has no serviceMonitorSelector); ' +
        'PrometheusAgent monitoring/own looks only into its own namespace.',
    );
  });

  test('false in few words where many do not select it', () => {
    const many = Array.from({ length: 40 }, (_, index) => prometheus(kps, { name: `p${index}` }));
    const [, , message] = verdict({ live: live({}), prometheuses: many });
    expect(message).toContain('35 more do not either');
    expect(message.length).toBeLessThan(1024);
  });
});
