// The cache of one kind: what the server last said, frozen, with indexes. Whoever changes it tells
// all listeners what was there before and what is there now; it knows nothing of how it is filled.
import type { KubeObject, ObjectName } from '../kube/port.ts';
import { keyOf, keyOfObject, type ObjectKey } from './object-key.ts';

/** A change of the cache. `isInitial`: it came from a list of everything and not as news. */
export interface StoreEvent {
  readonly type: 'added' | 'updated' | 'deleted';
  /** What was there before; absent when added. */
  readonly before?: KubeObject;
  /** What is there now; absent when deleted. */
  readonly after?: KubeObject;
  readonly isInitial: boolean;
}

/** The object that an event is about, in its newest form. */
export function subjectOf(event: StoreEvent): KubeObject {
  const subject = event.after ?? event.before;
  if (subject === undefined) throw new Error('an event without an object');
  return subject;
}

/**
 * What is kept of an object, where nobody asks for the rest: at least its name and namespace, its uid
 * and its resource version.
 */
export type Trim = (object: KubeObject) => KubeObject;

/** Under which values an index finds an object: none, one or many. */
export type IndexFunction = (object: KubeObject) => readonly string[];

/** Where `kubectl apply` leaves a copy of all that it applied. */
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The index that every store has: the uids of an object's owners. */
export const byOwnerUid = 'owner-uid';

/** What readers see. Objects are frozen; they stay what they were when they were read. */
export interface ReadStore {
  get(name: ObjectName): KubeObject | undefined;
  /** All of them, or those of one namespace, in no order. */
  list(namespace?: string): readonly KubeObject[];
  /** Those that the index files under `value`. Throws for an index that does not exist. */
  find(index: string, value: string): readonly KubeObject[];
  readonly size: number;
  /** Calls `listener` with every later change; the answer ends that. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}

export class Store implements ReadStore {
  readonly #objects = new Map<ObjectKey, KubeObject>();
  readonly #indexes: readonly Index[];
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #trim: Trim;

  constructor(
    indexes: Readonly<Record<string, IndexFunction>> = {},
    trim: Trim = (object) => object,
  ) {
    this.#trim = trim;
    const all = { [byOwnerUid]: ownerUids, ...indexes };
    this.#indexes = Object.entries(all).map(([name, valuesOf]) => new Index(name, valuesOf));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(name: ObjectName): KubeObject | undefined {
    return this.#objects.get(keyOf(name));
  }

  list(namespace?: string): readonly KubeObject[] {
    const all = [...this.#objects.values()];
    if (namespace === undefined) return all;
    return all.filter((object) => object.metadata.namespace === namespace);
  }

  find(index: string, value: string): readonly KubeObject[] {
    const found = this.#indexes.find(({ name }) => name === index);
    if (found === undefined) throw new Error(`no index "${index}"`);
    return [...found.keys(value)].flatMap((key) => this.#objects.get(key) ?? []);
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Takes the newest form of an object. Nobody is told when it is the form that we have. */
  put(object: KubeObject, isInitial = false): void {
    const key = keyOfObject(object);
    const before = this.#objects.get(key);
    if (before !== undefined && isSameVersion(before, object)) return;
    if (before !== undefined && before.metadata.uid !== object.metadata.uid) {
      // Deleted and made anew while we looked away: two objects, so two events.
      this.#drop(key, before, isInitial);
      this.put(object, isInitial);
      return;
    }
    const after = this.#keep(object);
    if (before !== undefined) this.#unfile(key, before);
    this.#objects.set(key, after);
    for (const index of this.#indexes) index.file(key, after);
    this.#tell(
      before === undefined
        ? { type: 'added', after, isInitial }
        : { type: 'updated', before, after, isInitial },
    );
  }

  /** The object is gone. `last` is its last form, where the server sent it. */
  remove(last: KubeObject): void {
    const key = keyOfObject(last);
    const before = this.#objects.get(key);
    if (before === undefined) return;
    const isSame = before.metadata.uid === last.metadata.uid;
    this.#drop(key, isSame ? this.#keep(last) : before, false);
  }

  /** What a whole list says: what it does not name (of its namespace, if it has one) is gone. */
  replaceAll(objects: readonly KubeObject[], namespace?: string): void {
    const named = new Set(objects.map(keyOfObject));
    for (const before of this.list(namespace)) {
      const key = keyOfObject(before);
      if (!named.has(key)) this.#drop(key, before, true);
    }
    for (const object of objects) this.put(object, true);
  }

  #drop(key: ObjectKey, before: KubeObject, isInitial: boolean): void {
    const filed = this.#objects.get(key);
    if (filed !== undefined) this.#unfile(key, filed);
    this.#objects.delete(key);
    this.#tell({ type: 'deleted', before, isInitial });
  }

  // Both are often most of an object, and the second may hold what a Secret holds; nobody asks the
  // cache for them.
  #keep(object: KubeObject): KubeObject {
    const { managedFields, ...metadata } = object.metadata;
    const { [lastAppliedAnnotation]: lastApplied, ...annotations } = metadata.annotations ?? {};
    const kept = lastApplied === undefined ? metadata : { ...metadata, annotations };
    return freeze(this.#trim({ ...object, metadata: kept }));
  }

  #unfile(key: ObjectKey, object: KubeObject): void {
    for (const index of this.#indexes) index.unfile(key, object);
  }

  #tell(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

class Index {
  readonly name: string;
  readonly #valuesOf: IndexFunction;
  readonly #keys = new Map<string, Set<ObjectKey>>();

  constructor(name: string, valuesOf: IndexFunction) {
    this.name = name;
    this.#valuesOf = valuesOf;
  }

  keys(value: string): ReadonlySet<ObjectKey> {
    return this.#keys.get(value) ?? new Set();
  }

  file(key: ObjectKey, object: KubeObject): void {
    for (const value of this.#valuesOf(object)) {
      const keys = this.#keys.get(value) ?? new Set();
      this.#keys.set(value, keys.add(key));
    }
  }

  unfile(key: ObjectKey, object: KubeObject): void {
    for (const value of this.#valuesOf(object)) {
      const keys = this.#keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(value);
    }
  }
}

function ownerUids(object: KubeObject): string[] {
  return (object.metadata.ownerReferences ?? []).map(({ uid }) => uid);
}

function isSameVersion(one: KubeObject, other: KubeObject): boolean {
  const { resourceVersion, uid } = one.metadata;
  return (
    resourceVersion !== undefined &&
    resourceVersion === other.metadata.resourceVersion &&
    uid === other.metadata.uid
  );
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}
