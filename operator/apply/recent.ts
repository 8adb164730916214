// What the API server answered to our own writes, until the caches have caught up: without it a
// reconcile that follows at once would write the same again. Knows no kind of object.
import { isOwnedBy } from '../child-types.ts';
import type { KubeObject } from '../kube/port.ts';

export class RecentWrites {
  readonly #written = new Map<string, KubeObject>();

  remember(object: KubeObject): void {
    this.#written.set(keyOf(object), object);
  }

  /** To be told of every object that a watch reports as deleted. */
  forget(object: KubeObject): void {
    const written = this.#written.get(keyOf(object));
    if (written?.metadata.uid === object.metadata.uid) this.#written.delete(keyOf(object));
  }

  /** What we wrote that the object with this uid controls. */
  ownedBy(uid: string): KubeObject[] {
    return [...this.#written.values()].filter((object) => isOwnedBy(object, uid));
  }

  /** The newer of what a cache has and what we wrote; `like` names the object. */
  freshest(
    cached: KubeObject | undefined,
    like: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
  ): KubeObject | undefined {
    const key = keyOf(like);
    const written = this.#written.get(key);
    if (written === undefined) return cached;
    if (cached === undefined || isOlder(cached, written)) return written;
    this.#written.delete(key);
    return cached;
  }
}

function keyOf({
  apiVersion,
  kind,
  metadata,
}: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>) {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/**
 * Resource versions of one kind are decimal numbers that grow (Kubernetes guarantees it since 1.35,
 * and etcd made them so before).
 */
function isOlder(one: KubeObject, other: KubeObject): boolean {
  const left = one.metadata.resourceVersion ?? '0';
  const right = other.metadata.resourceVersion ?? '0';
  return left.length === right.length ? left < right : left.length < right.length;
}
