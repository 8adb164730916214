// The whole way of being scraped, with real parts: our operator writes a ServiceMonitor, the real
// Prometheus Operator selects it and generates a configuration, and a real Prometheus reads every pod
// by it. What our conditions say of it is held against what the Prometheus Operator did.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../kit/api-client.ts';
import { send } from '../kit/client.ts';
import { countWrites, untilQuiet } from '../kit/operator-deeds.ts';
import { freePort } from '../kit/ports.ts';
import { prometheusVersion, startPrometheus, type PrometheusProcess } from '../kit/prometheus.ts';
import {
  generatedConfig,
  jobNameOf,
  prometheusOperatorCrds,
  startPrometheusOperator,
  type PrometheusConfig,
  type PrometheusOperator,
} from '../kit/prometheus-operator.ts';
import {
  resourceOf,
  resourcePath,
  startResourceCluster,
  untilCondition,
  urlOf,
  type ResourceCluster,
  type SeenResource,
} from '../kit/resource-cluster.ts';
import { requestOf, until } from '../kit/router-surroundings.ts';
import { startServiceDiscovery, type ServiceDiscovery } from '../kit/service-discovery.ts';
import { findPrometheusOperator } from '../kit/tools/prometheus-operator.ts';
import { findPrometheusProgram } from '../kit/tools/prometheus.ts';
import { prometheusRows, type PrometheusRow } from './prometheus-rows.ts';

const operatorBinary = (await findPrometheusOperator()) ?? '';
const prometheusBinary = (await findPrometheusProgram('prometheus')) ?? '';
const isPossible = operatorBinary !== '' && prometheusBinary !== '';

const api = '/apis/monitoring.coreos.com/v1/namespaces';
const kps = { namespace: 'monitoring', name: 'kps' };
const kpsPath = `${api}/${kps.namespace}/prometheuses/${kps.name}`;
const wanted = {
  serviceMonitorSelector: { matchLabels: { release: 'kps' } },
  serviceMonitorNamespaceSelector: { matchLabels: { monitored: 'yes' } },
};

// Jest shows what is skipped, and the name says why.
(isPossible ? describe : describe.skip)(
  'by the Prometheus Operator (skipped without prometheus-operator or Prometheus)',
  () => {
    let world: ResourceCluster;
    let discovery: ServiceDiscovery;
    let version: string;
    let prometheusOperator: PrometheusOperator | undefined;
    let scraper: PrometheusProcess | undefined;

    beforeAll(async () => {
      version = await prometheusVersion(prometheusBinary);
      world = await startResourceCluster({
        // Every resource is looked at again each second.
        args: ['--no-leader-elect', '--resync', '1'],
        namespaces: [kps.namespace],
        prepare: (cluster) => cluster.applyCrds(prometheusOperatorCrds),
      });
      discovery = await startServiceDiscovery(world.cluster.client);
    });
    afterAll(async () => {
      await scraper?.stop();
      await discovery.close();
      await prometheusOperator?.stop();
      await world.stop();
    });

    async function runPrometheusOperator(writesStatus: boolean): Promise<void> {
      await prometheusOperator?.stop();
      const { cluster } = world;
      prometheusOperator = await startPrometheusOperator({
        ...{ binary: operatorBinary, cluster, writesStatus },
      });
    }

    /** Applies a Prometheus object; it runs nothing. */
    async function applyPrometheus(
      { namespace, name }: { readonly namespace: string; readonly name: string },
      spec: object,
    ): Promise<void> {
      await world.cluster.client.create(`${api}/${namespace}/prometheuses`, {
        ...{ apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus', metadata: { name } },
        spec: { version: `v${version}`, replicas: 0, ...spec },
      });
    }

    async function removePrometheuses(): Promise<void> {
      const path = '/apis/monitoring.coreos.com/v1/prometheuses';
      const list = (): Promise<KubeObject[]> => world.cluster.client.list(path);
      for (const { metadata } of await list()) {
        const { namespace = '', name } = metadata;
        await world.cluster.client.delete(`${api}/${namespace}/prometheuses/${name}`);
      }
      await until('there is no Prometheus', async () => (await list()).length === 0);
    }

    async function createResource(namespace: string, spec: object): Promise<string> {
      await world.cluster.client.create(
        resourcePath(namespace),
        resourceOf('chat', { port: world.backend.port, spec }),
      );
      return resourcePath(namespace, 'chat');
    }

    const messageOf = ({ status }: SeenResource): string =>
      status?.conditions?.find(({ type }) => type === 'MonitoringReady')?.message ?? '';

    const hasJob = (config: PrometheusConfig | undefined, job: string): boolean =>
      config?.scrape_configs?.some(({ job_name }) => job_name === job) ?? false;

    async function untilJob(is: boolean, job: string): Promise<PrometheusConfig> {
      let config: PrometheusConfig | undefined;
      await until(`${job} in the configuration: ${is}`, async () => {
        config = await generatedConfig(world.cluster, kps);
        return config !== undefined && hasJob(config, job) === is;
      });
      return config ?? {};
    }

    afterEach(removePrometheuses);

    describe('agrees with us on who selects a ServiceMonitor', () => {
      const namespace = 'team-rows';
      let path: string;
      beforeAll(async () => {
        await world.cluster.createNamespace(namespace, { monitored: 'yes', team: 'a' });
        path = await createResource(namespace, {
          replicas: 0,
          monitoring: { mode: 'Enabled', labels: { release: 'kps', empty: '' } },
        });
        await until('the ServiceMonitor is there', async () => {
          const monitor = `${api}/${namespace}/servicemonitors/chat`;
          return (await world.cluster.client.find(monitor)) !== undefined;
        });
      });

      const place = ({ isInOurs = false }: PrometheusRow): string =>
        isInOurs ? namespace : kps.namespace;
      const nameOf = (index: number): string => `row-${index}`;

      async function taken(): Promise<string[]> {
        const job = jobNameOf(namespace, 'chat');
        const found = prometheusRows.map(async (row, index) => {
          const config = await generatedConfig(world.cluster, {
            ...{ namespace: place(row), name: nameOf(index) },
          });
          return hasJob(config, job) ? [row.what] : [];
        });
        return (await Promise.all(found)).flat();
      }

      interface WithConditions {
        readonly status?: { readonly conditions?: readonly { readonly type: string }[] };
      }

      async function isLookedAt(row: PrometheusRow, index: number): Promise<boolean> {
        const object = `${api}/${place(row)}/prometheuses/${nameOf(index)}`;
        const { status } = await world.cluster.client.get<WithConditions>(object);
        return status?.conditions?.some(({ type }) => type === 'Reconciled') ?? false;
      }

      test.each([
        ['Selected', false],
        ['AcceptedByPrometheus', true],
      ])('and MonitoringReady names them: %s', async (reason, writesStatus) => {
        await runPrometheusOperator(writesStatus);
        for (const [index, row] of prometheusRows.entries()) {
          await applyPrometheus({ namespace: place(row), name: nameOf(index) }, row.spec);
        }
        await until('each is looked at', async () =>
          (await Promise.all(prometheusRows.map(isLookedAt))).every(Boolean),
        );
        const expected = prometheusRows.filter(({ takes }) => takes).map(({ what }) => what);
        await until('some take it', async () => (await taken()).length >= expected.length);
        expect(await taken()).toEqual(expected);
        const named = async (): Promise<string[]> => {
          const message = messageOf(
            await untilCondition(world, path, { MonitoringReady: `True/${reason}` }),
          );
          return prometheusRows
            .filter((row, index) => new RegExp(`${place(row)}/${nameOf(index)}\\b`).test(message))
            .map(({ what }) => what);
        };
        await until('all are named', async () => (await named()).length >= expected.length);
        expect(await named()).toEqual(expected);
      });
    });
  },
);
