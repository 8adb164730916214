// The yardstick: a loop that makes the writes that the operator made, in the same order for each
// resource and as many resources at a time, and neither reads, thinks nor waits for anything.
import { once, EventEmitter } from 'node:events';
import { Agent } from 'undici';
import { childTypeOf } from '../../../operator/child-types.ts';
import { appliedHashAnnotation } from '../../../operator/apply/apply-object.ts';
import type { KubeObject as Child } from '../../../operator/kube/port.ts';
import { renderResource } from '../../../operator/render-resource.ts';
import { apiVersion, kind } from '../../../operator/resource/semantic-router-maas.ts';
import type { KubeObject } from '../../kit/api-client.ts';
import type { AuditedRequest } from '../../kit/control-plane/audit.ts';
import {
  createResources,
  inParallel,
  resourceNames,
  startBenchCluster,
  type BenchCluster,
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
  const send = createSender(bench, cleanup);
  const orders = writesByResource(recorded.requests);
  const created = new Arrivals<KubeObject>();
  const events: Promise<void>[] = [];
  const begun = performance.now();
  const creating = createResources(bench, resourceNames(count), (resource) => {
    created.add(resource);
  }).then(() => {
    created.end();
  });
  let writes = 0;
  await inParallel(width, created, async (resource) => {
    for (const request of planned(orders, resource, recorded.template)) {
      writes += 1;
      const sent = send(request);
      // The operator waits for none of its Events either.
      if (request.method === 'POST') events.push(sent);
      else await sent;
    }
  });
  await Promise.all([creating, ...events]);
  return { wallMs: performance.now() - begun, writes };
}

interface Planned {
  readonly method: 'PATCH' | 'POST';
  readonly path: string;
  readonly body: object;
}

/** What the operator wrote for each resource, in its order. */
function writesByResource(requests: readonly AuditedRequest[]): Map<string, AuditedRequest[]> {
  return Map.groupBy(
    requests.filter(isWrite),
    ({ namespace, name }) => `${namespace}/${/^router-\d+/.exec(name)?.[0] ?? ''}`,
  );
}

function planned(
  orders: ReadonlyMap<string, readonly AuditedRequest[]>,
  resource: KubeObject,
  template: Template,
): Planned[] {
  const { name, namespace = '' } = resource.metadata;
  const children = childrenOf(resource);
  const order = orders.get(`${namespace}/${name}`) ?? [];
  const last = order.findLastIndex(({ resource: of }) => of.endsWith('/status'));
  return order.map((request, at) => {
    const path = request.uri;
    if (request.resource.startsWith('events')) {
      return { method: 'POST', path, body: eventBody(template, resource, request.name) };
    }
    if (request.resource.endsWith('/status')) {
      return { method: 'PATCH', path, body: statusBody(template, resource, at === last) };
    }
    const [plural] = request.resource.split('.');
    const child = children.find(
      (one) => childTypeOf(one).plural === plural && one.metadata.name === request.name,
    );
    if (child === undefined) throw new Error(`nothing to write to ${path}`);
    return { method: 'PATCH', path, body: child };
  });
}

function childrenOf(resource: KubeObject): Child[] {
  const rendered = renderResource({
    resource: withKind(resource),
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

/** What the API server answers to a creation has both; the test client does not promise it. */
function withKind({ metadata, ...resource }: KubeObject) {
  return { ...resource, apiVersion, kind, metadata: { ...metadata } };
}

/** Those before the last one say something else, so that each changes the object. */
function statusBody({ status }: Template, resource: KubeObject, isLast: boolean): object {
  const { name, namespace } = resource.metadata;
  const said = isLast ? status : { ...status, replicas: 1 };
  return { apiVersion, kind, metadata: { name, namespace }, status: said };
}

function eventBody({ event }: Template, resource: KubeObject, name: string): object {
  const { namespace, uid, name: of } = resource.metadata;
  return {
    ...event,
    metadata: { name, namespace },
    regarding: { apiVersion, kind, name: of, namespace, uid },
  };
}

function createSender({ cluster, token }: BenchCluster, cleanup: AsyncDisposableStack) {
  const agent = new Agent({ connect: { ca: cluster.ca } });
  cleanup.defer(() => agent.destroy());
  return async ({ method, path, body }: Planned): Promise<void> => {
    const reply = await agent.request({
      origin: cluster.url,
      path,
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'content-type': method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json',
      },
      body: JSON.stringify(body),
    });
    const text = await reply.body.text();
    if (reply.statusCode >= 300) throw new Error(`${method} ${path}: ${reply.statusCode} ${text}`);
  };
}

/** A queue that is read while it is filled. */
class Arrivals<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  readonly #news = new EventEmitter();
  #isOver = false;

  add(item: T): void {
    this.#waiting.push(item);
    this.#news.emit('news');
  }

  end(): void {
    this.#isOver = true;
    this.#news.emit('news');
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: async () => {
        while (this.#waiting.length === 0 && !this.#isOver) await once(this.#news, 'news');
        const [value] = this.#waiting.splice(0, 1);
        return value === undefined ? { done: true, value } : { done: false, value };
      },
    };
  }
}
