// What the chart brings for the operator's own metrics, on the control plane of a test, with a pod
// in the operator's place that has the labels and ports of the chart's and the address of a process.
import { stringify } from 'yaml';
import type { ControlPlane } from './control-plane.ts';
import { renderChart, type RenderedObject } from './helm.ts';
import { operatorNamespace } from './operator-process.ts';

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
    }[];
  };
}

/** Resolves with the name of the ServiceMonitor, which has that label `release`. */
export async function installOperatorMetrics(
  cluster: ControlPlane,
  { metricsUrl, release }: { readonly metricsUrl: string; readonly release: string },
): Promise<string> {
  const serviceMonitor = { enabled: true, interval: '1s', labels: { release } };
  const rendered = await renderChart({ metrics: { serviceMonitor } });
  const of = (kind: string): RenderedObject => {
    const found = rendered.find((object) => object.kind === kind);
    if (found === undefined) throw new Error(`the chart has no ${kind}`);
    return found;
  };
  const input = [of('Service'), of('ServiceMonitor')].map((one) => stringify(one)).join('---\n');
  await cluster.kubectl(['apply', '--server-side', '-n', operatorNamespace, '-f', '-'], { input });

  const { template } = of('Deployment')['spec'] as { readonly template: PodTemplate };
  const { hostname, port } = new URL(metricsUrl);
  const pods = `/api/v1/namespaces/${operatorNamespace}/pods`;
  const name = 'operator-0';
  await cluster.client.create(pods, {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: template.metadata.labels } },
    spec: {
      // No node takes it: the process runs already.
      schedulingGates: [{ name: 'test.invalid/runs-elsewhere' }],
      containers: template.spec.containers.map((container) => ({
        ...{ name: container.name, image: 'operator:test' },
        ports: container.ports.map((one) =>
          one.name === 'metrics' ? { ...one, containerPort: Number(port) } : one,
        ),
      })),
    },
  });
  await cluster.client.patch(`${pods}/${name}/status`, {
    status: { phase: 'Running', podIP: hostname, podIPs: [{ ip: hostname }] },
  });
  return of('ServiceMonitor').metadata.name;
}
