// Kubernetes service discovery for a Prometheus that has none built in: the addresses behind the
// Services of a control plane, with the labels that Prometheus's own discovery gives them, by HTTP.
//
// Pods are found by the Services' selectors, since there are no Endpoints: these refuse the loopback
// addresses that pods have here.
import { createServer } from 'node:http';
import type { ApiClient, KubeObject } from './api-client.ts';
import type { Pod } from './kubelet/pod.ts';
import type { PrometheusConfig, ScrapeJob } from './prometheus-operator.ts';

export interface ServiceDiscovery {
  /**
   * The configuration as a Prometheus can run it that asks here: nothing else of a job is changed,
   * but for what is put in place of a pod's own name and number.
   */
  runnable(config: PrometheusConfig): object;
  close(): Promise<void>;
}

export async function startServiceDiscovery(client: ApiClient): Promise<ServiceDiscovery> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const role = searchParams.get('role') ?? '';
    void targetGroups(client, role, searchParams.getAll('namespace')).then(
      (groups) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(groups.map(({ targets, labels }) => ({ targets, labels }))));
      },
      // Prometheus keeps what it knew, as it does when the API server is away.
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    runnable: (config) => runnable(config, `http://127.0.0.1:${port}/`),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function runnable(config: PrometheusConfig, url: string): object {
  const jobs = (config.scrape_configs ?? []).map((job) => discoverByHttp(job, url));
  const text = JSON.stringify({ ...config, scrape_configs: jobs });
  // In a pod of Prometheus these are put in by its reloader.
  return JSON.parse(
    text.replaceAll('$(SHARD)', '0').replaceAll('$(POD_NAME)', 'prometheus-0'),
  ) as object;
}

function discoverByHttp({ kubernetes_sd_configs: found = [], ...job }: ScrapeJob, url: string) {
  return {
    ...job,
    http_sd_configs: found.map(({ role, namespaces }) => {
      const query = new URLSearchParams([
        ['role', role],
        ...namespaces.names.map((name): [string, string] => ['namespace', name]),
      ]);
      return { url: `${url}?${query.toString()}`, refresh_interval: '1s' };
    }),
  };
}

interface Service extends KubeObject {
  readonly spec: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: number | string;
    }[];
  };
}

interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

async function targetGroups(
  client: ApiClient,
  role: string,
  namespaces: readonly string[],
): Promise<TargetGroup[]> {
  const groups = namespaces.map(async (namespace) => {
    const path = `/api/v1/namespaces/${namespace}`;
    const pods = await client.list<Pod & WithAddress>(`${path}/pods`);
    if (role === 'pod') return pods.filter(hasAddress).flatMap(portsOfPod);
    const services = await client.list<Service>(`${path}/services`);
    return services.flatMap((service) =>
      pods.filter((pod) => isBehind(service, pod)).flatMap((pod) => portsOf(role, service, pod)),
    );
  });
  return (await Promise.all(groups)).flat();
}

interface WithAddress {
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}

function hasAddress({ status }: WithAddress): boolean {
  return status?.podIP !== undefined;
}

function isBehind({ spec: { selector } }: Service, pod: Pod & WithAddress): boolean {
  const { labels } = pod.metadata;
  return (
    selector !== undefined &&
    Object.entries(selector).every(([key, value]) => labels?.[key] === value) &&
    hasAddress(pod)
  );
}

/** A target for each port of the Service that the pod has. */
function portsOf(role: string, service: Service, pod: Pod & WithAddress): TargetGroup[] {
  const kind = role === 'endpointslice' ? 'endpointslice' : 'endpoint';
  return service.spec.ports.flatMap(({ name = '', port, targetPort = port }) =>
    portsOfPod(pod)
      .filter(({ port: of }) => [of.name, of.containerPort].includes(targetPort))
      .map(({ targets, labels }) => ({
        targets,
        labels: {
          ...labels,
          [`__meta_kubernetes_${kind}_port_name`]: name,
          [`__meta_kubernetes_${kind}_address_target_kind`]: 'Pod',
          [`__meta_kubernetes_${kind}_address_target_name`]: pod.metadata.name,
          __meta_kubernetes_service_name: service.metadata.name,
          ...labelsAs('service', service.metadata.labels),
        },
      })),
  );
}

interface PodPort extends TargetGroup {
  readonly port: { readonly name?: string; readonly containerPort: number };
}

/** A target for each port that a container of the pod names. */
function portsOfPod({ metadata, spec, status }: Pod & WithAddress): PodPort[] {
  return spec.containers.flatMap(({ name: container, ports = [] }) =>
    ports.map((port) => ({
      port,
      targets: [`${status?.podIP ?? ''}:${port.containerPort}`],
      labels: {
        __meta_kubernetes_namespace: metadata.namespace,
        __meta_kubernetes_pod_name: metadata.name,
        __meta_kubernetes_pod_phase: status?.phase ?? '',
        __meta_kubernetes_pod_container_name: container,
        __meta_kubernetes_pod_container_port_name: port.name ?? '',
        ...labelsAs('pod', metadata.labels),
      },
    })),
  );
}

function labelsAs(object: string, labels: Readonly<Record<string, string>> = {}) {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => {
      const name = key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
      return [
        [`__meta_kubernetes_${object}_label_${name}`, value],
        [`__meta_kubernetes_${object}_labelpresent_${name}`, 'true'],
      ];
    }),
  );
}
