// The port over a transport: which request each call is, and what its answer means. Objects pass
// through as JSON; nothing here knows a kind's fields.
import { discover } from './discovery.ts';
import { errorOfStatus } from './http-error.ts';
import { readJsonLines } from './json-lines.ts';
import {
  isKubeError,
  KubeError,
  type ApplyOptions,
  type CallOptions,
  type DeleteOptions,
  type Discovery,
  type Kube,
  type KubeList,
  type KubeObject,
  type ListOptions,
  type ObjectName,
  type ResourceType,
  type Selection,
  type StatusOptions,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from './port.ts';
import { collectionPath, describe, objectPath, withQuery } from './resource-path.ts';
import type { Transport, TransportRequest } from './transport.ts';

const callTimeoutMs = 30_000;
const listTimeoutMs = 60_000;
// The server answers a watch's head at once and its first event when there is one.
const watchHeadTimeoutMs = 30_000;

const applyType = 'application/apply-patch+yaml';
const mergeType = 'application/merge-patch+json';
const jsonType = 'application/json';

type Asked = Pick<TransportRequest, 'asked' | 'method' | 'path' | 'idempotent'> & {
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: unknown;
};

export class HttpKube implements Kube {
  readonly #transport: Transport;
  /** The last answer of each discovery path, to be asked "unless it is still this one". */
  readonly #discovered = new Map<string, { readonly etag: string; readonly answer: unknown }>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get(type: ResourceType, name: ObjectName, options?: CallOptions): Promise<KubeObject> {
    const asked = `get ${describe(type, name)}`;
    const path = objectPath(type, name);
    return this.#object({ asked, method: 'GET', path, idempotent: true }, options);
  }

  async list(type: ResourceType, options: ListOptions = {}): Promise<KubeList> {
    const asked = `list ${describe(type, namespaceOf(options))}`;
    const path = withQuery(collectionPath(type, options.namespace), {
      ...selectionQuery(options),
      limit: options.limit,
      continue: options.continue,
      resourceVersion: options.resourceVersion,
    });
    const accept = options.metadataOnly === true ? metadataType('List') : jsonType;
    const answer = await this.#json(
      { asked, method: 'GET', path, accept, idempotent: true },
      { timeoutMs: listTimeoutMs, ...options },
    );
    return listOf(asked, type, answer);
  }

  async *watch(type: ResourceType, options: WatchOptions = {}): AsyncGenerator<WatchEvent> {
    const asked = `watch ${describe(type, namespaceOf(options))}`;
    const path = withQuery(collectionPath(type, options.namespace), {
      watch: true,
      ...selectionQuery(options),
      resourceVersion: options.resourceVersion,
      allowWatchBookmarks: options.allowWatchBookmarks,
      timeoutSeconds: options.timeoutSeconds,
    });
    const bytes = this.#transport.stream({
      asked,
      method: 'GET',
      path,
      headers: { accept: options.metadataOnly === true ? metadataType('') : jsonType },
      idempotent: true,
      timeoutMs: watchHeadTimeoutMs,
      signal: options.signal,
    });
    try {
      for await (const line of readJsonLines(bytes)) yield eventOf(asked, type, line);
    } catch (error) {
      if (options.signal?.aborted === true) return;
      if (error instanceof SyntaxError) throw garbled(asked, error);
      throw error;
    }
  }

  async apply(type: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject> {
    const name = nameOf(object);
    const path = withQuery(objectPath(type, name, options.subresource), {
      fieldManager: options.fieldManager,
      force: options.force,
      dryRun: options.dryRun === true ? 'All' : undefined,
    });
    // The server refuses an applied object that says who manages its fields.
    const { managedFields, ...metadata } = object.metadata;
    const asked = `apply ${describe(type, name)}`;
    const body = { ...object, metadata };
    return this.#object(
      { asked, method: 'PATCH', path, contentType: applyType, body, idempotent: true },
      options,
    );
  }

  async patchStatus(
    type: ResourceType,
    object: KubeObject,
    options: StatusOptions,
  ): Promise<KubeObject> {
    const name = nameOf(object);
    const isMerge = options.how === 'merge';
    const path = withQuery(objectPath(type, name, 'status'), {
      fieldManager: options.fieldManager,
      force: isMerge ? undefined : options.force,
      dryRun: options.dryRun === true ? 'All' : undefined,
    });
    const { resourceVersion } = object.metadata;
    const version = resourceVersion === undefined ? {} : { resourceVersion };
    const { apiVersion, kind, status } = object;
    const body = isMerge
      ? { metadata: version, status }
      : { apiVersion, kind, metadata: { ...name, ...version }, status };
    const asked = `patch the status of ${describe(type, name)}`;
    const contentType = isMerge ? mergeType : applyType;
    return this.#object(
      { asked, method: 'PATCH', path, contentType, body, idempotent: true },
      options,
    );
  }

  async create(
    type: ResourceType,
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    const name = nameOf(object);
    const path = withQuery(collectionPath(type, name.namespace), writeQuery(options));
    const asked = `create ${describe(type, name)}`;
    return this.#object({ asked, method: 'POST', path, body: object, idempotent: false }, options);
  }

  async replace(
    type: ResourceType,
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    const name = nameOf(object);
    const path = withQuery(objectPath(type, name), writeQuery(options));
    const asked = `replace ${describe(type, name)}`;
    return this.#object({ asked, method: 'PUT', path, body: object, idempotent: false }, options);
  }

  async delete(type: ResourceType, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagation } = options;
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, resourceVersion },
      propagationPolicy: propagation,
      dryRun: options.dryRun === true ? ['All'] : undefined,
    };
    const asked = `delete ${describe(type, name)}`;
    const path = objectPath(type, name);
    await this.#json({ asked, method: 'DELETE', path, body, idempotent: true }, options);
  }

  async discover(options?: CallOptions): Promise<Discovery> {
    return discover((path, accept) => this.#readDiscovery(path, accept, options));
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #readDiscovery(path: string, accept: string, options?: CallOptions): Promise<unknown> {
    const asked = `discover ${path}`;
    const known = this.#discovered.get(path);
    try {
      const { status, etag, body } = await this.#transport.send({
        asked,
        method: 'GET',
        path,
        headers: known === undefined ? { accept } : { accept, 'if-none-match': known.etag },
        idempotent: true,
        timeoutMs: options?.timeoutMs ?? callTimeoutMs,
        signal: options?.signal,
      });
      if (status === 304) return known?.answer;
      const answer = parse(asked, body);
      if (etag !== undefined) this.#discovered.set(path, { etag, answer });
      return answer;
    } catch (error) {
      if (isKubeError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  async #object(request: Asked, options: CallOptions | undefined): Promise<KubeObject> {
    const answer = await this.#json(request, options);
    if (!isObject(answer)) throw garbled(request.asked, 'the answer is no object');
    return answer;
  }

  async #json(request: Asked, options: CallOptions | undefined): Promise<unknown> {
    const { accept = jsonType, contentType = jsonType, body, ...rest } = request;
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await this.#transport.send({
      ...rest,
      ...content,
      headers: body === undefined ? { accept } : { accept, 'content-type': contentType },
      timeoutMs: options?.timeoutMs ?? callTimeoutMs,
      signal: options?.signal,
    });
    return parse(request.asked, answer.body);
  }
}

function selectionQuery({ labelSelector, fieldSelector }: Selection): {
  labelSelector: string | undefined;
  fieldSelector: string | undefined;
} {
  return { labelSelector, fieldSelector };
}

function writeQuery(options: WriteOptions): { fieldManager?: string; dryRun?: string } {
  return {
    ...(options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }),
    ...(options.dryRun === true ? { dryRun: 'All' } : {}),
  };
}

function metadataType(suffix: string): string {
  return `application/json;as=PartialObjectMetadata${suffix};g=meta.k8s.io;v=v1`;
}

function namespaceOf({ namespace }: Selection): Partial<ObjectName> {
  return namespace === undefined ? {} : { namespace };
}

function nameOf({ metadata: { name, namespace } }: KubeObject): ObjectName {
  return namespace === undefined ? { name } : { name, namespace };
}

function listOf(asked: string, type: ResourceType, answer: unknown): KubeList {
  const list = isRecord(answer) ? answer : {};
  const metadata = isRecord(list['metadata']) ? list['metadata'] : {};
  const { resourceVersion } = metadata;
  const items = list['items'] ?? [];
  if (typeof resourceVersion !== 'string' || !Array.isArray(items) || !items.every(isObject)) {
    throw garbled(asked, 'the answer is no list');
  }
  const next = metadata['continue'];
  return {
    items: items.map((item) => typed(type, item)),
    resourceVersion,
    ...(typeof next === 'string' && next !== '' ? { continue: next } : {}),
  };
}

function eventOf(asked: string, type: ResourceType, line: unknown): WatchEvent {
  const event = isRecord(line) ? line : {};
  const change = event['type'];
  const object = event['object'];
  if (change === 'ERROR') return { type: 'ERROR', error: errorOfStatus(asked, object) };
  const isChange =
    change === 'ADDED' || change === 'MODIFIED' || change === 'DELETED' || change === 'BOOKMARK';
  if (!isChange || !isObject(object)) throw garbled(asked, 'a line that is no watch event');
  return { type: change, object: typed(type, object) };
}

// Items of lists say nothing of their kind, and those asked for by metadata say the wrong thing.
function typed(type: ResourceType, object: KubeObject): KubeObject {
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  return { ...object, apiVersion, kind: type.kind };
}

function parse(asked: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw garbled(asked, error);
  }
}

function garbled(asked: string, why: unknown): KubeError {
  const message = why instanceof Error ? why.message : String(why);
  return new KubeError('garbled', `${asked}: ${message}`, { cause: why });
}

function isObject(value: unknown): value is KubeObject {
  return isRecord(value) && isRecord(value['metadata']);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
