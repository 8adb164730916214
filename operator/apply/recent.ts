// What the API server answered to our own writes, until the caches have caught up: without it a
// reconcile that follows at once would write the same again. Knows no kind of object.
import type { KubeObject } from '../kube/port.ts';

type Named = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** What a cache tells of: see StoreEvent. */
interface CacheEvent {
  readonly type: 'added' | 'updated' | 'deleted';
  readonly before?: KubeObject;
  readonly after?: KubeObject;
}

/** Objects whose end came before the answer to our write, which then is of no use. */
const mostGone = 1_000;

export class RecentWrites {
  readonly #cached: (like: Named) => KubeObject | undefined;
  readonly #written = new Map<string, KubeObject>();
  readonly #byController = new Map<string, Set<string>>();
  readonly #gone = new Set<string>();

  /** `cached`: an object as the cache of its kind has it. */
  constructor(cached: (like: Named) => KubeObject | undefined) {
    this.#cached = cached;
  }

  remember(object: KubeObject): void {
    const { uid } = object.metadata;
    if (uid !== undefined && this.#gone.has(uid)) return;
    const cached = this.#cached(object);
    // The watch was faster than the answer.
    if (cached !== undefined && !isOlder(cached, object)) return;
    const key = keyOf(object);
    this.#drop(key);
    this.#written.set(key, object);
    const controller = controllerOf(object);
    if (controller === undefined) return;
    const keys = this.#byController.get(controller) ?? new Set();
    this.#byController.set(controller, keys.add(key));
  }

  /** To be told of every change of the caches. */
  see({ type, before, after }: CacheEvent): void {
    if (type === 'deleted' && before !== undefined) this.#noteGone(before);
    if (after === undefined) return;
    const written = this.#written.get(keyOf(after));
    if (written !== undefined && !isOlder(after, written)) this.#drop(keyOf(after));
  }

  /** What we wrote that the object with this uid controls, where the caches have not caught up. */
  ownedBy(uid: string): KubeObject[] {
    return [...(this.#byController.get(uid) ?? [])].flatMap((key) => this.#written.get(key) ?? []);
  }

  /** The newer of what a cache has and what we wrote. */
  freshest(cached: KubeObject): KubeObject {
    const written = this.#written.get(keyOf(cached));
    return written !== undefined && isOlder(cached, written) ? written : cached;
  }

  /** How many writes the caches have still to show. */
  get size(): number {
    return this.#written.size;
  }

  #noteGone(object: KubeObject): void {
    const { uid } = object.metadata;
    const key = keyOf(object);
    if (this.#written.get(key)?.metadata.uid === uid) this.#drop(key);
    if (uid === undefined) return;
    this.#gone.add(uid);
    const [oldest] = this.#gone;
    if (this.#gone.size > mostGone && oldest !== undefined) this.#gone.delete(oldest);
  }

  #drop(key: string): void {
    const written = this.#written.get(key);
    if (written === undefined) return;
    this.#written.delete(key);
    const controller = controllerOf(written) ?? '';
    const keys = this.#byController.get(controller);
    keys?.delete(key);
    if (keys?.size === 0) this.#byController.delete(controller);
  }
}

function keyOf({ apiVersion, kind, metadata }: Named): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function controllerOf({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
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
