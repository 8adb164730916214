// The yardstick: a loop that makes the writes that the operator made, in the same order for each
// resource and as many resources at a time, and neither reads, thinks nor waits for anything.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { appliedHashAnnotation } from '../../../operator/apply/apply-object.ts';
import { childTypeOf } from '../../../operator/child-types.ts';
import type { KubeObject } from '../../../operator/kube/port.ts';
import { renderResource } from '../../../operator/render-resource.ts';
import { apiVersion, kind } from '../../../operator/resource/semantic-router-maas.ts';
import type { AuditedRequest } from '../../kit/control-plane/audit.ts';
import {
  uidPlaceholder,
  type Creation,
  type LoopOrders,
  type PreparedRequest,
} from './bare-loop.ts';
import {
  createResources,
  resourceNames,
  resourceToCreate,
  startBenchCluster,
  type ResourceName,
} from './bench-cluster.ts';
import { isWrite, type OperatorRun, type Template } from './operator-run.ts';

export interface BareRun {
  /** From the first creation of a resource to the answer to the last write. */
  readonly wallMs: number;
  readonly writes: number;
}

/** As many resources as the operator works on at a time. */
const width = 5;

export async function runBareLoop(count: number, recorded: OperatorRun): Promise<BareRun> {
  await using cleanup = new AsyncDisposableStack();
  const bench = await startBenchCluster(cleanup);
  const names = resourceNames(count);
  const { url, ca } = bench.cluster;
  const orders: LoopOrders = {
    ...{ url, ca, width, token: bench.token },
    requests: prepare(names, recorded),
  };
  const loop = new Worker(new URL('bare-loop.ts', import.meta.url), { workerData: orders });
  cleanup.defer(async () => {
    await loop.terminate();
  });
  await once(loop, 'online');
  await bench.untilGrown();
  const tell = (creation: Creation): void => {
    loop.postMessage(creation);
  };
  const begun = performance.now();
  const [[writes]] = await Promise.all([
    once(loop, 'message') as Promise<[number]>,
    createResources(bench, names, ({ metadata: { name, namespace = '', uid = '' } }) => {
      tell({ key: `${namespace}/${name}`, uid });
    }).then(() => {
      tell(undefined);
    }),
  ]);
  return { wallMs: performance.now() - begun, writes };
}

/** What the operator wrote for each resource, in its order, ready to be sent. */
function prepare(
  names: readonly ResourceName[],
  { requests, template }: OperatorRun,
): Map<string, PreparedRequest[]> {
  const written = Map.groupBy(
    requests.filter(isWrite),
    ({ namespace, name }) => `${namespace}/${/^router-\d+/.exec(name)?.[0] ?? ''}`,
  );
  return new Map(
    names.map((of) => {
      const key = `${of.namespace}/${of.name}`;
      return [key, prepareOne(of, written.get(key) ?? [], template)];
    }),
  );
}

function prepareOne(
  of: ResourceName,
  order: readonly AuditedRequest[],
  template: Template,
): PreparedRequest[] {
  const children = childrenOf(of);
  const last = order.findLastIndex(({ resource }) => resource.endsWith('/status'));
  return order.map(({ uri: path, resource, name }, at) => {
    if (resource.startsWith('events')) {
      return { method: 'POST', path, body: JSON.stringify(eventOf(template, of, name)) };
    }
    if (resource.endsWith('/status')) {
      return { method: 'PATCH', path, body: JSON.stringify(statusOf(template, of, at === last)) };
    }
    const [plural] = resource.split('.');
    const child = children.find(
      (one) => childTypeOf(one).plural === plural && one.metadata.name === name,
    );
    if (child === undefined) throw new Error(`nothing to write to ${path}`);
    return { method: 'PATCH', path, body: JSON.stringify(child) };
  });
}

function childrenOf({ name, namespace }: ResourceName): KubeObject[] {
  const rendered = renderResource({
    resource: {
      ...resourceToCreate(name),
      ...{ apiVersion, kind, metadata: { name, namespace, uid: uidPlaceholder } },
    },
    configMaps: [],
    cluster: {
      served: { authConfig: false, serviceMonitor: false },
      isOpenShift: false,
      prometheuses: undefined,
      namespaceLabels: {},
    },
    defaults: {
      images: { router: 'router:test', envoy: 'envoy:test' },
      operatorNamespace: undefined,
    },
  });
  if (rendered.desired === undefined) throw new Error(rendered.problems.join('; '));
  return rendered.desired.objects.map(({ metadata, ...object }) => {
    const annotations = { ...metadata.annotations, [appliedHashAnnotation]: '0123456789abcdef' };
    return { ...object, metadata: { ...metadata, annotations } };
  });
}

/** Those before the last one say something else, so that each changes the object. */
function statusOf(
  { status }: Template,
  { name, namespace }: ResourceName,
  isLast: boolean,
): object {
  const said = isLast ? status : { ...status, replicas: 1 };
  return { apiVersion, kind, metadata: { name, namespace }, status: said };
}

function eventOf({ event }: Template, of: ResourceName, name: string): object {
  return {
    ...event,
    metadata: { name, namespace: of.namespace },
    regarding: { ...of, apiVersion, kind, uid: uidPlaceholder },
  };
}
