// One run of the operator: all resources created at once, waited for, looked at, and the operator
// restarted.
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../kit/api-client.ts';
import { writingVerbs, type AuditedRequest } from '../../kit/control-plane/audit.ts';
import { launchOperatorProcess } from '../../kit/operator-process.ts';
import { freePort } from '../../kit/ports.ts';
import { resourcePath, type SeenResource } from '../../kit/resource-cluster.ts';
import {
  createResources,
  operatorRequests,
  resourceNames,
  startBenchCluster,
  untilReady,
  type BenchCluster,
} from './bench-cluster.ts';
import { cpuSeconds, readMemory, type Memory } from './process-figures.ts';

export interface OperatorRun {
  /** From the first creation until the last resource is reported as ready. */
  readonly wallMs: number;
  /** User and system time of the operator in that time, and until nothing more came. */
  readonly cpuSeconds: number;
  /** Calls of reconcile. */
  readonly reconciles: number;
  readonly requests: readonly AuditedRequest[];
  /** With no resource, and with all. */
  readonly memory: { readonly before: Memory; readonly after: Memory };
  readonly restart: {
    /** From the start of the process until its caches are filled. */
    readonly readyMs: number;
    readonly writes: number;
    readonly cpuSeconds: number;
  };
  /** What was written, for a bare loop to write it again. */
  readonly template: Template;
}

export interface Template {
  readonly status: object;
  readonly event: KubeObject;
}

const settleMs = 3_000;

export async function runOperator(count: number): Promise<OperatorRun> {
  await using cleanup = new AsyncDisposableStack();
  const bench = await startBenchCluster(cleanup);
  const start = async () => {
    const port = await freePort();
    const begun = performance.now();
    const process = await launchOperatorProcess(
      bench.cluster,
      bench.token,
      [],
      [`--inspect=127.0.0.1:${port}`],
    );
    cleanup.defer(() => process.stop('SIGKILL'));
    await process.ready();
    const readyMs = performance.now() - begun;
    return { ...process, readyMs, memory: () => readMemory(process.pid, port) };
  };
  const operator = await start();
  await sleep(settleMs);
  const before = await operator.memory();
  await bench.untilGrown();
  const cpuBefore = await cpuSeconds(operator.pid);
  const begun = performance.now();
  const [ended] = await Promise.all([
    untilReady(bench, count),
    createResources(bench, resourceNames(count)),
  ]);
  await sleep(settleMs);
  const cpu = (await cpuSeconds(operator.pid)) - cpuBefore;
  const after = await operator.memory();
  const requests = await operatorRequests(bench);
  const reconciles = await reconcilesOf(operator.metricsUrl);
  const template = await templateOf(bench);
  await operator.stop();
  const restarted = await start();
  while ((await reconcilesOf(restarted.metricsUrl)) < count) await sleep(100);
  await sleep(settleMs);
  const later = (await operatorRequests(bench)).slice(requests.length);
  return {
    wallMs: ended - begun,
    cpuSeconds: cpu,
    reconciles,
    requests,
    memory: { before, after },
    restart: {
      readyMs: restarted.readyMs,
      writes: later.filter(isWrite).length,
      cpuSeconds: await cpuSeconds(restarted.pid),
    },
    template,
  };
}

export function isWrite({ verb }: AuditedRequest): boolean {
  return writingVerbs.includes(verb);
}

async function reconcilesOf(metricsUrl: string): Promise<number> {
  const page = await (await fetch(`${metricsUrl}/metrics`)).text();
  const lines = page.matchAll(/^controller_runtime_reconcile_total\{.*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function templateOf({ cluster }: BenchCluster): Promise<Template> {
  const [first] = resourceNames(1);
  if (first === undefined) throw new Error('there is no resource');
  const { namespace, name } = first;
  const { status } = await cluster.client.get<SeenResource>(resourcePath(namespace, name));
  const [event] = await cluster.client.list(
    `/apis/events.k8s.io/v1/namespaces/${namespace}/events`,
  );
  if (status === undefined || event === undefined) throw new Error('nothing was reported');
  return { status, event };
}
