// Where objects live in the API server's URL space. Names go in as they are, capitals and colons
// included (RBAC allows both), so each segment is escaped and none is changed.
import { KubeError, type ObjectName, type ResourceType } from './port.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Path of all objects of a kind, in one namespace or in all of them. */
export function collectionPath(type: ResourceType, namespace?: string): string {
  const root =
    type.group === ''
      ? `/api/${segment(type.version, type)}`
      : `/apis/${segment(type.group, type)}/${segment(type.version, type)}`;
  const plural = segment(type.plural, type);
  if (namespace === undefined || !type.namespaced) return `${root}/${plural}`;
  return `${root}/namespaces/${segment(namespace, type)}/${plural}`;
}

/** Path of one object, or of one of its subresources. */
export function objectPath(type: ResourceType, name: ObjectName, subresource?: string): string {
  if (type.namespaced && name.namespace === undefined) {
    throw new KubeError('bad-request', `${describe(type, name)}: it needs a namespace`);
  }
  const path = `${collectionPath(type, name.namespace)}/${segment(name.name, type)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** The path with a query; fields that are undefined are left out. */
export function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) params.append(key, `${value}`);
  }
  return params.size === 0 ? path : `${path}?${params.toString()}`;
}

/** The object in messages: `deployments.apps team-a/router`. */
export function describe(type: ResourceType, name?: Partial<ObjectName>): string {
  const kind = type.group === '' ? type.plural : `${type.plural}.${type.group}`;
  const place = [name?.namespace, name?.name].filter((part) => part !== undefined).join('/');
  return place === '' ? kind : `${kind} ${place}`;
}

// An empty or dotted segment would make a different request: a list instead of a get.
function segment(text: string, type: ResourceType): string {
  if (text === '' || text === '.' || text === '..') {
    throw new KubeError('bad-request', `${describe(type)}: "${text}" is no name`);
  }
  return encodeURIComponent(text);
}
