// A key names one object of a kind in queues, caches and logs: `namespace/name`, or `name`.
import type { KubeObject, ObjectName } from '../kube/port.ts';

export type ObjectKey = string;

/** `namespace/name`, or `name` for cluster-scoped objects. */
export function keyOf({ name, namespace }: ObjectName): ObjectKey {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The way back. Neither part may hold a slash, and Kubernetes sees to that. */
export function nameOfKey(key: ObjectKey): ObjectName {
  const slash = key.indexOf('/');
  if (slash === -1) return { name: key };
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export function keyOfObject({ metadata }: KubeObject): ObjectKey {
  return keyOf(metadata);
}
