// A cluster for scenarios with resources: control plane, kubelet, the operator with the chart's
// rights, and a scripted model server behind the routers.
import type { KubeObject } from './api-client.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { startKubelet, type Kubelet, type LocalPod } from './kubelet/kubelet.ts';
import type { Programs } from './kubelet/launch.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import { installRights, launchOperatorProcess, type OperatorProcess } from './operator-process.ts';
import { productProgram } from './product-programs.ts';
import type { InventoryEntry } from '../../operator/resource/status.ts';
import { until } from './router-surroundings.ts';
import { systemConfig } from './system.ts';

export interface ResourceCluster {
  readonly cluster: ControlPlane;
  readonly kubelet: Kubelet;
  readonly backend: ModelServer;
  readonly token: string;
  /** The operators that were started here and not replaced. */
  operator(): OperatorProcess;
  /** Starts one more, or the next; it is ended with the cluster. */
  startOperator(args?: readonly string[]): Promise<OperatorProcess>;
  /** The same, without waiting until it is ready. */
  launchOperator(args?: readonly string[]): Promise<OperatorProcess>;
  stop(): Promise<void>;
}

export async function startResourceCluster(options: {
  /** Values of the chart, for the rights that it grants. */
  readonly values?: object;
  readonly args?: readonly string[];
  /** Made before the rights, which may be given in them. */
  readonly namespaces?: readonly string[];
  /** Before the operator starts. */
  readonly prepare?: (cluster: ControlPlane) => Promise<void>;
  /** What pods run; the product's own programs by default. */
  readonly programs?: Programs;
}): Promise<ResourceCluster> {
  const cluster = await startControlPlane();
  const kubelet = await startKubelet({ ...cluster, programs: options.programs ?? productProgram });
  const backend = await startModelServer();
  const operators: OperatorProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(operators.map((one) => one.stop('SIGKILL')));
    await kubelet.stop();
    await backend.close();
    await cluster.stop();
  };
  try {
    for (const name of options.namespaces ?? []) await cluster.createNamespace(name);
    const token = await installRights(cluster, options.values);
    await options.prepare?.(cluster);
    const launchOperator = async (args = options.args): Promise<OperatorProcess> => {
      const operator = await launchOperatorProcess(cluster, token, args);
      operators.push(operator);
      return operator;
    };
    const startOperator = async (args = options.args): Promise<OperatorProcess> => {
      const operator = await launchOperator(args);
      await operator.ready();
      return operator;
    };
    await startOperator();
    const operator = (): OperatorProcess => {
      const last = operators.at(-1);
      if (last === undefined) throw new Error('no operator was started');
      return last;
    };
    return {
      ...{ cluster, kubelet, backend, token, operator, stop },
      ...{ startOperator, launchOperator },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A condition as it stands in a status. */
export interface SeenCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}

export interface SeenResource extends KubeObject {
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly SeenCondition[];
    readonly configHash?: string;
    readonly lastGoodConfigHash?: string;
    readonly mode?: string;
    readonly replicas?: number;
    readonly inventory?: readonly InventoryEntry[];
  };
}

export const group = '/apis/semantic-router.io/v1alpha1';

export function resourcePath(namespace: string, name = ''): string {
  const slash = name === '' ? '' : `/${name}`;
  return `${group}/namespaces/${namespace}/semanticroutermaas${slash}`;
}

/** A resource whose router sends all to one backend, with user and tier from trusted headers. */
export function resourceOf(
  name: string,
  given: { readonly port: number; readonly config?: object; readonly spec?: object },
): object {
  return {
    apiVersion: 'semantic-router.io/v1alpha1',
    kind: 'SemanticRouterMaas',
    metadata: { name },
    spec: {
      auth: { trustIncomingHeaders: true },
      networkPolicy: { clientsFrom: [{ podSelector: {} }] },
      ...given.spec,
      config: systemConfig(
        { small: given.port, big: given.port },
        { maas_integration: { enabled: true }, ...given.config },
      ),
    },
  };
}

/** The condition as `status/reason`; `none` where there is none, or it is of an earlier generation. */
export function conditionOf(resource: SeenResource, type: string): string {
  const found = resource.status?.conditions?.find((condition) => condition.type === type);
  if (found === undefined || found.observedGeneration !== resource.metadata.generation)
    return 'none';
  return `${found.status}/${found.reason}`;
}

/** Waits until the condition is as said, of the newest generation; resolves with the resource. */
export async function untilCondition(
  { cluster, operator }: Pick<ResourceCluster, 'cluster' | 'operator'>,
  path: string,
  expected: Readonly<Record<string, string>>,
): Promise<SeenResource> {
  let seen: SeenResource | undefined;
  const holds = async (): Promise<boolean> => {
    seen = await cluster.client.find<SeenResource>(path);
    const current = seen;
    return (
      current !== undefined &&
      Object.entries(expected).every(([type, is]) => conditionOf(current, type) === is)
    );
  };
  await until(JSON.stringify(expected), holds).catch((error: unknown) => {
    const conditions = JSON.stringify(seen?.status?.conditions, undefined, 1);
    throw new Error(`${String(error)}\n${conditions}\n${operator().log().slice(-3000)}`);
  });
  if (seen === undefined) throw new Error('there is no such resource');
  return seen;
}

/** Where a pod's Envoy takes requests. */
export function urlOf({ address }: LocalPod): string {
  return `http://${address}:8801`;
}
