// A cluster for scenarios of being scraped: resources, the real Prometheus Operator, and Prometheus
// objects that run nothing, since the tests run their Prometheus themselves.
import { prometheusVersion } from './prometheus.ts';
import {
  generatedConfig,
  prometheusOperatorCrds,
  startPrometheusOperator,
  type PrometheusConfig,
  type PrometheusName,
  type PrometheusOperator,
} from './prometheus-operator.ts';
import { resourceOf, resourcePath, startResourceCluster } from './resource-cluster.ts';
import type { ResourceCluster } from './resource-cluster.ts';
import { until } from './router-surroundings.ts';
import { startServiceDiscovery, type ServiceDiscovery } from './service-discovery.ts';

export interface MonitoringCluster extends ResourceCluster {
  readonly discovery: ServiceDiscovery;
  /** Starts it in place of the one that ran. */
  runPrometheusOperator(options: { readonly writesStatus: boolean }): Promise<void>;
  /** Ends it; what it has written stays. */
  stopPrometheusOperator(): Promise<void>;
  /** Creates a Prometheus, or an agent. */
  createPrometheus(prometheus: PrometheusName, spec: object): Promise<void>;
  /** Changes its spec by a merge patch. */
  changePrometheus(prometheus: PrometheusName, spec: object): Promise<void>;
  /** Deletes all of them, and waits until the Prometheus Operator lets them go. */
  deletePrometheuses(): Promise<void>;
  /** Creates the resource `chat`; resolves with its path. */
  createResource(namespace: string, spec: object): Promise<string>;
  /** Waits until the job is in the configuration of a Prometheus, or is not. */
  untilJob(
    is: 'there' | 'gone',
    job: string,
    prometheus: PrometheusName,
  ): Promise<PrometheusConfig>;
}

const group = '/apis/monitoring.coreos.com';

function collection({ namespace, isAgent = false }: Omit<PrometheusName, 'name'>): string {
  return isAgent
    ? `${group}/v1alpha1/namespaces/${namespace}/prometheusagents`
    : `${group}/v1/namespaces/${namespace}/prometheuses`;
}

export function prometheusPath(prometheus: PrometheusName): string {
  return `${collection(prometheus)}/${prometheus.name}`;
}

export function serviceMonitorPath(namespace: string, name: string): string {
  return `${group}/v1/namespaces/${namespace}/servicemonitors/${name}`;
}

export function hasJob(config: PrometheusConfig | undefined, job: string): boolean {
  return config?.scrape_configs?.some(({ job_name }) => job_name === job) ?? false;
}

/** Our operator looks at every resource again each second. */
export async function startMonitoringCluster(binaries: {
  readonly prometheusOperator: string;
  readonly prometheus: string;
}): Promise<MonitoringCluster> {
  const version = await prometheusVersion(binaries.prometheus);
  const world = await startResourceCluster({
    args: ['--no-leader-elect', '--resync', '1'],
    prepare: (cluster) => cluster.applyCrds(prometheusOperatorCrds),
  });
  const { cluster } = world;
  const { client } = cluster;
  const discovery = await startServiceDiscovery(client);
  let running: PrometheusOperator | undefined;
  const list = async (): Promise<readonly PrometheusName[]> => {
    const servers = await client.list(`${group}/v1/prometheuses`);
    const agents = await client.list(`${group}/v1alpha1/prometheusagents`);
    return [servers, agents].flatMap((objects) =>
      objects.map(({ metadata: { namespace = '', name } }) => ({
        ...{ namespace, name, isAgent: objects === agents },
      })),
    );
  };
  return {
    ...world,
    discovery,
    runPrometheusOperator: async ({ writesStatus }) => {
      await running?.stop();
      const binary = binaries.prometheusOperator;
      running = await startPrometheusOperator({ binary, cluster, writesStatus });
    },
    stopPrometheusOperator: async () => {
      await running?.stop();
    },
    createPrometheus: async (prometheus, spec) => {
      const { name, isAgent = false } = prometheus;
      await client.create(collection(prometheus), {
        apiVersion: `monitoring.coreos.com/${isAgent ? 'v1alpha1' : 'v1'}`,
        ...{ kind: isAgent ? 'PrometheusAgent' : 'Prometheus', metadata: { name } },
        // What it generates is for the version that is to read it.
        spec: { version: `v${version}`, replicas: 0, ...spec },
      });
    },
    changePrometheus: async (prometheus, spec) => {
      await client.patch(prometheusPath(prometheus), { spec });
    },
    deletePrometheuses: async () => {
      for (const one of await list()) await client.delete(prometheusPath(one));
      await until('there is no Prometheus', async () => (await list()).length === 0);
    },
    createResource: async (namespace, spec) => {
      const resource = resourceOf('chat', { port: world.backend.port, spec });
      await client.create(resourcePath(namespace), resource);
      return resourcePath(namespace, 'chat');
    },
    untilJob: async (is, job, prometheus) => {
      let config: PrometheusConfig | undefined;
      await until(`${job} is ${is}`, async () => {
        config = await generatedConfig(cluster, prometheus);
        return config !== undefined && hasJob(config, job) === (is === 'there');
      });
      return config ?? {};
    },
    stop: async () => {
      await discovery.close();
      await running?.stop();
      await world.stop();
    },
  };
}
