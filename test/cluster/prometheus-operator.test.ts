// The whole way of being scraped, with real parts: our operator writes a ServiceMonitor, the real
// Prometheus Operator selects it and generates a configuration, and a real Prometheus reads every pod
// by it. What our conditions say of it is held against what the Prometheus Operator did.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { KubeObject } from '../kit/api-client.ts';
import { send } from '../kit/client.ts';
import { conditionIn, historyWhile, type ConditionHistory } from '../kit/condition-history.ts';
import { docBlocks } from '../kit/doc-blocks.ts';
import {
  hasJob,
  prometheusPath,
  serviceMonitorPath,
  startMonitoringCluster,
  type MonitoringCluster,
} from '../kit/monitoring-cluster.ts';
import { countWrites, operatorMetric } from '../kit/operator-deeds.ts';
import { installOperatorMetrics } from '../kit/operator-metrics.ts';
import { operatorNamespace } from '../kit/operator-process.ts';
import { freePort } from '../kit/ports.ts';
import { startPrometheus, type PrometheusProcess } from '../kit/prometheus.ts';
import { generatedConfig, jobNameOf, type PrometheusConfig } from '../kit/prometheus-operator.ts';
import { untilCondition, urlOf, type SeenResource } from '../kit/resource-cluster.ts';
import { requestOf, until } from '../kit/router-surroundings.ts';
import { findPrometheusOperator } from '../kit/tools/prometheus-operator.ts';
import { findPrometheusProgram } from '../kit/tools/prometheus.ts';
import { prometheusRows, type PrometheusRow } from './prometheus-rows.ts';

const binaries = {
  prometheusOperator: (await findPrometheusOperator()) ?? '',
  prometheus: (await findPrometheusProgram('prometheus')) ?? '',
};
const isPossible = Object.values(binaries).every((binary) => binary !== '');

/** As an installation of kube-prometheus-stack has it, with a choice of namespaces. */
const kps = { namespace: 'monitoring', name: 'kps' };
const choosy = {
  serviceMonitorSelector: { matchLabels: { release: 'kps' } },
  serviceMonitorNamespaceSelector: { matchLabels: { monitored: 'yes' } },
};

let world: MonitoringCluster;
beforeAll(async () => {
  if (!isPossible) return;
  world = await startMonitoringCluster(binaries);
  await world.cluster.createNamespace(kps.namespace);
});
afterAll(async () => {
  if (isPossible) await world.stop();
});

// Jest shows what is skipped, and the name says why.
const suite = isPossible ? describe : describe.skip;

suite('who selects a ServiceMonitor (skipped without prometheus-operator or Prometheus)', () => {
  const namespace = 'team-rows';
  let path: string;
  beforeAll(async () => {
    await world.cluster.createNamespace(namespace, { monitored: 'yes', team: 'a' });
    path = await world.createResource(namespace, {
      replicas: 0,
      monitoring: { mode: 'Enabled', labels: { release: 'kps', empty: '' } },
    });
    await until('the ServiceMonitor is there', async () => {
      return (await world.cluster.client.find(serviceMonitorPath(namespace, 'chat'))) !== undefined;
    });
  });
  afterEach(() => world.deletePrometheuses());

  const allRows = prometheusRows.map((row, index) => ({
    ...row,
    name: `row-${index}`,
    namespace: row.isInOurs === true ? namespace : kps.namespace,
  }));
  const whatOf = (some: readonly PrometheusRow[]): string[] => some.map(({ what }) => what);

  async function takingOf(rows: typeof allRows): Promise<string[]> {
    const configs = await Promise.all(rows.map((row) => generatedConfig(world.cluster, row)));
    return whatOf(rows.filter((_, index) => hasJob(configs[index], jobNameOf(namespace, 'chat'))));
  }

  async function isLookedAt(row: (typeof allRows)[number]): Promise<boolean> {
    const found = await world.cluster.client.get<SeenResource>(prometheusPath(row));
    const { paused } = found['spec'] as { readonly paused?: boolean };
    const isReconciled = found.status?.conditions?.some(({ type }) => type === 'Reconciled');
    return paused === true || isReconciled === true;
  }

  test.each([
    ['Selected', false],
    ['AcceptedByPrometheus', true],
  ])(
    'the Prometheus Operator, our selectors and our condition agree: %s',
    async (reason, writesStatus) => {
      await world.runPrometheusOperator({ writesStatus });
      // It selects in the same way with its feature gate: some of each are enough to see it.
      const rows = allRows.filter((_, index) => !writesStatus || index % 3 === 0);
      await Promise.all(rows.map((row) => world.createPrometheus(row, row.spec)));
      await until('each is looked at', async () =>
        (await Promise.all(rows.map(isLookedAt))).every(Boolean),
      );
      const expected = whatOf(rows.filter(({ takes }) => takes));
      await until('some take it', async () => (await takingOf(rows)).length >= expected.length);
      expect(await takingOf(rows)).toEqual(expected);
      const named = async (): Promise<string[]> => {
        const conditions = { MonitoringReady: `True/${reason}` };
        const seen = await untilCondition(world, path, conditions);
        const message = conditionIn(seen, 'MonitoringReady')?.message ?? '';
        return whatOf(
          rows.filter((row) => new RegExp(`${row.namespace}/${row.name}\\b`).test(message)),
        );
      };
      const told = whatOf(
        rows.filter(({ takes, isOnlySelected = false, isAgent = false }) =>
          // Of agents the Prometheus Operator writes no status to a ServiceMonitor.
          writesStatus ? takes && !isAgent : takes || isOnlySelected,
        ),
      );
      await until('as many are named', async () => (await named()).length >= told.length);
      expect(await named()).toEqual(told);
    },
  );
});

suite('a router is scraped (skipped without prometheus-operator or Prometheus)', () => {
  const namespace = 'team-a';
  const job = jobNameOf(namespace, 'chat');
  let path: string;
  let scraper: PrometheusProcess;
  beforeAll(async () => {
    const port = await freePort();
    scraper = await startPrometheus({ binary: binaries.prometheus, port, config: {} });
    await world.cluster.createNamespace(namespace, { monitored: 'yes' });
    await world.runPrometheusOperator({ writesStatus: true });
    path = await world.createResource(namespace, { replicas: 2, monitoring: { interval: '1s' } });
  });
  beforeEach(async () => {
    const isThere = (await world.cluster.client.find(prometheusPath(kps))) !== undefined;
    await (isThere ? world.changePrometheus(kps, choosy) : world.createPrometheus(kps, choosy));
    await untilCondition(world, path, {
      ...{ Ready: 'True/Ready', MonitoringReady: 'True/AcceptedByPrometheus' },
    });
  });
  afterAll(async () => {
    await scraper.stop();
    await world.deletePrometheuses();
  });

  /** As the samples of an instant query have it. */
  const labelsOf = async (query: string): Promise<readonly Readonly<Record<string, string>>[]> =>
    (await scraper.query(query)).map(({ labels }) => labels);
  const podsOf = async (query: string): Promise<unknown[]> =>
    (await labelsOf(query)).map(({ pod }) => pod).sort();

  const monitor = (): Promise<KubeObject> =>
    world.cluster.client.get(serviceMonitorPath(namespace, 'chat'));

  test('with the label that Auto adds, every replica by itself, and users and tiers are billed', async () => {
    const { metadata, status } = await monitor();
    expect(metadata.labels).toMatchObject({ release: 'kps' });
    const conditions = [
      expect.objectContaining({
        ...{ type: 'Accepted', status: 'True', observedGeneration: metadata.generation },
      }),
    ];
    expect(status).toMatchObject({ bindings: [{ ...kps, resource: 'prometheuses', conditions }] });

    const config = await world.untilJob('there', job, kps);
    await scraper.configure(world.discovery.runnable(config));
    const pods = world.kubelet.pods(namespace);
    const names = pods.map(({ name }) => name).sort();
    expect(names).toHaveLength(2);
    const up = 'up{job="chat",namespace="team-a"}';
    await until('both are scraped', async () => (await podsOf(`${up} == 1`)).length >= 2);
    // No pod is found twice: there are two Services.
    expect(await podsOf(up)).toEqual(names);

    for (const [index, pod] of pods.entries()) {
      const { status: code } = await send(requestOf(urlOf(pod), `user-${index}`));
      expect(code).toBe(200);
    }
    const bill =
      'sum by (job, namespace, service, pod, user, tier, model) ' +
      '(semantic_router_requests_total{job="chat",namespace="team-a"})';
    await until('both requests are billed', async () => (await scraper.query(bill)).length >= 2);
    expect(await scraper.query(bill)).toEqual(
      expect.arrayContaining(
        pods.map(({ name }, index) => ({
          labels: {
            ...{ job: 'chat', namespace, service: 'chat', pod: name },
            ...{ user: `user-${index}`, tier: 'premium', model: 'small' },
          },
          value: 1,
        })),
      ),
    );
    // What Prometheus calls so is a label of ours that the target's own has pushed aside.
    const all = await labelsOf('{job="chat"}');
    const pushedAside = all.flatMap((labels) => Object.keys(labels)).filter(isExported);
    expect(pushedAside).toEqual([]);
  });

  test('and without the Prometheus Operator by the job of the document, with the same result', async () => {
    const [, document = ''] = docBlocks('monitoring.md', 'yaml');
    const config = parse(document) as PrometheusConfig;
    const often = { ...config, global: { scrape_interval: '1s' } };
    await scraper.configure(world.discovery.runnable(often));
    // With fewer labels than by the ServiceMonitor, they are targets of their own.
    const up = 'up{job="chat",namespace="team-a",container=""} == 1';
    await until('both are scraped', async () => (await podsOf(up)).length >= 2);
    const pods = world.kubelet.pods(namespace);
    expect(await podsOf(up)).toEqual(pods.map(({ name }) => name).sort());
  });

  const afterwards = (act: () => Promise<unknown>, is: string): Promise<ConditionHistory> =>
    historyWhile(world, act, { namespace, name: 'chat', type: 'MonitoringReady', is });

  /** For a while, it may be known only that a Prometheus selects it; that is no flapping. */
  const throughSelected = (last: string): unknown =>
    expect.stringMatching(new RegExp(`^(Selected,)?${last}$`));

  const labelOf = async (): Promise<string | undefined> =>
    (await monitor()).metadata.labels?.['release'];
  const kubectl = (...args: string[]): Promise<string> => world.cluster.kubectl(args);
  const labelNamespace = (label: string): Promise<string> =>
    kubectl('label', 'namespace', namespace, label);
  /** An edit by somebody else, which the operator leaves alone. */
  const setScrapeClass = (name: string | null): Promise<string> =>
    kubectl(
      ...['patch', 'servicemonitor/chat', '-n', namespace, '--field-manager=somebody'],
      ...['--type=merge', '-p', JSON.stringify({ spec: { scrapeClass: name } })],
    );

  test('still, when its label is taken away, or the Prometheus wants another', async () => {
    await kubectl('label', '-n', namespace, 'servicemonitor/chat', 'release-');
    await until('the label is there again', async () => (await labelOf()) === 'kps');
    const other = { serviceMonitorSelector: { matchLabels: { release: 'other' } } };
    const { reasons } = await afterwards(async () => {
      await world.changePrometheus(kps, other);
      await until('the label is the other', async () => (await labelOf()) === 'other');
    }, 'True/AcceptedByPrometheus');
    // It may be known only that it is selected for a moment, or not even that is seen.
    expect(reasons.join()).toMatch(/^(Selected,AcceptedByPrometheus)?$/);
    await world.untilJob('there', job, kps);
  });

  test('no more, when the namespace is none of the Prometheus’s, and the condition says so', async () => {
    const gone = await afterwards(() => labelNamespace('monitored-'), 'False/NotSelected');
    expect(gone.reasons.join()).toEqual(throughSelected('NotSelected'));
    expect(gone.message).toContain('monitored=yes on the namespace team-a');
    await world.untilJob('gone', job, kps);
    const back = await afterwards(
      () => labelNamespace('monitored=yes'),
      'True/AcceptedByPrometheus',
    );
    expect(back.reasons.join()).toEqual(throughSelected('AcceptedByPrometheus'));
    await world.untilJob('there', job, kps);
  });

  test('no more, when the Prometheus Operator refuses the ServiceMonitor, and the condition says why', async () => {
    const refused = await afterwards(() => setScrapeClass('nobody'), 'False/RejectedByPrometheus');
    expect(refused.reasons.join()).toEqual(throughSelected('RejectedByPrometheus'));
    expect(refused.message).toMatch(
      /^Refused for Prometheus monitoring\/kps \(InvalidConfiguration: .*scrapeClass "nobody".*\)\.$/,
    );
    await world.untilJob('gone', job, kps);
    const taken = await afterwards(() => setScrapeClass(null), 'True/AcceptedByPrometheus');
    expect(taken.reasons.join()).toEqual(throughSelected('AcceptedByPrometheus'));
  });

  test('as far as is known, while the Prometheus Operator is away: its last word is not believed for ever', async () => {
    await world.stopPrometheusOperator();
    const { reasons } = await afterwards(() => labelNamespace('monitored-'), 'False/NotSelected');
    expect(reasons).toEqual(['NotSelected']);
    expect((await monitor())['status']).toMatchObject({ bindings: [kps] });
    await labelNamespace('monitored=yes');
    await world.runPrometheusOperator({ writesStatus: true });
  });

  test('not at all, when a page exceeds a limit of the Prometheus, as the document warns', async () => {
    const limited = async (enforcedSampleLimit: number | null): Promise<void> => {
      await world.changePrometheus(kps, { enforcedSampleLimit });
      let config: PrometheusConfig = {};
      await until(`the limit is ${enforcedSampleLimit}`, async () => {
        config = await world.untilJob('there', job, kps);
        const found = config.scrape_configs?.find(({ job_name }) => job_name === job);
        return (found?.['sample_limit'] ?? null) === enforcedSampleLimit;
      });
      await scraper.configure(world.discovery.runnable(config));
    };
    const down = 'up{job="chat",namespace="team-a",service="chat"} == 0';
    await limited(5);
    await until('both are down', async () => (await podsOf(down)).length === 2);
    await limited(null);
    await until('none is down', async () => (await podsOf(down)).length === 0);
  });

  test('and so is the operator, by the Service and the ServiceMonitor of the chart', async () => {
    const { metricsUrl } = world.operator();
    const monitored = await installOperatorMetrics(world.cluster, { metricsUrl, release: 'kps' });
    await kubectl('label', 'namespace', operatorNamespace, 'monitored=yes');
    const config = await world.untilJob('there', jobNameOf(operatorNamespace, monitored), kps);
    await scraper.configure(world.discovery.runnable(config));
    // The namespace is the resource's, which alerts are about, and not the operator's.
    const resource = 'namespace="team-a",name="chat"';
    const series = `semantic_router_maas_condition{${resource},type="MonitoringReady"} == 1`;
    await until('its conditions are read', async () => (await labelsOf(series)).length > 0);
    expect(await labelsOf(series)).toEqual([
      expect.objectContaining({ status: 'True', service: `${monitored}-metrics` }),
    ]);
  });

  test('no more, when the Prometheus is deleted, and an idle operator writes nothing', async () => {
    const gone = await afterwards(() => world.deletePrometheuses(), 'False/NoPrometheus');
    expect(gone.reasons.join()).toEqual(throughSelected('NoPrometheus'));
    expect((await monitor())['status']).toEqual({ bindings: [] });
    const written = await countWrites(world.cluster);
    const before = await reconciles();
    await until('it has looked again', async () => (await reconciles()) >= before + 6);
    expect(await written()).toEqual([]);
  });

  async function reconciles(): Promise<number> {
    const series = 'controller_runtime_reconcile_total';
    const labels = 'controller="semanticroutermaas",result="success"';
    return (await operatorMetric(world.operator(), `${series}{${labels}}`)) ?? 0;
  }
});

function isExported(label: string): boolean {
  return label.startsWith('exported_');
}
