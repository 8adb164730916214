// What the operator needs of Kubernetes, as plain JSON. Types, one error class, and nothing that
// knows how a request travels: the transport lives in the adapter, and only there.

/** A kind of object as the API server serves it. `group` is '' for the core group. */
export interface ResourceType {
  group: string;
  version: string;
  kind: string;
  /** The name in paths, such as `configmaps`. */
  plural: string;
  namespaced: boolean;
}

/** Who owns an object; the garbage collector deletes it when the last owner is gone. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Which fields a field manager owns. `fieldsV1` is Kubernetes' own tree of `f:name` keys. */
export interface ManagedFields {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  subresource?: string;
  time?: string;
  fieldsV1?: Record<string, unknown>;
}

/** An object's metadata. Times are RFC 3339 strings; fields that we do not name survive too. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFields[];
  [field: string]: unknown;
}

/**
 * Any object, read or to be written. What the server sends is kept whole, known or not. Objects
 * from a list carry `apiVersion` and `kind` too, although the server leaves them out there.
 */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** Which object. `namespace` is left out for cluster-scoped kinds. */
export interface ObjectName {
  name: string;
  namespace?: string;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Longest wait for the whole answer, milliseconds; the adapter has a default. */
  timeoutMs?: number;
}

/** What a list and a watch choose from. */
export interface Selection {
  /** Only this namespace; all of them when left out. */
  namespace?: string;
  /** In Kubernetes' own syntax, such as `app=router,tier!=free`. */
  labelSelector?: string;
  /** In Kubernetes' own syntax, such as `metadata.name=cluster`. */
  fieldSelector?: string;
  /** Objects come with `metadata` alone, which is cheaper and never holds a Secret's data. */
  metadataOnly?: boolean;
}

/** One page of a list. */
export interface ListOptions extends Selection, CallOptions {
  /** Most objects in one page. A server that answers from its cache may send more. */
  limit?: number;
  /** The `continue` of the page before. */
  continue?: string;
  /** '0' asks for whatever the server has in its cache. Not together with `continue`. */
  resourceVersion?: string;
}

/** One page of a list; `continue` is there when another page follows. */
export interface KubeList {
  items: KubeObject[];
  /** Where a watch can start so that it misses nothing after this list. */
  resourceVersion: string;
  continue?: string;
}

/** Where a watch starts and how long it may live. */
export interface WatchOptions extends Selection {
  /** Events after this version; the server sends every object first when it is left out. */
  resourceVersion?: string;
  /** Ask for BOOKMARK events, which carry nothing but a newer `resourceVersion`. */
  allowWatchBookmarks?: boolean;
  /** The server ends the watch after this long. */
  timeoutSeconds?: number;
  /** Ends the watch: the iteration finishes without an error. */
  signal?: AbortSignal;
}

/** A change. A BOOKMARK's object has nothing but kind and `metadata.resourceVersion`. */
export interface WatchChange {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: KubeObject;
}

/** The server's last word in a watch, most often code `gone`: list again. The stream then ends. */
export interface WatchFailure {
  type: 'ERROR';
  error: KubeError;
}

export type WatchEvent = WatchChange | WatchFailure;

/** How an object, or one of its subresources, is applied. */
export interface ApplyOptions extends CallOptions {
  /** Who owns the fields that are sent. */
  fieldManager: string;
  /** Take fields that another manager owns; without it that is a `conflict`. */
  force?: boolean;
  subresource?: 'status' | 'scale';
  /** The server does everything but store the result. */
  dryRun?: boolean;
}

/**
 * How a status is written. `apply` owns the fields sent and drops those it owned before;
 * `merge` is a JSON merge patch of `status`, in which null removes a field. Either way an object
 * that carries `metadata.resourceVersion` is only written if it is still at that version.
 */
export interface StatusOptions extends CallOptions {
  fieldManager: string;
  how?: 'apply' | 'merge';
  force?: boolean;
  dryRun?: boolean;
}

/** How an object is created or replaced. */
export interface WriteOptions extends CallOptions {
  fieldManager?: string;
  dryRun?: boolean;
}

/** How an object is deleted. A precondition that does not hold is a `conflict`. */
export interface DeleteOptions extends CallOptions {
  uid?: string;
  resourceVersion?: string;
  /** What happens to the objects that it owns; the server decides when left out. */
  propagation?: 'Background' | 'Foreground' | 'Orphan';
  dryRun?: boolean;
}

/** A kind that the server serves, and what can be done with it (`get`, `list`, `watch` ...). */
export interface ServedResource extends ResourceType {
  verbs: readonly string[];
}

/** What the server serves. Versions of a group come in the server's order of preference. */
export interface Discovery {
  resources: readonly ServedResource[];
  /**
   * `group/version` of APIs whose own server did not answer, so that it is unknown what they
   * serve: neither present nor absent.
   */
  unknown: readonly string[];
}

/** The calls that the operator makes. Every one rejects with a KubeError, or the signal's reason. */
export interface Kube {
  /** One object; `not-found` when it is not there. */
  get(type: ResourceType, name: ObjectName, options?: CallOptions): Promise<KubeObject>;
  /** One page. `not-found` when the kind is not served. */
  list(type: ResourceType, options?: ListOptions): Promise<KubeList>;
  /**
   * Changes as they come. The iteration ends when the server ends the watch, and throws when the
   * connection is lost or the watch cannot be opened (`gone`: the version is too old).
   */
  watch(type: ResourceType, options?: WatchOptions): AsyncIterable<WatchEvent>;
  /** Server-side apply: the fields sent become `fieldManager`'s, and the object as stored returns. */
  apply(type: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  /** Writes `object.status` and nothing else of the object. */
  patchStatus(type: ResourceType, object: KubeObject, options: StatusOptions): Promise<KubeObject>;
  /** A new object; `already-exists` when the name is taken. */
  create(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** The whole object; `conflict` when `metadata.resourceVersion` is no longer the stored one. */
  replace(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** Begins the deletion; `not-found` when there is nothing to delete. */
  delete(type: ResourceType, name: ObjectName, options?: DeleteOptions): Promise<void>;
  /** What is served now; one or two small requests. */
  discover(options?: CallOptions): Promise<Discovery>;
  /** Ends the connections that are still open. Calls made afterwards fail. */
  close(): Promise<void>;
}

/**
 * Why a call failed, as far as a caller can act on it. The first group is the server's answer to
 * this request, the second the server's state, the third that there was no usable answer.
 */
export type KubeErrorCode =
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'gone'
  | 'invalid'
  | 'too-many-requests'
  | 'unavailable'
  | 'internal'
  | 'timeout'
  | 'unreachable'
  | 'garbled';

/** One reason in a server's refusal: which field, and what is wrong with it. */
export interface KubeErrorCause {
  /** Such as `FieldValueInvalid` or `FieldManagerConflict`. */
  reason: string;
  /** Path of the field, such as `spec.replicas`; '' when the server names none. */
  field: string;
  message: string;
}

/** What is known of a failure. */
export interface KubeErrorDetails {
  /** HTTP status, where there was one. */
  status?: number;
  /** The server's `reason`, such as `AlreadyExists`. */
  reason?: string;
  causes?: readonly KubeErrorCause[];
  /** How long the server asked us to wait. */
  retryAfterSeconds?: number;
  /** The error below this one, for logs. */
  cause?: unknown;
}

/** The one error of the port. The message is the server's sentence, led by what was asked of it. */
export class KubeError extends Error {
  readonly code: KubeErrorCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly causes: readonly KubeErrorCause[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: KubeErrorCode, message: string, details: KubeErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'KubeError';
    this.code = code;
    this.status = details.status;
    this.reason = details.reason;
    this.causes = details.causes ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Whether the server refused because the namespace is being deleted, with all that is in it. */
export function isNamespaceEnding(value: unknown): boolean {
  return (
    isKubeError(value, 'forbidden') &&
    value.causes.some(({ reason }) => reason === 'NamespaceTerminating')
  );
}

/** Whether a caught value is a KubeError of one of these codes. */
export function isKubeError(value: unknown, ...codes: KubeErrorCode[]): value is KubeError {
  return value instanceof KubeError && (codes.length === 0 || codes.includes(value.code));
}
