// The real Prometheus Operator on the control plane of a test, and what it has made of the objects
// there. It runs no Prometheus: give the Prometheus objects no replicas.
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import type { ControlPlane } from './control-plane.ts';
import { startProgram, waitUntilReady } from './control-plane/program.ts';
import { freePort } from './ports.ts';
import { thirdPartyCrd } from './tools/third-party-crds.ts';

/** Files of the CRDs without which it does not start to work. */
export const prometheusOperatorCrds: readonly string[] = [
  thirdPartyCrd('monitoring.coreos.com_podmonitors'),
  thirdPartyCrd('monitoring.coreos.com_probes'),
  thirdPartyCrd('monitoring.coreos.com_prometheusagents'),
  thirdPartyCrd('monitoring.coreos.com_prometheuses'),
  thirdPartyCrd('monitoring.coreos.com_prometheusrules'),
  thirdPartyCrd('monitoring.coreos.com_servicemonitors'),
];

export interface PrometheusOperator {
  /**
   * Ends it at once. With `writesStatus` its finalizer stays on the Prometheus objects, which then
   * wait for the next one to be deleted.
   */
  stop(): Promise<void>;
}

export async function startPrometheusOperator(options: {
  readonly binary: string;
  readonly cluster: Pick<ControlPlane, 'kubeconfig'>;
  /** Whether it tells on each ServiceMonitor who takes it: its feature gate, off by default. */
  readonly writesStatus: boolean;
}): Promise<PrometheusOperator> {
  const address = `127.0.0.1:${await freePort()}`;
  const program = await startProgram(
    options.binary,
    [
      `--web.listen-address=${address}`,
      `--feature-gates=StatusForConfigurationResources=${options.writesStatus}`,
      '--kubelet-endpoints=false',
    ],
    { KUBECONFIG: await options.cluster.kubeconfig() },
  );
  await waitUntilReady('The Prometheus Operator', program, async () => {
    const reply = await fetch(`http://${address}/healthz`);
    await reply.arrayBuffer();
    return reply.ok && program.output().includes('successfully synced all caches');
  });
  return { stop: () => program.end('SIGKILL') };
}

export interface PrometheusName {
  readonly namespace: string;
  readonly name: string;
  /** A PrometheusAgent of that name, rather than a Prometheus. */
  readonly isAgent?: boolean;
}

/** A job of Prometheus's configuration, as far as the tests know it. */
export interface ScrapeJob {
  readonly job_name: string;
  readonly kubernetes_sd_configs?: readonly {
    readonly role: string;
    readonly namespaces: { readonly names: readonly string[] };
  }[];
  readonly [field: string]: unknown;
}

export interface PrometheusConfig {
  readonly scrape_configs?: readonly ScrapeJob[];
  readonly [field: string]: unknown;
}

/** The configuration that it wrote for one; undefined: none yet, or none to write. */
export async function generatedConfig(
  { client }: Pick<ControlPlane, 'client'>,
  { namespace, name, isAgent = false }: PrometheusName,
): Promise<PrometheusConfig | undefined> {
  const secret = await client.find<{ readonly data?: Readonly<Record<string, string>> }>(
    `/api/v1/namespaces/${namespace}/secrets/${isAgent ? 'prom-agent' : 'prometheus'}-${name}`,
  );
  const packed = secret?.data?.['prometheus.yaml.gz'];
  // Empty where the user is to write it: no selector of anything.
  if (packed === undefined || packed === '') return undefined;
  const text = gunzipSync(Buffer.from(packed, 'base64')).toString();
  return (parse(text) ?? undefined) as PrometheusConfig | undefined;
}

/** The job of the only endpoint of a ServiceMonitor. */
export function jobNameOf(namespace: string, serviceMonitor: string): string {
  return `serviceMonitor/${namespace}/${serviceMonitor}/0`;
}
