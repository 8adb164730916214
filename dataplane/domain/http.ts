// HTTP as the pipeline sees it: heads, mutations and whole answers, free of any proxy's shapes.

/** Read access to the headers of one message. Names are lower case. */
export interface HeaderList {
  /** The first value, decoded as UTF-8; undefined when the header is absent. */
  get(name: string): string | undefined;
  /** Every value of the header as the bytes that came, in order; empty when absent. */
  raw(name: string): readonly Uint8Array[];
  /** Names of the headers that begin with `prefix`, in lower case; a repeated header repeats. */
  startingWith(prefix: string): readonly string[];
}

export interface HeaderMutation {
  /** Headers to set, replacing every copy that is there. */
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/** Facts that the proxy vouches for, as opposed to headers, which a client may have sent. */
export interface ProxyFacts {
  /** A string of the dynamic metadata under a dotted path; undefined when absent or no string. */
  metadata(namespace: string, path: string): string | undefined;
  /** The strings of a list in the dynamic metadata; undefined when absent or no list. */
  metadataList(namespace: string, path: string): readonly string[] | undefined;
  /** A string attribute such as `filter_state['my.user']`; undefined when absent or no string. */
  attribute(name: string): string | undefined;
}

export interface RequestHead {
  readonly headers: HeaderList;
  readonly facts: ProxyFacts;
  /** Whether no body follows. */
  readonly endOfStream: boolean;
}

export interface ResponseHead {
  readonly headers: HeaderList;
  readonly endOfStream: boolean;
}

/** A whole answer that the router gives itself. */
export interface ImmediateAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | string;
  /** Short reason for the access log: words joined by underscores, never client text. */
  readonly details: string;
}

/** A value or a promise of it: the hot path stays synchronous where nothing has to be waited for. */
export type MaybePromise<T> = T | Promise<T>;
